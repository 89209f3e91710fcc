/** What the ranker reads of a journal: the same whether events come and go or stand there all at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TacitEvent } from "../../../../core/events/event.ts";
import { History } from "../../../../core/ranking/ranker/history.ts";
import { dayMs } from "../../../../core/time.ts";
import { journalOf } from "./rankers.ts";

const rowOf = new Map(Array.from({ length: 60 }, (_, row) => [`item-${row}`, row]));
const historyOf = (events: readonly TacitEvent[]): History => {
  const history = new History({ rowOf });
  for (const event of events) history.add(event);
  return history;
};
const purchase = (item: number, day: number, minute = 0): TacitEvent => {
  const atMs = day * dayMs + minute * 60_000;
  return { id: `${item} ${day} ${minute}`, kind: "purchase", item: `item-${item}`, atMs };
};

test("events that come in any order, and of which some go again, leave what the others alone tell", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.infiniteStream(fc.nat(1000)), (seed, draws) => {
      const events = journalOf(seed);
      const order = new Map(events.map((event) => [event, draws.next().value ?? 0]));
      const shuffled = events.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      const history = historyOf(shuffled);
      const stay = events.filter((_, at) => at % 3 !== 0);
      expect(history.told).toEqual(historyOf(events).told);
      for (const [at, event] of events.entries()) if (at % 3 === 0) history.remove(event);
      expect(history.told).toEqual(historyOf(stay).told);
    }),
  );
});

test("days, orders since and the usual time between are counted by days with an order", () => {
  const { told } = historyOf([
    ...[purchase(1, 10), purchase(1, 10, 5), purchase(2, 10)],
    ...[purchase(1, 14), purchase(3, 20), purchase(2, 26), purchase(3, 26, 1)],
  ]);
  expect(told.orderDays).toBe(4);
  expect(told.lastOrderMs).toBe(26 * dayMs + 60_000);
  expect(told.bought.get(1)).toEqual({
    ...{ days: 2, lastMs: 14 * dayMs, ordersSince: 2, intervalMs: 4 * dayMs },
  });
  expect(told.bought.get(2)).toMatchObject({ days: 2, ordersSince: 0, intervalMs: 16 * dayMs });
  expect(told.bought.get(3)).toMatchObject({ days: 2, ordersSince: 0 });
});

test("the last visit ends where half an hour passes without an act, and disliked things are not of it", () => {
  const at = (kind: TacitEvent["kind"], item: number, minute: number): TacitEvent => {
    return { id: `${kind} ${item} ${minute}`, kind, item: `item-${item}`, atMs: minute * 60_000 };
  };
  const { told } = historyOf([
    ...[at("view", 1, 0), at("view", 2, 100), at("cart_add", 3, 120), at("dislike", 4, 125)],
    ...[at("view", 2, 154), at("impression", 9, 170)],
  ]);
  expect(told.lastRows).toEqual([2, 3]);
  expect(told.lastActs).toBe(4);
  expect(told.lastActMs).toBe(154 * 60_000);
});
