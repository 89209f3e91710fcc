/** What a journal contributes to a ranker: split in time, within its bound, of what was wanted since. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventKind, TacitEvent } from "../../../core/events/event.ts";
import { statisticsOf, unitRows } from "../../../core/ranking/ranker/examples.ts";
import { rankerFeatures } from "../../../core/ranking/ranker/features.ts";
import { askedUnits, rankerUnits } from "../../../core/ranking/ranker/learnedunits.ts";
import { addedStatistics, listStatistics, type UnitRows } from "../../../core/ranking/ranker/statistics.ts";
import { placed } from "../../../core/ranking/ranker/units.ts";
import { rankerContributionOf } from "../../../core/tasks/ranker/contribution.ts";
import { type DatedExample, exampleSince } from "../../../core/tasks/ranker/example.ts";
import { answeredFromMs, type RankerSettings, ranker } from "../../../core/tasks/ranker/kind.ts";
import { taskKinds } from "../../../core/tasks/registry.ts";
import { parseSettings } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import { journalOf, nowMs, worldOf } from "../ranking/ranker/rankers.ts";

const sinceMs = nowMs - 200 * dayMs;
const settings: RankerSettings = {
  units: askedUnits.map((unit) => ({ ...unit })),
  ...{ clipL2: 2, curvatureScale: 0.7, weightScale: 0.1 },
  ...{ factors: "ab".repeat(32), pairs: null, sinceMs, labelDays: 14 },
};
const units = askedUnits.flatMap((unit) => placed(unit) ?? []);
const model = worldOf({ seed: 5 });
const seeds = fc.nat({ max: 100_000 });
/** Longer than those of other tests, so that most of them say something. */
const eventsOf = (seed: number) => journalOf(seed, { most: 60 });
const at = { sinceMs, nowMs };
/** Everything was always in its catalogue. */
const undated = worldOf({ seed: 5, dated: false });

describe("an example", () => {
  test("of any journal contributes no more than the sensitivity that its task says", () => {
    const { length, sensitivity, blocks } = ranker.layoutOf(settings);
    let said = 0;
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.01, max: 3, noNaN: true }), (seed, clipL2) => {
        const example = exampleSince(model, eventsOf(seed), at);
        const statistics = example && statisticsOf(example, units);
        if (statistics === null) return;
        said += 1;
        const values = rankerContributionOf(statistics, { ...settings, clipL2 });
        const most = ranker.layoutOf({ ...settings, clipL2 }).sensitivity;
        expect(values).toHaveLength(length);
        expect(Math.hypot(...values)).toBeLessThanOrEqual(most * (1 + 1e-12));
      }),
    );
    expect(said).toBeGreaterThan(20);
    expect([sensitivity, blocks]).toEqual([Math.hypot(2, 0.1), 1]);
  });

  test("is of the person as they were: what came later changes neither profile nor features", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, otherSeed) => {
        const before = eventsOf(seed).filter(({ atMs }) => atMs < sinceMs);
        const later = eventsOf(otherSeed).filter(({ atMs }) => atMs >= sinceMs);
        const label: TacitEvent = { id: "z", kind: "purchase", item: "item-7", atMs: nowMs };
        const alone = exampleSince(undated, [...before, label], at);
        const beside = exampleSince(undated, [...before, ...later, label], at);
        expect(beside?.person.profile.tastes).toEqual(alone?.person.profile.tastes);
        expect(beside?.person.profile.told).toEqual(alone?.person.profile.told);
        expect(beside?.person.profile.seen).toEqual(alone?.person.profile.seen);
        expect([alone?.person.nowMs, beside?.person.nowMs]).toEqual([sinceMs, sinceMs]);
      }),
    );
  });

  test("wants what was bought and kept, left in the basket or liked since, and says its newest event", () => {
    const act = (kind: EventKind, item: string, day: number): TacitEvent => ({
      ...{ id: `${item}-${kind}-${day}`, kind, item },
      atMs: sinceMs + day * dayMs,
    });
    const events = [
      act("purchase", "item-1", -1),
      act("purchase", "item-2", 0),
      act("cart_add", "item-3", 1),
      act("like", "item-4", 2),
      act("cart_add", "item-5", 3),
      act("cart_remove", "item-5", 4),
      act("cart_add", "item-6", 4),
      act("purchase", "item-6", 5),
      act("refund", "item-6", 6),
      act("like", "item-7", 6),
      act("dislike", "item-7", 7),
      act("view", "item-8", 8),
      act("purchase", "elsewhere", 9),
      // Bought, after which the basket was emptied.
      act("purchase", "item-9", 10),
      act("cart_remove", "item-9", 10),
      act("purchase", "item-10", 300),
    ];
    const example = exampleSince(undated, events, { sinceMs, nowMs: sinceMs + 20 * dayMs });
    expect([...(example?.wanted ?? [])].map((row) => model.cards[row].item)).toEqual([
      ...["item-2", "item-3", "item-4", "item-9"],
    ]);
    expect(example?.newest.id).toBe("item-9-cart_remove-10");
    expect(exampleSince(model, events.slice(0, 1), at)).toBeNull();
  });
});

test("an example proposes what was in the catalogue at its moment, and wants nothing else", () => {
  const publishedMs = model.cards.map(({ publishedAt = "" }) => Date.parse(publishedAt));
  const later = publishedMs.flatMap((atMs, row) => (atMs > sinceMs ? [row] : []));
  expect(later.length).toBeGreaterThan(5);
  let looked = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const example = exampleSince(model, eventsOf(seed), at);
      const found = example && unitRows(example, units);
      if (example === null || found === null) return;
      looked += 1;
      expect(later.filter((row) => found.rows.includes(row) || example.wanted.has(row))).toEqual([]);
    }),
  );
  expect(looked).toBeGreaterThan(20);
  const [row] = later;
  const of = (atMs: number): TacitEvent => ({
    id: `at-${atMs}`,
    kind: "purchase",
    item: `item-${row}`,
    atMs,
  });
  expect(exampleSince(model, [of(sinceMs + dayMs)], at)).toBeNull();
  // As of the day on which it came it is wanted like any other.
  const then = { sinceMs: publishedMs[row], nowMs };
  expect(exampleSince(model, [of(publishedMs[row])], then)?.wanted).toEqual(new Set([row]));
});

test("an example wants what was wanted up to the end of its days, and nothing from then on", () => {
  const untilMs = sinceMs + 14 * dayMs;
  fc.assert(
    fc.property(seeds, (seed) => {
      const events = eventsOf(seed);
      const cut = events.filter(({ atMs }) => atMs < untilMs);
      const one = exampleSince(undated, events, { ...at, untilMs });
      const other = exampleSince(undated, cut, at);
      expect([one?.wanted, one?.newest]).toEqual([other?.wanted, other?.newest]);
    }),
  );
  const last: TacitEvent = { id: "last", kind: "like", item: "item-3", atMs: untilMs - 1 };
  expect(exampleSince(undated, [last], { ...at, untilMs })?.newest).toBe(last);
  expect(exampleSince(undated, [{ ...last, atMs: untilMs }], { ...at, untilMs })).toBeNull();
});

describe("where a curve says how likely places are looked at", () => {
  const curve = [
    { upTo: 1, chance: 1 },
    { upTo: 3, chance: 0.5 },
    { upTo: 8, chance: 0.2 },
  ];
  const untilMs = sinceMs + 14 * dayMs;
  const split = { sinceMs, untilMs, nowMs, examined: curve };
  const act = (kind: EventKind, item: number, hour: number, position?: number): TacitEvent => ({
    ...{ id: `${item}-${kind}-${hour}`, kind, item: `item-${item}`, atMs: sinceMs + hour * 3_600_000 },
    ...(position === undefined ? {} : { position }),
  });
  /** Every second act is one on what was clicked just before. */
  const clicked = (events: readonly TacitEvent[], places: readonly number[]): readonly TacitEvent[] =>
    events.flatMap((event, nth) => {
      const { item, atMs } = event;
      if (nth % 2 === 0 || item === undefined) return [event];
      const position = places[nth % places.length];
      return [{ id: `${event.id}-click`, kind: "click", item, atMs, position }, event];
    });
  const countsOf = (example: DatedExample | null) =>
    Object.fromEntries(
      [...(example?.weights ?? [])].map(([row, weight]) => [
        row,
        Number((weight * (example?.share ?? 0)).toPrecision(12)),
      ]),
    );
  const weightsOf = (events: readonly TacitEvent[]) => countsOf(exampleSince(undated, events, split));

  test("what was clicked counts for the last chance over that of its place, and what was not for 1", () => {
    const events = [
      act("click", 8, -2, 1),
      act("click", 1, 1, 1),
      act("cart_add", 1, 2),
      act("click", 2, 3, 3),
      act("purchase", 2, 4),
      act("click", 3, 5, 8),
      act("like", 3, 6),
      // After all that the curve tells apart.
      act("click", 4, 7, 70),
      act("purchase", 4, 7),
      act("purchase", 5, 8),
      // A place that nobody told, and one of an impression.
      act("click", 6, 9),
      act("impression", 6, 9, 1),
      act("purchase", 6, 10),
      // Clicked again after it was wanted.
      act("click", 7, 11, 8),
      act("click", 7, 12, 2),
      act("cart_add", 7, 13),
      act("click", 7, 14, 1),
      act("purchase", 7, 15),
      // Its click was before the days.
      act("purchase", 8, 16),
      // Never wanted.
      act("click", 9, 17, 1),
    ];
    expect(weightsOf(events)).toEqual({ 1: 0.2, 2: 0.4, 3: 1, 4: 1, 5: 1, 6: 1, 7: 0.4, 8: 1 });
  });

  test("the last chance is that of the curve's last step, wherever that begins", () => {
    const long = [...curve, { upTo: 40, chance: 0.1 }, { upTo: 41, chance: 0.05 }];
    const events = [
      act("click", 1, 1, 1),
      act("like", 1, 2),
      act("click", 2, 3, 20),
      act("like", 2, 4),
      act("click", 3, 5, 41),
      act("like", 3, 6),
    ];
    expect(countsOf(exampleSince(undated, events, { ...split, examined: long }))).toEqual({
      1: 0.05,
      2: 0.5,
      3: 1,
    });
  });

  test("in both lists of a person each wanted row has its own weight: with what was seen, and without", () => {
    let moved = 0;
    fc.assert(
      fc.property(seeds, fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 3 }), (seed, places) => {
        const events = clicked(eventsOf(seed), places);
        const example = exampleSince(undated, events, { ...at, examined: curve });
        const whole = example && unitRows(example, units);
        if (example === null || whole === null) return;
        const { seen } = example.person.profile;
        const listOf = (isListed: (row: number) => boolean): UnitRows => {
          const listed = whole.rows.flatMap((row, nth) => (isListed(row) ? [{ row, nth }] : []));
          const valuesOf = (nth: number) => [
            ...whole.list.values.subarray(nth * units.length, (nth + 1) * units.length),
          ];
          return {
            ...{ units: units.length, values: Float64Array.from(listed.flatMap(({ nth }) => valuesOf(nth))) },
            wanted: Uint8Array.from(listed, ({ row }) => Number(example.wanted.has(row))),
            weights: Float64Array.from(listed, ({ row }) => example.weights?.get(row) ?? 1),
          };
        };
        const [all, unseen] = [listOf(() => true), listOf((row) => seen[row] === 0)];
        expect(statisticsOf(example, units)).toEqual(
          addedStatistics([listStatistics(all), listStatistics(unseen)]),
        );
        const isMoved = unseen.weights?.some(
          (weight, nth) => unseen.wanted[nth] && weight !== all.weights?.[nth],
        );
        if (isMoved) moved += 1;
      }),
      { numRuns: 200 },
    );
    expect(moved).toBeGreaterThan(5);
  });

  test("all that is wanted has a weight above 0 and up to 1, and nothing else changes", () => {
    let placed = 0;
    fc.assert(
      fc.property(seeds, fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 }), (seed, places) => {
        const events = clicked(eventsOf(seed), places);
        const told = exampleSince(undated, events, { ...at, examined: curve });
        const plain = exampleSince(undated, events, { ...at, examined: null });
        expect(plain).toEqual(exampleSince(undated, events, at));
        expect([plain?.weights, plain?.share ?? 1]).toEqual([undefined, 1]);
        expect(told === null).toBe(plain === null);
        if (told === null || plain === null) return;
        expect([told.wanted, told.newest]).toEqual([plain.wanted, plain.newest]);
        const weights = told.weights ?? new Map();
        expect(new Set(weights.keys())).toEqual(told.wanted);
        const mean = [...weights.values()].reduce((sum, weight) => sum + weight, 0) / weights.size;
        expect(mean).toBeCloseTo(1, 12);
        for (const count of Object.values(countsOf(told))) {
          expect([1, 0.4, 0.2]).toContain(count);
          if (count < 1) placed += 1;
        }
      }),
    );
    expect(placed).toBeGreaterThan(5);
  });

  test("a contribution is within the clip times what is counted in the mean, and one number longer, which is 0", () => {
    const { length, sensitivity } = ranker.layoutOf({ ...settings, examined: curve });
    expect([length, sensitivity]).toEqual([
      ranker.layoutOf(settings).length + 1,
      ranker.layoutOf(settings).sensitivity,
    ]);
    expect(ranker.layoutOf({ ...settings, examined: null })).toEqual(ranker.layoutOf(settings));
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.001, max: 3, noNaN: true }), (seed, clipL2) => {
        const example = exampleSince(undated, clicked(eventsOf(seed), [1]), { ...at, examined: curve });
        const statistics = example && statisticsOf(example, units);
        if (example === null || statistics === null) return;
        const { share } = example;
        const values = rankerContributionOf(
          statistics,
          { ...settings, clipL2 },
          { share, isCorrected: true },
        );
        expect(values).toHaveLength(length);
        expect([...values.slice(-2)]).toEqual([settings.weightScale, 0]);
        expect(Math.hypot(...values.slice(0, -2))).toBeLessThanOrEqual(share * clipL2 * (1 + 1e-12));
        const plain = rankerContributionOf(statistics, { ...settings, clipL2 });
        for (const [k, value] of plain.slice(0, -1).entries())
          expect(values[k]).toBeCloseTo(share * value, 12);
      }),
    );
  });
});

describe("the kind", () => {
  test("is registered, keeps units in full, and is answered once its days are over", () => {
    expect(taskKinds.ranker).toBe(ranker);
    expect(parseSettings(ranker, { ...settings, later: 1 })).toEqual(settings);
    expect(answeredFromMs(settings)).toBe(sinceMs + 14 * dayMs);
  });

  test("refuses by name what no part could be", () => {
    const beyond: readonly (readonly [keyof RankerSettings, readonly unknown[]])[] = [
      ["units", [[], "joint"]],
      ["factors", ["ab".repeat(31), null]],
      ["pairs", ["AB".repeat(32), 7]],
      ["sinceMs", [-1, 2.5, "now"]],
      ["labelDays", [0, 91, 1.5]],
      ["examined", [[], "falling"]],
      ...(["clipL2", "curvatureScale", "weightScale"] as const).map(
        (name) => [name, [0, -1, Number.NaN, 1e7]] as const,
      ),
    ];
    for (const [name, values] of beyond) {
      for (const value of values) {
        expect(() => parseSettings(ranker, { ...settings, [name]: value }), `${name} ${value}`).toThrow(
          new RegExp(`^ranker: ${name} must be `),
        );
      }
    }
  });

  test("asks about every learned unit but those of the moment, which is one for everybody", () => {
    const moment = new Set<string>(
      rankerFeatures.filter(({ group }) => group === "moment").map(({ name }) => name),
    );
    const namesOf = (unit: (typeof rankerUnits)[number]) =>
      unit.shape === "product" ? [unit.of, unit.by] : [unit.of];
    expect(askedUnits).toEqual(rankerUnits.filter((unit) => !namesOf(unit).some((name) => moment.has(name))));
    expect(askedUnits.length).toBeLessThan(rankerUnits.length);
  });
});
