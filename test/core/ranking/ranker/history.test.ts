/** What the ranker reads of a journal: the same whether events come and go or stand there all at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TacitEvent } from "../../../../core/events/event.ts";
import { History } from "../../../../core/ranking/ranker/history.ts";
import { dayMs } from "../../../../core/time.ts";
import { journalOf, nowMs } from "./rankers.ts";

const rowOf = new Map(Array.from({ length: 60 }, (_, row) => [`item-${row}`, row]));
const historyOf = (events: readonly TacitEvent[]): History => {
  const history = new History({ rowOf });
  for (const event of events) history.add(event);
  return history;
};
const firstMs = Math.floor(Date.UTC(2026, 0, 1) / dayMs) * dayMs;
const asOfMs = firstMs + 100 * dayMs;
const purchase = (item: number, day: number, minute = 0): TacitEvent => {
  const atMs = firstMs + day * dayMs + minute * 60_000;
  return { id: `${item} ${day} ${minute}`, kind: "purchase", item: `item-${item}`, atMs };
};
const refund = (item: number, day: number): TacitEvent => ({ ...purchase(item, day, 7), kind: "refund" });

test("events that come in any order, and of which some go again, leave what the others alone tell", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.infiniteStream(fc.nat(1000)), (seed, draws) => {
      const events = journalOf(seed);
      const order = new Map(events.map((event) => [event, draws.next().value ?? 0]));
      const shuffled = events.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      const history = historyOf(shuffled);
      const stay = events.filter((_, at) => at % 3 !== 0);
      expect(history.told(nowMs)).toEqual(historyOf(events).told(nowMs));
      for (const [at, event] of events.entries()) if (at % 3 === 0) history.remove(event);
      expect(history.told(nowMs)).toEqual(historyOf(stay).told(nowMs));
    }),
  );
});

test("days, orders since and the usual time between are counted by days with an order", () => {
  const history = historyOf([
    ...[purchase(1, 10), purchase(1, 10, 5), purchase(2, 10)],
    ...[purchase(1, 14), purchase(3, 20), purchase(2, 26), purchase(3, 26, 1)],
  ]);
  const told = history.told(asOfMs);
  expect(told.orderDays).toBe(4);
  expect(told.lastOrderMs).toBe(firstMs + 26 * dayMs + 60_000);
  expect(told.bought.get(1)).toEqual({
    ...{ days: 2, lastMs: firstMs + 14 * dayMs, ordersSince: 2, intervalMs: 4 * dayMs },
  });
  expect(told.bought.get(2)).toMatchObject({ days: 2, ordersSince: 0, intervalMs: 16 * dayMs });
  expect(told.bought.get(3)).toMatchObject({ days: 2, ordersSince: 0 });
});

test("the last visit ends where half an hour passes without an act, and disliked things are not of it", () => {
  const at = (kind: TacitEvent["kind"], item: number, minute: number): TacitEvent => {
    return { id: `${kind} ${item} ${minute}`, kind, item: `item-${item}`, atMs: firstMs + minute * 60_000 };
  };
  const history = historyOf([
    ...[at("view", 1, 0), at("view", 2, 100), at("cart_add", 3, 120), at("dislike", 4, 125)],
    ...[at("view", 2, 154), at("impression", 9, 170)],
  ]);
  const told = history.told(asOfMs);
  expect(told.lastRows).toEqual([2, 3]);
  expect(told.lastActs).toBe(4);
  expect(told.lastActMs).toBe(firstMs + 154 * 60_000);
});

test("what was returned is as if it had not been bought", () => {
  const bought = [purchase(1, 10), purchase(2, 12), purchase(1, 30)];
  const told = historyOf([...bought, refund(1, 31), refund(2, 13)]).told(asOfMs);
  expect(told).toMatchObject({ orderDays: 1, lastOrderMs: firstMs + 10 * dayMs });
  expect([...told.bought.keys()]).toEqual([1]);
  expect(told.bought.get(1)).toMatchObject({ days: 1, intervalMs: null });
});

test("times that cannot be are in no visit and no order until they can", () => {
  const later = purchase(3, 200);
  const history = historyOf([purchase(1, 10), later, { ...purchase(2, 0), atMs: 1 }]);
  const before = historyOf([purchase(1, 10)]).told(asOfMs);
  expect(history.told(asOfMs)).toEqual(before);
  expect(history.told(later.atMs)).toMatchObject({ orderDays: 2, lastRows: [3] });
});
