/** Trials of places: who is on one, what is swapped, what is kept of it, and which click it counts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TacitEvent } from "../../../core/events/event.ts";
import {
  clicksOf,
  type KeptTrial,
  type KeptTrials,
  type Listed,
  type Serving,
  serve,
  swapped,
  swappedIn,
  trialLimits,
} from "../../../core/lists/servings.ts";
import { areBuckets, bucketOf, drawTrial, firstOf, placeBuckets } from "../../../core/lists/trial.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { dayMs } from "../../../core/time.ts";

const uniform = (seed: number) => {
  const random = seededRandom(seed);
  return (count: number) => Math.floor(random() * count);
};
const noonMs = Date.UTC(2026, 5, 1, 12);
const rowsOf = (...items: readonly string[]) => items.map((item) => ({ item, isFixed: false }));
const listed = (change: Partial<Listed> = {}): Listed => ({
  ...{ list: "shelf", atMs: noonMs, share: 1, ends: placeBuckets },
  rows: rowsOf("a", "b", "c", "d", "e", "f"),
  ...change,
});
/** Draws until one is on trial at this place. */
function onTrial(place: number, isSwapped: boolean, change: Partial<Listed> = {}) {
  for (let seed = 0; ; seed++) {
    const served = serve([], listed(change), uniform(seed));
    if (served.trial?.place === place && served.trial.isSwapped === isSwapped) return served;
  }
}

describe("a draw", () => {
  test("is of a place that the list has, in a bucket, whatever the chance", () => {
    const ends = fc
      .uniqueArray(fc.integer({ min: 2, max: 100 }), { minLength: 1, maxLength: 20 })
      .map((some) => some.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(ends, fc.nat(120), fc.infiniteStream(fc.nat()), (some, length, chances) => {
        const below = (count: number) => Number(chances.next().value) % count;
        const trial = drawTrial({ share: 1, ends: some, length }, below);
        expect(areBuckets(some)).toBe(true);
        if (length < 2) expect(trial).toBeNull();
        if (trial === null) return;
        expect(trial.place).toBeGreaterThanOrEqual(2);
        expect(trial.place).toBeLessThanOrEqual(length);
        const bucket = bucketOf(some, trial.place) ?? -1;
        expect(trial.place).toBeGreaterThanOrEqual(firstOf(some, bucket));
        expect(trial.place).toBeLessThanOrEqual(some[bucket]);
      }),
      { numRuns: 500 },
    );
  });

  test("comes in the share of lists that is asked for, each bucket and each place in it alike, swapped half of the time", () => {
    const below = uniform(3);
    const draws = 60_000;
    const placed = new Map<number, number>();
    let swaps = 0;
    for (let k = 0; k < draws; k++) {
      const trial = drawTrial({ share: 0.2, ends: placeBuckets, length: 10 }, below);
      if (trial === null) continue;
      placed.set(trial.place, (placed.get(trial.place) ?? 0) + 1);
      if (trial.isSwapped) swaps++;
    }
    const all = [...placed.values()].reduce((sum, count) => sum + count, 0);
    // Five standard deviations.
    const near = (count: number, of: number, share: number) =>
      expect(Math.abs(count - of * share)).toBeLessThan(5 * Math.sqrt(of * share * (1 - share)));
    near(all, draws, 0.2);
    near(swaps, all, 1 / 2);
    for (const place of [2, 3, 4]) near(placed.get(place) ?? 0, all, 1 / 6);
    for (const place of [5, 6, 7, 8, 9, 10]) near(placed.get(place) ?? 0, all, 1 / 12);
    expect([...placed.keys()].every((place) => place >= 2 && place <= 10)).toBe(true);
    expect(drawTrial({ share: 0, ends: placeBuckets, length: 10 }, below)).toBeNull();
  });

  test("of buckets: whole places from 2 on that ascend, and no others", () => {
    expect(areBuckets(placeBuckets)).toBe(true);
    for (const bad of [[1], [2, 2], [3, 2], [2.5], [101], [Number.NaN], [-3]])
      expect(areBuckets(bad)).toBe(false);
    expect([1, 2, 5, 6, 20, 21, 2.5].map((place) => bucketOf(placeBuckets, place))).toEqual([
      null,
      0,
      3,
      3,
      6,
      null,
      null,
    ]);
  });
});

describe("a list", () => {
  test("keeps its draw for the day and gets another on the next, and lists do not depend on each other", () => {
    let kept: KeptTrials = [];
    const below = uniform(8);
    const drawn = new Map<string, unknown>();
    for (let day = 0; day < 40; day++) {
      for (const list of ["shelf", "top"]) {
        for (const hours of [0, 5, 11]) {
          const atMs = noonMs + day * dayMs + hours * 3_600_000;
          const served = serve(kept, listed({ list, atMs, share: 0.5 }), below);
          kept = served.kept;
          const key = `${list} ${day}`;
          if (drawn.has(key)) expect(served.trial).toEqual(drawn.get(key));
          drawn.set(key, served.trial);
        }
      }
    }
    expect(new Set([...drawn.values()].map((trial) => JSON.stringify(trial))).size).toBeGreaterThan(8);
  });

  test("has the same items with the same of everything, but for two places", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 30 }), fc.nat(), (items, seed) => {
        const rows = rowsOf(...items);
        const { trial } = serve([], listed({ rows }), uniform(seed));
        if (trial === null) return;
        const shown = swapped(rows, trial);
        const { place, isSwapped } = trial;
        const expected = [...rows];
        if (isSwapped) [expected[0], expected[place - 1]] = [expected[place - 1], expected[0]];
        expect(shown).toEqual(expected);
        for (const [at, row] of shown.entries()) if (at !== 0 && at !== place - 1) expect(row).toBe(rows[at]);
      }),
    );
  });

  test("with a fixed item at one of the two places, or too short for the draw, is shown as it is and tells nothing", () => {
    const { kept } = onTrial(3, true);
    const fixed = (at: number) => rowsOf("a", "b", "c", "d").map((row, k) => ({ ...row, isFixed: k === at }));
    const none = () => 0;
    for (const rows of [fixed(0), fixed(2), rowsOf("a", "b")]) {
      const served = serve(kept, listed({ rows, atMs: noonMs + 5 }), none);
      expect(served.trial).toBeNull();
      expect(served.kept[0].servings.slice(1)).toEqual([{ fromMs: noonMs + 5, items: null }]);
    }
    expect(serve(kept, listed({ rows: fixed(1) }), none).trial).toEqual({ place: 3, isSwapped: true });
    // Of one item nothing is drawn, so that a longer list of the day may be.
    expect(serve([], listed({ rows: rowsOf("a") }), none)).toEqual({ kept: [], trial: null });
  });

  test("keeps what it showed at the two places, of the last days; after some changes of it the draw is over", () => {
    const { kept } = onTrial(3, true);
    expect(kept[0].servings).toEqual([{ fromMs: noonMs, items: ["c", "a"] }]);
    expect(serve(kept, listed({ atMs: noonMs + 9 }), () => 0).kept).toBe(kept);
    let now = kept;
    for (let k = 1; k < 30; k++) {
      const served = serve(now, listed({ rows: rowsOf(`x${k}`, "b", "c"), atMs: noonMs + k }), () => 0);
      expect(served.trial !== null).toBe(k < trialLimits.servings);
      now = served.kept;
    }
    expect(now[0].servings).toHaveLength(trialLimits.servings + 1);
    expect(now[0].servings[7]).toEqual({ fromMs: noonMs + 7, items: ["c", "x7"] });
    const many = uniform(5);
    for (let day = 1; day < 400; day++)
      now = serve(now, listed({ atMs: noonMs + day * dayMs, share: 0.9 }), many).kept;
    expect(now.length).toBeLessThanOrEqual(trialLimits.days);
    expect(now.length).toBeGreaterThan(trialLimits.days / 2);
    const last = now[now.length - 1].day;
    expect(now.every(({ day, trial }) => trial !== null || day === last)).toBe(true);
    for (let k = 0; k < 400; k++) now = serve(now, listed({ list: `l${k}`, atMs: noonMs }), many).kept;
    expect(now.length).toBeLessThanOrEqual(trialLimits.trials);
  });
});

test("swapped lists are counted within the days that are asked for, those alone that were shown swapped", () => {
  const at = (day: number, isSwapped: boolean, items: Serving["items"] = ["a", "b"]): KeptTrial => ({
    ...{ list: "shelf", day, servings: [{ fromMs: day * dayMs, items }] },
    trial: { place: 3, isSwapped },
  });
  const kept = [at(70, true), at(71, true), at(80, false), at(90, true, null), at(100, true)];
  expect(swappedIn(kept, { nowMs: 100.5 * dayMs, days: 30 })).toBe(2);
});

describe("a click", () => {
  const day = Math.floor(noonMs / dayMs);
  const trial: KeptTrial = {
    ...{ list: "shelf", day },
    trial: { place: 3, isSwapped: true },
    servings: [
      { fromMs: noonMs, items: ["c", "a"] },
      { fromMs: noonMs + 2000, items: ["d", "a"] },
      { fromMs: noonMs + 3000, items: null },
    ],
  };
  const click = (change: Partial<TacitEvent> = {}): TacitEvent => ({
    ...{ id: "e", kind: "click", item: "c", list: "shelf", position: 1, atMs: noonMs + 1000 },
    ...change,
  });

  test("is of a trial by list, day, place and item, while that serving stood", () => {
    const other = click({ item: "a", position: 3 });
    expect(clicksOf(trial, [click()])).toEqual({ first: click(), other: null });
    expect(clicksOf(trial, [other])).toEqual({ first: null, other });
    const second = click({ item: "d", atMs: noonMs + 2500 });
    expect(clicksOf(trial, [second])).toEqual({ first: second, other: null });
    const strays: Partial<TacitEvent>[] = [
      { kind: "view" },
      { list: "top" },
      { item: "a" },
      { item: "b", position: 2 },
      { position: 3 },
      { item: "a", position: 2 },
      { atMs: noonMs - 1 },
      { atMs: noonMs + dayMs },
      { atMs: noonMs + 2000 },
      { item: "d" },
      { item: "d", atMs: noonMs + 3000 },
    ];
    for (const stray of strays) expect(clicksOf(trial, [click(stray)])).toBeNull();
    expect(clicksOf(trial, [{ id: "e", kind: "click", item: "c", atMs: noonMs + 1 }])).toBeNull();
    expect(clicksOf({ ...trial, trial: null }, [click()])).toBeNull();
  });

  test("is of the day of its draw alone, however long its last serving stands", () => {
    const standing: KeptTrial = { ...trial, servings: [{ fromMs: noonMs, items: ["c", "a"] }] };
    const midnightMs = (day + 1) * dayMs;
    const last = click({ atMs: midnightMs - 1 });
    expect(clicksOf(standing, [last])).toEqual({ first: last, other: null });
    expect(clicksOf(standing, [click({ atMs: midnightMs })])).toBeNull();
    // As a clock that was set back has it.
    const early = { ...standing, servings: [{ fromMs: day * dayMs - 9, items: ["c", "a"] as const }] };
    expect(clicksOf(early, [click({ atMs: day * dayMs - 1 })])).toBeNull();
    expect(clicksOf(early, [click({ atMs: day * dayMs })])?.first?.atMs).toBe(day * dayMs);
  });

  test("in a list whose draw is over tells nothing: it was shown as it is", () => {
    let { kept } = onTrial(3, true);
    for (let k = 1; k <= trialLimits.servings; k++)
      kept = serve(kept, listed({ rows: rowsOf(`x${k}`, "b", "c"), atMs: noonMs + k }), () => 0).kept;
    const [{ servings }] = kept;
    expect(servings).toHaveLength(trialLimits.servings + 1);
    const on = (nth: number) => {
      const { fromMs: atMs, items } = servings[nth];
      return click({ atMs, item: items?.[1] ?? "none", position: 3 });
    };
    const counted = on(trialLimits.servings - 1);
    expect(clicksOf(kept[0], [counted])).toEqual({ first: null, other: counted });
    expect(clicksOf(kept[0], [on(trialLimits.servings)])).toBeNull();
  });

  test("is counted of one serving, the first of which anything was clicked: each of the two items once", () => {
    const other = click({ item: "a", position: 3, atMs: noonMs + 1500 });
    const later = click({ item: "d", atMs: noonMs + 2500 });
    expect(clicksOf(trial, [click(), click({ id: "again" }), other, later])).toEqual({
      first: click(),
      other,
    });
    // What it stands at after the list changed hangs on what was clicked, and so on the coin.
    const after = { ...other, atMs: noonMs + 2500 };
    expect(clicksOf(trial, [click(), after])).toEqual({ first: click(), other: null });
    expect(clicksOf(trial, [after, later])).toEqual({ first: later, other: after });
  });
});
