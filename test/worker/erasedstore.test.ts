/**
 * What was erased does not come back and what was tracked since is not lost, whatever the database does: two
 * tabs on one that fails, falls silent and answers again, compared with a plain list.
 */
import "fake-indexeddb/auto";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import type { Recorded } from "../../core/events/fact.ts";
import { Database } from "../../worker/store/database.ts";
import { FallbackStore } from "../../worker/store/fallback.ts";
import { isSince, withoutLedger } from "../../worker/store/kept.ts";
import { eventOf, freshDatabase, until } from "./device.ts";
import { noonMs } from "./shop.ts";

type Fault = "works" | "fails" | "silent";

type Act =
  | { readonly act: "track" | "read"; readonly tab: number }
  /** The other tab hears of it, or does not: browsers deny the channel, too. */
  | { readonly act: "erase"; readonly tab: number; readonly isHeard: boolean }
  /** The journal alone. */
  | { readonly act: "forget" }
  | { readonly act: "database"; readonly fault: Fault }
  | { readonly act: "wait"; readonly ms: number };

const actsOf = (tabs: number) => {
  const tab = fc.integer({ min: 0, max: tabs - 1 });
  const fault = fc.constantFrom<Fault>("works", "works", "fails", "silent");
  return fc.array(
    fc.oneof<fc.WeightedArbitrary<Act>[]>(
      { weight: 5, arbitrary: fc.record({ act: fc.constant("track" as const), tab }) },
      { weight: 1, arbitrary: fc.record({ act: fc.constant("read" as const), tab }) },
      {
        weight: 2,
        arbitrary: fc.record({ act: fc.constant("erase" as const), tab, isHeard: fc.boolean() }),
      },
      // In two tabs at once a "no" is known to both before anything is erased: that is not the store's.
      { weight: tabs === 1 ? 2 : 0, arbitrary: fc.record({ act: fc.constant("forget" as const) }) },
      { weight: 3, arbitrary: fc.record({ act: fc.constant("database" as const), fault }) },
      {
        weight: 4,
        arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 50 }) }),
      },
    ),
    { minLength: 4, maxLength: 24 },
  );
};

const limits = { openLimitMs: 20, limitMs: 20 };
let fault: Fault = "works";

const transaction = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (...args) {
  // The stand-in for IndexedDB asks itself for the transactions of an upgrade in this way.
  const isUpgrade = (args[1] as string) === "versionchange";
  if (fault === "fails" && !isUpgrade) throw new DOMException("by the test", "UnknownError");
  return transaction.apply(this, args);
};
// What is asked while it is silent is done, and nobody hears of it: what would follow is not.
for (const { prototype } of [IDBRequest, IDBTransaction]) {
  const listen = prototype.addEventListener;
  prototype.addEventListener = function (...args: Parameters<IDBRequest["addEventListener"]>) {
    if (fault !== "silent") listen.apply(this, args);
  };
}

afterEach(() => {
  fault = "works";
});

interface Played {
  readonly got: readonly number[];
  readonly wanted: readonly number[];
}

async function play(list: readonly Act[], tabs: number): Promise<Played> {
  const name = freshDatabase();
  let nowMs = noonMs;
  const onDenied = vi.fn();
  const stores = Array.from(
    { length: tabs },
    () =>
      new FallbackStore({ name, onDenied, onLost: () => undefined, limits, retryMs: 15, nowMs: () => nowMs }),
  );
  await Promise.all(stores.map((store) => store.open()));
  const pending: Promise<unknown>[] = [];
  let wanted: TacitEvent[] = [];
  for (const [row, step] of list.entries()) {
    nowMs += 1;
    if (step.act === "database") fault = step.fault;
    else if (step.act === "wait") await new Promise((resolve) => setTimeout(resolve, step.ms));
    else if (step.act === "read") pending.push(stores[step.tab].events());
    else if (step.act === "track") {
      const event = { ...eventOf("view", row), id: `${row}`, atMs: nowMs };
      wanted.push(event);
      pending.push(stores[step.tab].addEvents([event]));
    } else if (step.act === "erase") {
      const atMs = nowMs;
      const since = (event: Recorded) => isSince(event, atMs, atMs);
      wanted = [];
      // That it is only done later is said; that it is done is what counts.
      pending.push(stores[step.tab].eraseAll(withoutLedger(atMs, atMs), since).catch(() => undefined));
      if (step.isHeard) stores[1 - step.tab]?.erasedElsewhere(since);
    } else {
      wanted = [];
      pending.push(stores[0].eraseEvents());
    }
  }
  await Promise.all(pending);
  fault = "works";
  await until(() => stores.every(({ storage }) => storage === "device"));
  for (const store of stores) store.close();
  const database = new Database(name, () => undefined);
  const got = await database.events();
  database.close();
  const timesOf = (events: readonly Recorded[]) => events.map(({ atMs }) => atMs - noonMs);
  return { got: timesOf(got), wanted: timesOf(wanted) };
}

test.each([1, 2])(
  "nothing erased comes back, and nothing tracked since is lost, while the database comes and goes (tabs: %i)",
  async (tabs) => {
    await fc.assert(
      fc.asyncProperty(actsOf(tabs), async (list) => {
        const { got, wanted } = await play(list, tabs);
        expect(got).toEqual(wanted);
      }),
      { numRuns: 80 },
    );
  },
  120_000,
);
