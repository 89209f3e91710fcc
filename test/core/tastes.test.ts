import fc from "fast-check";
import { expect, test } from "vitest";
import { type EventKind, eventKinds, type TacitEvent } from "../../core/events/event.ts";
import { eventWeights, kindWeights, tastesOf } from "../../core/events/tastes.ts";
import { dayMs } from "../../core/time.ts";

const nowMs = 1_700_000_000_000;
const events: fc.Arbitrary<readonly TacitEvent[]> = fc.array(
  fc.record({
    id: fc.uuid(),
    kind: fc.constantFrom(...eventKinds),
    item: fc.constantFrom("a", "b", "c"),
    atMs: fc.integer({ min: nowMs - 400 * dayMs, max: nowMs }),
  }),
  { maxLength: 40 },
);
const event = (kind: EventKind, ageDays = 0, amount?: number): TacitEvent => ({
  id: "e",
  kind,
  item: "a",
  atMs: nowMs - ageDays * dayMs,
  ...(amount === undefined ? {} : { amount }),
});
const weightOf = (...list: TacitEvent[]) => tastesOf(eventWeights(list, { nowMs })).get("a") ?? 0;

test("the weights of an item's events sum to its taste", () => {
  fc.assert(
    fc.property(events, (list) => {
      const weights = eventWeights(list, { nowMs });
      for (const [item, taste] of tastesOf(weights)) {
        const sum = weights
          .filter((weight) => weight.item === item)
          .reduce((total, { weight }) => total + weight, 0);
        expect(taste).toBeCloseTo(sum, 9);
      }
    }),
  );
});

test("what somebody does over and over counts as a few times what is usual for them", () => {
  const once = ["a", "b", "c", "d", "e"].map((item) => ({ ...event("view"), item }));
  const often = Array.from({ length: 500 }, (_, k) => ({ ...event("view", k / 10), item: "f" }));
  const tastes = tastesOf(eventWeights([...once, ...often], { nowMs }));
  expect(tastes.get("a")).toBeCloseTo(kindWeights.view, 12);
  // 3.5 deviations of a half, in logarithms, above the usual one; each of them as much less.
  const inFull = often.reduce((sum, each) => sum + (eventWeights([each], { nowMs })[0]?.weight ?? 0), 0);
  expect(tastes.get("f")).toBeCloseTo((inFull * Math.exp(1.75)) / 500, 9);
});

test("what has no time at all is not counted as done, however often it stands there", () => {
  const timeless = Array.from({ length: 40 }, () => ({ ...event("view"), atMs: Number.NaN }));
  const tastes = tastesOf(eventWeights([...timeless, event("view")], { nowMs }));
  expect(tastes.get("a")).toBe(kindWeights.view);
});

test("what is new is not too much: a purchase of today beside many of long ago, clicks beside a purchase", () => {
  const old = Array.from({ length: 20 }, (_, k) => ({ ...event("purchase", 800), item: `old ${k}` }));
  const clicks = Array.from({ length: 20 }, (_, k) => ({ ...event("click"), item: `seen ${k}` }));
  const tastes = tastesOf(eventWeights([...old, ...clicks, event("purchase")], { nowMs }));
  expect(tastes.get("a")).toBe(kindWeights.purchase);
});

test("an event counts half after the half-life, and those ahead of now as of now, up to a day", () => {
  expect(weightOf(event("purchase", 90))).toBeCloseTo(0.5, 12);
  expect(weightOf(event("purchase", 180))).toBeCloseTo(0.25, 12);
  expect(weightOf(event("purchase", -1))).toBe(kindWeights.purchase);
  expect(weightOf(event("purchase", -1.01))).toBe(kindWeights.purchase / 2);
});

test("one dislike outweighs one like, and an impression says nothing", () => {
  expect(weightOf(event("like"), event("dislike"))).toBeLessThan(0);
  expect(eventWeights([event("impression")], { nowMs })).toEqual([]);
});

test("longer dwell counts more, with diminishing returns; buying a dozen is one decision", () => {
  const dwell = [0, 10, 60, 600].map((seconds) => weightOf(event("dwell", 0, seconds)));
  expect(dwell[0]).toBe(0);
  expect(dwell[1]).toBeCloseTo(kindWeights.dwell, 12);
  expect(dwell[2]).toBeLessThan(6 * dwell[1]);
  expect(dwell[3]).toBe(weightOf(event("dwell", 0, 6000)));
  expect(weightOf(event("purchase", 0, 12))).toBe(weightOf(event("purchase")));
});

test("a kind that only another version knows weighs nothing, whatever it is called", () => {
  for (const kind of ["zoom", "toString", "__proto__", ""]) {
    const stored = { ...event("view", 0, 3), kind: kind as EventKind };
    expect(eventWeights([stored], { nowMs })).toEqual([]);
    expect(weightOf(stored, event("purchase"))).toBe(kindWeights.purchase);
  }
});

test("an amount that no page can have tracked counts as none; an event at no time weighs nothing", () => {
  for (const amount of [Number.NaN, Infinity, -1]) {
    expect(weightOf(event("dwell", 0, amount))).toBe(kindWeights.dwell);
  }
  for (const ageDays of [Number.NaN, Infinity, -Infinity]) {
    expect(weightOf(event("purchase", ageDays), event("view"))).toBe(kindWeights.view);
  }
});
