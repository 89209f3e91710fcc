import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cleaning, cleaned } from "../../../../core/events/cleaning/cleaning.ts";
import { Duplicates } from "../../../../core/events/cleaning/duplicates.ts";
import { medianOf, upperBoundOf } from "../../../../core/events/cleaning/outliers.ts";
import { Rates } from "../../../../core/events/cleaning/rates.ts";
import { Repetition } from "../../../../core/events/cleaning/repetition.ts";
import type { CleaningRule, EventChange } from "../../../../core/events/cleaning/rule.ts";
import { isPossibleTime } from "../../../../core/events/cleaning/times.ts";
import { type EventKind, eventKinds, type TacitEvent } from "../../../../core/events/event.ts";
import { weightOf } from "../../../../core/events/tastes.ts";
import { plainDuplicates, plainlyCleaned, plainRates } from "./plaincleaning.ts";

const nowMs = Date.parse("2026-03-14T12:00:00Z");
const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** Small, so that a few dozen events cross them. */
const limits = [
  { spanMs: minute, most: 3 },
  { spanMs: 10 * minute, most: 8 },
];

/** Times that rules look at: close together, at the edges of windows, ahead, impossible. */
const times = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 12 * minute }).map((ms) => nowMs - ms) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 24 }).map((s) => nowMs - 3 * minute + s * 500) },
  { weight: 3, arbitrary: fc.constantFrom(nowMs + day, nowMs + day + 1, nowMs + 400 * day) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 659_000_000_000) },
);

const someEvents = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    kind: fc.constantFrom(...eventKinds),
    item: fc.constantFrom("a", "b"),
    atMs: times,
    amount: fc.constantFrom(1, 2),
  }),
  { selector: ({ id }) => id, maxLength: 40, size: "max" },
);

function event(kind: EventKind, atMs: number, more: Partial<TacitEvent> = {}): TacitEvent {
  return {
    id: `${kind} ${atMs} ${more.item ?? "a"} ${JSON.stringify(more)}`,
    kind,
    item: "a",
    atMs,
    ...more,
  };
}

/** What counts after changes, which may neither add twice nor drop what is not there. */
class Counting {
  readonly ids = new Set<string>();

  take(changes: readonly EventChange[]): void {
    for (const { change, event } of changes) {
      expect(this.ids.has(event.id), `${change} ${event.id}`).toBe(change === "dropped");
      if (change === "added") this.ids.add(event.id);
      else this.ids.delete(event.id);
    }
  }
}

interface Subject {
  readonly rule: CleaningRule;
  readonly plain: (events: readonly TacitEvent[]) => readonly TacitEvent[];
}

const rules: Readonly<Record<string, () => Subject>> = {
  duplicates: () => ({ rule: new Duplicates(), plain: plainDuplicates }),
  rates: () => ({ rule: new Rates({ rateLimits: limits }), plain: (events) => plainRates(events, limits) }),
};

describe.each(Object.entries(rules))("%s", (_, subject) => {
  test("whatever comes and goes, in whatever order, what counts is what one pass over the rest says", () => {
    fc.assert(
      fc.property(someEvents, fc.infiniteStream(fc.nat()), (events, chances) => {
        const { rule, plain } = subject();
        const counting = new Counting();
        const there: TacitEvent[] = [];
        for (const event of events) {
          counting.take(rule.add(event));
          there.push(event);
          const chance = chances.next().value ?? 0;
          if (chance % 3 === 0) counting.take(rule.remove(there.splice(chance % there.length, 1)[0]));
          const expected = new Set(plain(there).map(({ id }) => id));
          expect(counting.ids).toEqual(expected);
          for (const other of there) expect(rule.leavesOut(other)).toBe(!expected.has(other.id));
        }
      }),
    );
  });

  test("what was left out stays out when it is cleaned again", () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const { rule, plain } = subject();
        const once = plain(events);
        for (const event of once) rule.add(event);
        expect(once.filter((event) => rule.leavesOut(event))).toEqual([]);
      }),
    );
  });
});

test("rules after each other leave what they leave one by one, and nothing once all is gone", () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const cleaning = new Cleaning({ rateLimits: limits });
      const counting = new Counting();
      for (const event of events) counting.take(cleaning.add(event));
      expect(counting.ids).toEqual(plainlyCleaned(events, limits));
      for (const event of events)
        expect(cleaning.leftOutFor(event) === null).toBe(counting.ids.has(event.id));
      for (const event of events) counting.take(cleaning.remove(event));
      expect(counting.ids).toEqual(new Set());
    }),
  );
});

describe("duplicates", () => {
  const fired = (kind: EventKind, apartMs: number) => [event(kind, nowMs), event(kind, nowMs + apartMs)];
  const count = (events: readonly TacitEvent[]) => cleaned(events).length;

  test("a handler that fires twice counts once; the same act a while later is another", () => {
    expect(count(fired("view", 10 * second))).toBe(1);
    expect(count(fired("view", 10 * second + 1))).toBe(2);
    expect(count(fired("purchase", 2 * second))).toBe(1);
    expect(count(fired("purchase", 2 * second + 1))).toBe(2);
  });

  test("a page that reloads itself every few seconds counts once, however long it does", () => {
    const reloads = Array.from({ length: 1_000 }, (_, k) => event("view", nowMs + k * 9 * second));
    expect(cleaned(reloads)).toEqual(reloads.slice(0, 1));
  });

  test("what undoes stands between: add, remove, add is three acts", () => {
    const acts = [
      event("cart_add", nowMs),
      event("cart_remove", nowMs + 200),
      event("cart_add", nowMs + 400),
    ];
    expect(cleaned(acts)).toEqual(acts);
  });

  test("windows are these, and no others", () => {
    const windows = {
      ...{ impression: 2_000, click: 1_000, view: 10_000, dwell: 2_000, search: 10_000, cart_add: 250 },
      ...{ cart_remove: 250, checkout: 2_000, purchase: 2_000, refund: 2_000, like: 1_000, dislike: 1_000 },
      ...{ share: 2_000, hover: 2_000 },
    };
    for (const [kind, windowMs] of Object.entries(windows)) {
      expect([kind, count(fired(kind as EventKind, windowMs))]).toEqual([kind, 1]);
      expect([kind, count(fired(kind as EventKind, windowMs + 1))]).toEqual([kind, 2]);
    }
    expect(Object.keys(windows).toSorted()).toEqual([...eventKinds].toSorted());
  });

  test("other pieces, another item, another list are no repeats", () => {
    const acts = [
      event("purchase", nowMs, { amount: 1 }),
      event("purchase", nowMs + 1, { amount: 2 }),
      event("purchase", nowMs + 2, { item: "b", amount: 2 }),
      event("click", nowMs + 3, { list: "top", position: 1 }),
      event("click", nowMs + 4, { list: "top", position: 2 }),
    ];
    expect(cleaned(acts)).toEqual(acts);
  });

  test("handlers that know more or less of one act, and timers that do not agree, say the same", () => {
    expect(count([event("purchase", nowMs), event("purchase", nowMs + 1, { amount: 1 })])).toBe(1);
    expect(count([event("view", nowMs), event("view", nowMs + 1, { list: "top", position: 3 })])).toBe(1);
    const dwells = [12.31, 12.32].map((amount, k) => event("dwell", nowMs + k, { amount }));
    expect(count(dwells)).toBe(1);
  });

  test("a kiosk that sells coffee all day, an order again, pieces one by one, a return piece by piece all count", () => {
    const every = (kind: EventKind, apartMs: number) =>
      Array.from({ length: 50 }, (_, k) => event(kind, nowMs + k * apartMs));
    expect(count(every("purchase", 9 * minute))).toBe(50);
    expect(count(every("cart_add", 300))).toBe(50);
    expect(count(every("refund", 20 * second))).toBe(50);
  });

  test("the last word of a person counts, however often it was said before", () => {
    const said = (["dislike", "dislike", "like", "like", "dislike"] as const).map((kind, k) =>
      event(kind, nowMs + k * 100),
    );
    expect(cleaned(said).map(({ kind }) => kind)).toEqual(["dislike", "like", "dislike"]);
  });
});

describe("rates", () => {
  const burst = (kind: EventKind, count: number) =>
    Array.from({ length: count }, (_, k) => event(kind, nowMs + k * 100, { item: `item ${k}` }));

  test("two acts a second for a minute are human, more are not, and none of the minute counts", () => {
    expect(cleaned(burst("view", 120))).toHaveLength(120);
    expect(cleaned(burst("view", 121))).toHaveLength(0);
  });

  test("a crawler that takes its time is seen by its day", () => {
    const crawl = (count: number) =>
      Array.from({ length: count }, (_, k) =>
        event("view", Math.floor(nowMs / day) * day + k * 25 * second, { item: `item ${k}` }),
      );
    expect(cleaned(crawl(3_000))).toHaveLength(3_000);
    expect(cleaned(crawl(3_001))).toHaveLength(0);
  });

  test("an order of a thousand lines, a list put into the basket and opinions count, however fast they come", () => {
    for (const kind of ["purchase", "cart_add", "like", "dislike"] as const) {
      expect(cleaned(burst(kind, 1_000))).toHaveLength(1_000);
    }
  });

  test("handlers that fire twice make nobody a robot", () => {
    const twice = burst("view", 100).flatMap((view) => [view, { ...view, id: `${view.id} again` }]);
    expect(cleaned(twice)).toHaveLength(100);
  });

  test("a robot is whoever did most acts faster than any person; one burst among many days makes none", () => {
    const robot = new Cleaning();
    const fast = burst("view", 500);
    for (const act of fast) robot.add(act);
    expect(robot.isRobot).toBe(true);
    for (let k = 0; k < 500; k++) robot.add(event("view", nowMs - (k + 2) * day, { item: "b" }));
    expect(robot.isRobot).toBe(false);
    robot.add(burst("view", 501)[500]);
    expect(robot.isRobot).toBe(true);
    for (const act of fast.slice(0, 400)) robot.remove(act);
    expect(robot.isRobot).toBe(false);
    // A page of products that says at once that all of them were viewed.
    const little = new Cleaning();
    for (const act of burst("view", 299)) little.add(act);
    expect(little.isRobot).toBe(false);
  });
});

describe("times", () => {
  const weight = (atMs: number, now = nowMs) => weightOf(event("purchase", atMs), { nowMs: now });

  test("of a clock that is a day ahead are of another zone, and count as of now", () => {
    expect([weight(nowMs), weight(nowMs + day)]).toEqual([1, 1]);
  });

  test("that cannot be count as one half-life old, whatever they are", () => {
    for (const atMs of [nowMs + day + 1, nowMs + 4_000 * day, 0, -day, Date.parse("1990-11-30T23:59:59Z")])
      expect(weight(atMs)).toBe(0.5);
    expect(weight(Number.NaN)).toBe(null);
  });

  test("make a device that forgot the date weigh its whole journal alike", () => {
    const forgotMs = Date.parse("2000-01-01T00:00:00Z");
    expect([weight(nowMs, forgotMs), weight(nowMs - 300 * day, forgotMs)]).toEqual([0.5, 0.5]);
  });

  test("are possible from the first browser to a day from now", () => {
    const first = Date.parse("1990-12-01T00:00:00Z");
    const times = [first - 1, first, nowMs + day, nowMs + day + 1, Number.NaN, Number.POSITIVE_INFINITY];
    expect(times.map((atMs) => isPossibleTime(atMs, nowMs))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

const each = (values: readonly number[]) => values.map((value) => ({ value, times: 1 }));

describe("outliers", () => {
  test("do not move what a value counts for at most, however large they are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 5, maxLength: 60 }),
        fc.double({ min: 1e3, max: 1e12, noNaN: true }),
        (values, huge) => {
          const bounds = [1, 2, 1e3].map((times) => upperBoundOf(each([...values, huge * times])));
          expect(bounds[1]).toBe(bounds[0]);
          expect(bounds[2]).toBe(bounds[0]);
          expect(bounds[0]).toBeGreaterThanOrEqual(medianOf(each(values)) * 0.99);
        },
      ),
    );
  });

  test("bounds are as many times as large for values that are, in any order, said once or as often as they are", () => {
    const values = [1, 1.5, 2, 3, 8, 13, 40];
    const bound = upperBoundOf(each(values));
    expect(upperBoundOf(each(values.map((value) => 7 * value)))).toBeCloseTo(7 * bound, 9);
    expect(upperBoundOf(each(values.toReversed()))).toBe(bound);
    // Median 3; deviations of logarithms 1.10, .69, .41, 0, .98, 1.47, 2.59: their median .98.
    expect(bound).toBeCloseTo(3 * Math.exp(3.5 * 1.4826 * Math.log(8 / 3)), 9);
    const twice = [1, 1, 1, 4, 4, 9];
    const counted = [
      { value: 4, times: 2 },
      { value: 1, times: 3 },
      { value: 9, times: 1 },
    ];
    expect(upperBoundOf(counted)).toBe(upperBoundOf(each(twice)));
    expect([medianOf(counted), medianOf(each([3, 1, 2])), medianOf(each([5]))]).toEqual([2.5, 2, 5]);
  });
});

describe("repetition", () => {
  const times = (kind: EventKind, item: string, count: number) =>
    Array.from({ length: count }, (_, k) => event(kind, nowMs - k * 60 * minute, { item }));
  const factorIn = (events: readonly TacitEvent[], of: TacitEvent) => {
    const repetition = new Repetition();
    for (const each of events) repetition.add(each);
    return repetition.factorOf(of);
  };

  test("of what is done to one thing far more often than to others, as much counts as is usual", () => {
    const often = times("view", "a", 40);
    expect(factorIn(often, often[0])).toBeCloseTo(Math.exp(1.75) / 40, 12);
    expect(factorIn(times("view", "a", 5), often[0])).toBe(1);
    const usual = ["b", "c", "d", "e", "f", "g", "h"].flatMap((item) => times("view", item, 40));
    expect(factorIn([...often, ...usual], often[0])).toBe(1);
    // What is usual for one kind says nothing of another.
    expect(factorIn([...often, ...usual], times("purchase", "a", 1)[0])).toBe(1);
  });

  test("whatever comes and goes, factors are what the events that are left give", () => {
    const acts = fc.array(
      fc.record({
        kind: fc.constantFrom<EventKind>("view", "purchase"),
        item: fc.constantFrom("a", "a", "a", "b", "c"),
        leaves: fc.nat({ max: 9 }),
      }),
      { maxLength: 80, size: "max" },
    );
    fc.assert(
      fc.property(acts, (all) => {
        const kept = new Repetition();
        const there: TacitEvent[] = [];
        for (const [k, { kind, item, leaves }] of all.entries()) {
          const act = event(kind, nowMs + k, { item });
          kept.add(act);
          there.push(act);
          if (leaves === 0) kept.remove(there.splice(k % there.length, 1)[0]);
        }
        const repeated = new Set<string>();
        for (const act of there) {
          const factor = factorIn(there, act);
          expect(kept.factorOf(act)).toBeCloseTo(factor, 12);
          if (factor < 1) repeated.add(act.item ?? "");
        }
        expect(kept.repeated()).toEqual(repeated);
      }),
    );
  });
});
