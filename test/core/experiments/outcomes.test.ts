/** What came of a first exposure: what is in the window, no more than the cap, and nothing twice. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type EventKind, eventKinds, type TacitEvent } from "../../../core/events/event.ts";
import type { Measure, Metric } from "../../../core/experiments/experiment.ts";
import { measured } from "../../../core/experiments/measure.ts";
import { outcomesOf } from "../../../core/experiments/outcomes.ts";
import { sessionGapMs } from "../../../core/profile/sessions.ts";
import { dayMs } from "../../../core/time.ts";

const exposedMs = Date.UTC(2026, 5, 10, 12);
const days = { windowDays: 7, beforeDays: 14 };
const prices: Readonly<Record<string, number>> = { mug: 5, lamp: 40.5 };
const priceOf = (item: string): number | null => prices[item] ?? null;
const eventAt = (atMs: number, kind: EventKind, rest: Partial<TacitEvent> = {}): TacitEvent => ({
  ...{ id: `${kind} ${atMs}`, kind, atMs, item: "mug" },
  ...rest,
});
const metricOf = (of: Measure, cap: number, change: Partial<Metric> = {}): Metric => ({
  ...{ name: "m", of, cap },
  ...change,
});
const outcomeOf = (metric: Metric, events: readonly TacitEvent[]) =>
  outcomesOf({ metrics: [metric], ...days }, { events, exposedMs, priceOf })[0];
/** In a span that has all of them. */
const total = (of: Measure, events: readonly TacitEvent[]) =>
  measured(of, events, { fromMs: 0, toMs: exposedMs * 2 }, priceOf);

describe("a window", () => {
  const count = metricOf({ count: "click" }, 10, { isAdjusted: true });

  test("begins with the exposure and ends before its last millisecond is over; before it are the days before", () => {
    const end = exposedMs + 7 * dayMs;
    const start = exposedMs - 14 * dayMs;
    const at = (atMs: number) => outcomeOf(count, [eventAt(atMs, "click")]);
    const [none, after, before] = [
      { y: 0, x: 0 },
      { y: 0.1, x: 0 },
      { y: 0, x: 0.1 },
    ];
    expect(at(exposedMs)).toEqual(after);
    expect(at(end - 1)).toEqual(after);
    expect(at(end)).toEqual(none);
    expect(at(exposedMs - 1)).toEqual(before);
    expect(at(start)).toEqual(before);
    expect(at(start - 1)).toEqual(none);
  });

  test("of a ratio is the same for both, and there is no x without a reason", () => {
    const per = { of: { count: "impression" }, cap: 4 } as const;
    const events = [-1, 0, 1, 2].flatMap((day) => [
      eventAt(exposedMs + day * dayMs, "impression"),
      eventAt(exposedMs + day * dayMs, "click"),
    ]);
    expect(outcomeOf(metricOf({ count: "click" }, 10, { per }), events)).toEqual({ y: 0.3, x: 0.75 });
    expect(outcomeOf(metricOf({ count: "click" }, 10), events)).toEqual({ y: 0.3, x: 0 });
  });
});

describe("a measure", () => {
  test("of a list counts what says that it was in it", () => {
    const events = [
      eventAt(1, "click", { list: "shelf" }),
      eventAt(2, "click", { list: "other" }),
      eventAt(3, "click"),
      eventAt(4, "view", { list: "shelf" }),
    ];
    expect(total({ count: "click", list: "shelf" }, events)).toBe(1);
    expect(total({ count: "click" }, events)).toBe(3);
    expect(total({ any: "click", list: "shelf" }, events)).toBe(1);
    expect(total({ any: "click", list: "none" }, events)).toBe(0);
    expect(total({ any: "view" }, events)).toBe(1);
  });

  test("of dwelling is its seconds, and of nothing said nothing", () => {
    const events = [12.5, undefined, Number.NaN, -3, 30].map((amount, at) =>
      eventAt(at, "dwell", amount === undefined ? {} : { amount }),
    );
    expect(total({ seconds: "dwell" }, events)).toBe(42.5);
  });

  test("of orders takes what was bought in one session for one", () => {
    const gaps = [0, 60_000, sessionGapMs, sessionGapMs + 1, dayMs];
    let atMs = 1;
    const events = gaps.flatMap((gap) => {
      atMs += gap;
      return [eventAt(atMs, "purchase"), eventAt(atMs, "click")];
    });
    expect(total({ orders: "purchase" }, events)).toBe(3);
    expect(total({ count: "purchase" }, events)).toBe(5);
  });

  test("of money is pieces times price, one piece where it is not said, nothing without a price", () => {
    const events = [
      eventAt(1, "purchase", { amount: 3 }),
      eventAt(2, "purchase", { item: "lamp" }),
      eventAt(3, "purchase", { item: "gift card", amount: 9 }),
      eventAt(4, "cart_add", { amount: 100 }),
    ];
    expect(total({ money: "purchase" }, events)).toBe(3 * 5 + 40.5);
    for (const price of [Number.NaN, -2, Number.POSITIVE_INFINITY]) {
      const worth = measured({ money: "purchase" }, events, { fromMs: 0, toMs: 9 }, () => price);
      expect(worth >= 0).toBe(true);
    }
  });

  test("of money takes refunds off what was bought of the item in the same span, and no further", () => {
    const bought = eventAt(10, "purchase", { amount: 3 });
    const back = (atMs: number, amount: number, item = "mug") => eventAt(atMs, "refund", { amount, item });
    expect(total({ money: "purchase" }, [bought, back(11, 2)])).toBe(5);
    expect(total({ money: "purchase" }, [bought, back(11, 4)])).toBe(0);
    // Of what was had before.
    expect(total({ money: "purchase" }, [back(9, 2), bought])).toBe(15);
    expect(total({ money: "purchase" }, [bought, back(11, 1, "lamp")])).toBe(15);
  });
});

const events = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...eventKinds),
      item: fc.constantFrom("mug", "lamp", "gift card"),
      minute: fc.integer({ min: -30 * 1440, max: 20 * 1440 }),
      amount: fc.option(fc.oneof(fc.nat(20), fc.double({ noNaN: false })), { nil: undefined }),
      list: fc.option(fc.constantFrom("shelf", "other"), { nil: undefined }),
    }),
    { maxLength: 60 },
  )
  .map((some) =>
    some
      .map(({ kind, item, minute, amount, list }, k): TacitEvent => {
        const said = { ...(amount === undefined ? {} : { amount }), ...(list === undefined ? {} : { list }) };
        return { id: String(k), kind, item, atMs: exposedMs + minute * 60_000, ...said };
      })
      .toSorted((a, b) => a.atMs - b.atMs),
  );
const kinds = fc.constantFrom(...eventKinds);
const measures: fc.Arbitrary<Measure> = fc.oneof(
  kinds.map((kind) => ({ any: kind })),
  fc.record({ count: kinds, list: fc.constantFrom(undefined, "shelf") }),
  fc.constantFrom(
    { orders: "purchase" } as const,
    { seconds: "dwell" } as const,
    { money: "purchase" } as const,
  ),
);

describe("whatever the journal holds", () => {
  test("shares are in 0..1, so that the sum's sensitivity holds", () => {
    const caps = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.double({ min: 1e-6, max: 1e9, noNaN: true }));
    const metric = fc.record({ of: measures, cap: caps, isAdjusted: fc.boolean() });
    fc.assert(
      fc.property(events, metric, measures, fc.boolean(), (journal, asked, of, isRatio) => {
        const per = isRatio ? { per: { of, cap: 3 } } : {};
        const { y, x } = outcomeOf({ name: "m", ...asked, ...per }, journal);
        for (const share of [y, x]) expect(share >= 0 && share <= 1).toBe(true);
      }),
    );
  });

  test("what is before the days before, or after the window, changes nothing", () => {
    fc.assert(
      fc.property(events, measures, (journal, of) => {
        const asked = metricOf(of, 7, { isAdjusted: true });
        const within = journal.filter(
          ({ atMs }) => atMs >= exposedMs - 14 * dayMs && atMs < exposedMs + 7 * dayMs,
        );
        expect(outcomeOf(asked, journal)).toEqual(outcomeOf(asked, within));
        // And y is of what is after the exposure alone, x of what is before.
        const after = within.filter(({ atMs }) => atMs >= exposedMs);
        const before = within.filter(({ atMs }) => atMs < exposedMs);
        expect(outcomeOf(asked, journal)).toEqual({
          y: outcomeOf(asked, after).y,
          x: outcomeOf(asked, before).x,
        });
      }),
    );
  });

  test("money is the same as by a plain ledger, piece by piece", () => {
    const whole = events.map((some) =>
      some.map((event) => ({ ...event, amount: Math.abs(Math.trunc(event.amount || 0)) % 20 })),
    );
    fc.assert(
      fc.property(whole, (journal) => {
        const pieces: string[] = [];
        for (const { kind, item = "", amount } of journal) {
          for (let k = 0; k < amount; k++) {
            if (kind === "purchase") pieces.push(item);
            const at = pieces.indexOf(item);
            if (kind === "refund" && at >= 0) pieces.splice(at, 1);
          }
        }
        const worth = pieces.reduce((sum, item) => sum + (priceOf(item) ?? 0), 0);
        expect(total({ money: "purchase" }, journal)).toBeCloseTo(worth, 9);
      }),
    );
  });
});
