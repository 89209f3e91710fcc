/** The page's copy of what outlives an erasure, where several pages share one store. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { noChoices } from "../../core/consent.ts";
import { allSpent, nothingSpent } from "../../core/sum/spending.ts";
import { Consent } from "../../sdk/consent.ts";
import { KeptCopy } from "../../sdk/kept.ts";
import { memoryStore, type TextStore } from "../../sdk/page.ts";

/** Counts what changes a store: each such write is heard by every other page. */
function heardStore(): { readonly store: TextStore; readonly writes: () => number } {
  const plain = memoryStore();
  let writes = 0;
  const write: TextStore["write"] = (key, text) => {
    writes++;
    return plain.write(key, text);
  };
  const store = Object.create(plain, { write: { value: write } }) as TextStore;
  return { store, writes: () => writes };
}

const keptBy = (store: TextStore) => new KeptCopy(store, new Consent({ store, privacyControl: false }));
const told = (task: string, lifetime: number) => ({
  choices: noChoices,
  remains: { answeredTasks: [task], spent: { ...nothingSpent, lifetime } },
});
const storedIn = (store: TextStore) => ({
  tasks: new Set<string>(JSON.parse(store.read("tacit.answered") ?? "[]")),
  lifetime: JSON.parse(store.read("tacit.spent") ?? "{}").lifetime,
});

test("whatever pages tell in whatever order, what all of them know is written down, and then nobody writes again", () => {
  const turns = fc.array(fc.record({ page: fc.nat(2), task: fc.nat(8), isTold: fc.boolean() }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(turns, (turnsTaken) => {
      const { store, writes } = heardStore();
      const pages = [keptBy(store), keptBy(store), keptBy(store)];
      const wanted = new Set<string>();
      let spent = 0;
      for (const { page, task, isTold } of turnsTaken) {
        if (isTold) {
          spent += 1;
          wanted.add(`task ${task}`);
          pages[page].merge(told(`task ${task}`, spent));
        } else pages[page].restore();
      }
      if (wanted.size > 0) {
        expect(storedIn(store)).toEqual({ tasks: wanted, lifetime: spent });
        for (const page of pages) page.restore();
        const before = writes();
        for (const page of [...pages, ...pages]) page.restore();
        expect(writes()).toBe(before);
      }
    }),
  );
});

test("a page that was open all the time takes nothing back from what a later one knows", () => {
  const { store } = heardStore();
  const [early, late] = [keptBy(store), keptBy(store)];
  early.merge(told("old", 1));
  late.merge(told("new", 3));
  early.restore();
  expect(storedIn(store)).toEqual({ tasks: new Set(["old", "new"]), lifetime: 3 });
});

test("a store that lost everything is told again by whichever page is left", () => {
  const { store } = heardStore();
  const page = keptBy(store);
  page.merge(told("a", 2));
  for (const key of ["tacit.answered", "tacit.spent"]) store.remove(key);
  page.restore();
  expect(storedIn(store)).toEqual({ tasks: new Set(["a"]), lifetime: 2 });
});

test("with the database gone and nobody who knows, all counts as spent; a store that throws does not forget what was heard", () => {
  const silent: TextStore = { ...memoryStore(), read: () => null, write: () => false };
  const spentBy = (page: KeptCopy, isThere = true) => page.without(isThere).remains.spent;
  expect(spentBy(keptBy(silent))).toEqual(allSpent);
  expect(spentBy(keptBy(silent), false)).toEqual(nothingSpent);
  const heard = keptBy(silent);
  heard.merge(told("a", 2));
  expect(spentBy(heard)).toMatchObject({ lifetime: 2 });
  const { store } = heardStore();
  keptBy(store).merge(told("a", 3));
  expect(spentBy(keptBy(store))).toMatchObject({ lifetime: 3 });
});

test("an erasure by the page alone says nothing of what the person chose before", () => {
  const store = memoryStore();
  const consent = new Consent({ store, privacyControl: false });
  new KeptCopy(store, consent).without(true);
  expect(consent.isKnown).toBe(false);
});

test("what a page found when it began stays known when the site clears its storage before the worker speaks", () => {
  const { store } = heardStore();
  keptBy(store).merge(told("a", 3));
  const page = keptBy(store);
  page.restore();
  for (const key of store.keys("")) store.remove(key);
  page.merge({ choices: noChoices, remains: { answeredTasks: [], spent: nothingSpent } });
  expect(storedIn(store)).toEqual({ tasks: new Set(["a"]), lifetime: 3 });
});
