import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { keyOf, liveConsent, liveList, liveLists } from "../../../sdk/bindings/lists.ts";
import { startOnce } from "../../../sdk/bindings/start.ts";
import { fake, quiet } from "./fake.ts";

const forYou = { list: "recommend", count: 2 } as const;
const ids = (items: readonly { readonly item: string }[] | null) => items?.map(({ item }) => item);

test("nothing is asked before somebody subscribes, nor after everybody left", async () => {
  const { tacit, asked, tell, listeners } = fake();
  const list = liveList(tacit, forYou);
  await quiet();
  expect([asked.length, listeners()]).toEqual([0, 0]);
  const leave = list.subscribe(() => undefined);
  await quiet(0);
  expect(asked).toEqual([forYou]);
  leave();
  tell("change");
  await quiet();
  expect([asked.length, listeners()]).toEqual([1, 0]);
});

test("who subscribes, leaves and comes again at once asks once", async () => {
  const { tacit, asked } = fake();
  const list = liveList(tacit, forYou);
  list.subscribe(() => undefined)();
  const leave = list.subscribe(() => undefined);
  await quiet(0);
  expect(asked).toHaveLength(1);
  leave();
});

test.each(["ready", "change", "edition", "consent"] as const)(
  "%s has it asked again, once for several at once",
  async (news) => {
    const { tacit, asked, answer, tell } = fake();
    const list = liveList(tacit, forYou);
    const changed = vi.fn();
    const leave = list.subscribe(changed);
    await quiet(0);
    await answer("a");
    for (let k = 0; k < 5; k++) tell(news);
    await quiet();
    await answer("b");
    expect(asked).toHaveLength(2);
    expect(ids(list.read())).toEqual(["b"]);
    expect(changed).toHaveBeenCalledTimes(2);
    leave();
  },
);

test("an answer that a later question has overtaken, or that comes after everybody left, changes nothing", async () => {
  const { tacit, answer, tell } = fake();
  const list = liveList(tacit, forYou);
  const changed = vi.fn();
  const leave = list.subscribe(changed);
  await quiet(0);
  tell("change");
  await quiet();
  await answer("old");
  expect(list.read()).toBeNull();
  await answer("new");
  expect(ids(list.read())).toEqual(["new"]);
  tell("change");
  await quiet();
  leave();
  await answer("late");
  expect(list.read()).toBeNull();
  expect(changed).toHaveBeenCalledTimes(1);
});

test("what was answered stays for who comes in the same task, and not for who comes later: it may be erased by then", async () => {
  const { tacit, answer } = fake();
  const list = liveList(tacit, forYou);
  const first = list.subscribe(() => undefined);
  await quiet(0);
  await answer("a");
  first();
  const second = list.subscribe(() => undefined);
  expect(ids(list.read())).toEqual(["a"]);
  await quiet(5);
  expect(ids(list.read())).toEqual(["a"]);
  second();
  await quiet(5);
  expect(list.read()).toBeNull();
});

test("two that ask the same are one question, whatever the order of its fields; another SDK is another", async () => {
  const { tacit } = fake();
  const one = liveList(tacit, { list: "recommend", count: 2, exclude: ["a"] });
  expect(liveList(tacit, { exclude: ["a"], count: 2, list: "recommend" })).toBe(one);
  expect(liveList(tacit, { list: "recommend", count: 3, exclude: ["a"] })).not.toBe(one);
  expect(liveList(fake().tacit, { list: "recommend", count: 2, exclude: ["a"] })).not.toBe(one);
  const named = { a: forYou, b: { list: "trending" } } as const;
  expect(liveLists(tacit, { ...named })).toBe(liveLists(tacit, named));
  // Those named first choose first.
  expect(liveLists(tacit, { b: named.b, a: named.a })).not.toBe(liveLists(tacit, named));
});

test("keys are equal where what is asked is", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (options) => {
      const turned = Object.fromEntries(Object.entries(options).reverse());
      expect(keyOf(turned)).toBe(keyOf(options));
    }),
  );
});

test("the permissions are known at once, and are one object until they change", () => {
  const { tacit } = fake();
  const { read, subscribe } = liveConsent(tacit);
  const leave = subscribe(() => undefined);
  expect(read()).toBe(read());
  expect(read()?.personalise).toBe(true);
  tacit.consent({ personalise: false });
  expect(read()?.personalise).toBe(false);
  leave();
});

test("on a server nothing is started", () => {
  const { tacit, inits } = fake();
  startOnce(tacit, {});
  expect(inits).toEqual([]);
});
