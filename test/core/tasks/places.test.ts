/**
 * The kind `places`: no device tells more than its bound, and the curve that people look along comes back.
 */
import { randomFillSync } from "node:crypto";
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import type { TacitEvent } from "../../../core/events/event.ts";
import { chanceAt, placeCurveSchema } from "../../../core/lists/placecurve.ts";
import { type KeptTrials, serve, swapped } from "../../../core/lists/servings.ts";
import { firstOf, placeBuckets } from "../../../core/lists/trial.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { clippedForRounding, encodeFixed } from "../../../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../../../core/sum/noise.ts";
import {
  type PlacesSettings,
  placesLayout,
  placesOf,
  placesSensitivity,
} from "../../../core/tasks/places/contribution.ts";
import { placesEstimate } from "../../../core/tasks/places/estimate.ts";
import { places } from "../../../core/tasks/places/kind.ts";
import { parseSettings } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";

const days = 14;
const settings: PlacesSettings = { fromMs: 0, toMs: days * dayMs, ends: placeBuckets, mostClicks: 4 };
const layout = placesLayout(settings);
const normOf = (values: Float64Array) => Math.hypot(...values);

/** How likely each place is looked at. */
const examined = (place: number) => place ** -0.7;

/**
 * So many people who open a list of 20 some times a day; what they click leaves it, and the list is asked for
 * again, as pages do. Its items are wanted very differently.
 */
function crowd(people: number, seed: number, change: Partial<PlacesSettings> = {}) {
  const random = seededRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const own = { ...settings, ...change };
  const total = new Float64Array(layout.length);
  for (let person = 0; person < people; person++) {
    let kept: KeptTrials = [];
    const events: TacitEvent[] = [];
    const wanted = Array.from({ length: 40 }, () => 0.5 * random() ** 3).sort((a, b) => b - a);
    const gone = new Set<number>();
    for (let day = 0; day < days; day++) {
      for (let visit = 0; visit < 2; visit++) {
        const atMs = day * dayMs + 1000 * (visit + 1);
        const rows = [...wanted.keys()]
          .filter((item) => !gone.has(item))
          .slice(0, 20)
          .map((item) => ({ item: String(item), isFixed: false }));
        const served = serve(kept, { list: "shelf", atMs, share: 0.2, ends: placeBuckets, rows }, below);
        kept = served.kept;
        const shown = served.trial === null ? rows : swapped(rows, served.trial);
        for (const [at, { item }] of shown.entries()) {
          if (random() >= examined(at + 1) * wanted[Number(item)]) continue;
          events.push({
            ...{ id: `${person} ${events.length}`, kind: "click", item, list: "shelf", position: at + 1 },
            atMs: atMs + at,
          });
          gone.add(Number(item));
        }
      }
    }
    const values = placesOf(own, events, kept)?.values ?? new Float64Array(layout.length);
    for (let k = 0; k < total.length; k++) total[k] += values[k];
  }
  return total;
}

/** What a bucket's places are looked at in the mean. */
function examinedIn(bucket: number): number {
  const from = firstOf(placeBuckets, bucket);
  const all = Array.from({ length: placeBuckets[bucket] - from + 1 }, (_, k) => examined(from + k));
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}

const sum = crowd(6000, 4);

test("how likely places are looked at comes back from clicks of a crowd, bucket by bucket, within its interval", () => {
  const { people, buckets, curve } = placesEstimate(settings, sum, 0);
  expect(people.value).toBeGreaterThan(5000);
  expect(buckets.every(({ isTold }) => isTold)).toBe(true);
  const held = buckets.filter(({ ratio }, bucket) => {
    const truth = examinedIn(bucket);
    expect(Math.abs((ratio?.value ?? 0) - truth)).toBeLessThan(0.1);
    return ratio !== null && ratio.low <= truth && truth <= ratio.high;
  });
  // Of seven at 95 % two or more lie outside in 4 % of crowds.
  expect(held.length).toBeGreaterThanOrEqual(6);
  for (let place = 1; place <= 20; place++) {
    const told = chanceAt(curve ?? [], place);
    expect(Math.abs(told - examined(place))).toBeLessThan(0.12);
  }
  // Clicks alone would have it otherwise: better items stand at better places.
  const clickedMore = sum[layout.first] / sum[layout.other];
  expect(clickedMore).toBeCloseTo(1 / examined(2), 0);
});

test("with the noise of both aggregators on every sum, 95 % of its intervals hold the truth", () => {
  const sigma = 3 * placesSensitivity;
  const unit = 2 ** -12;
  const fill = (bytes: Uint8Array) => void randomFillSync(bytes);
  let held = 0;
  let asked = 0;
  const truth = placesEstimate(settings, sum, 0).buckets.map(({ ratio }) => ratio?.value ?? -1);
  for (let draw = 0; draw < 60; draw++) {
    const noises = [0, 1].map(() => discreteGaussian(layout.length, sigma / unit, fill));
    const noisy = sum.map((value, k) => value + unit * (noises[0][k] + noises[1][k]));
    const { buckets, curve } = placesEstimate(settings, noisy, Math.SQRT2 * sigma);
    for (const [bucket, { ratio }] of buckets.entries()) {
      if (ratio === null) continue;
      asked++;
      if (ratio.low <= truth[bucket] && truth[bucket] <= ratio.high) held++;
    }
    for (const [at, { chance }] of (curve ?? []).entries()) {
      expect(chance).toBeGreaterThanOrEqual(0.02);
      expect(chance).toBeLessThanOrEqual(at === 0 ? 1 : (curve ?? [])[at - 1].chance);
    }
  }
  expect(asked).toBeGreaterThan(200);
  // Sampling is in the intervals too, and moved nothing here.
  expect(held / asked).toBeGreaterThan(0.95);
});

test("between crowds, as by chance others click, 95 % of its intervals hold the truth", () => {
  let held = 0;
  let asked = 0;
  for (let seed = 100; seed < 130; seed++) {
    const { buckets } = placesEstimate(settings, crowd(400, seed), 0);
    // Of one place each: what a bucket of several is in the mean hangs on what stands there.
    for (const [bucket, { ratio }] of buckets.slice(0, 3).entries()) {
      if (ratio === null) continue;
      asked++;
      if (ratio.low <= examinedIn(bucket) && examinedIn(bucket) <= ratio.high) held++;
    }
  }
  // Four standard errors below 95 % of 90 is 86 %.
  expect(asked).toBe(90);
  expect(held / asked).toBeGreaterThan(0.86);
});

test("what few clicks say is not told, and is as the place before it; where nothing is told there is no curve", () => {
  const own = { ...settings, ends: [2, 3, 4], mostClicks: 10 };
  const of = (first: readonly number[], other: readonly number[], noise = 0) =>
    placesEstimate(
      own,
      [50, ...first, ...other].map((clicks, at) => (at === 0 ? clicks : clicks / 10)),
      noise,
    );
  expect(of([400, 400, 400], [200, 120, 80]).curve).toEqual([
    { upTo: 1, chance: 1 },
    { upTo: 2, chance: 0.5 },
    { upTo: 3, chance: 0.3 },
    { upTo: 4, chance: 0.2 },
  ]);
  const gap = of([400, 4, 400], [200, 1, 80]);
  expect(gap.buckets.map(({ isTold }) => isTold)).toEqual([true, false, true]);
  expect(gap.curve).toEqual([
    { upTo: 1, chance: 1 },
    { upTo: 3, chance: 0.5 },
    { upTo: 4, chance: 0.2 },
  ]);
  expect(of([4, 400, 400], [2, 120, 80]).curve).toEqual([
    { upTo: 2, chance: 1 },
    { upTo: 3, chance: 0.3 },
    { upTo: 4, chance: 0.2 },
  ]);
  expect(of([4, 3, 0], [2, 1, 0]).curve).toBeNull();
  expect(of([0, 0, 0], [0, 0, 0]).buckets.map(({ ratio }) => ratio)).toEqual([null, null, null]);
  // Noise takes away what clicks told.
  expect(of([400, 400, 400], [200, 120, 80], 20).curve).toBeNull();
  expect(of([-3, 5, 1], [-9, 2, 4], 1).curve).toBeNull();
  expect(() => placesEstimate(own, [1, 2], 0)).toThrow("placesEstimate: the sum must have 7 numbers, got 2");
});

test("a bucket is told where its interval is no wider than its ratio, and not where it is wider", () => {
  const own = { ...settings, ends: [2], mostClicks: 1 };
  const clicks = fc.integer({ min: 20, max: 600 });
  const widths = { narrow: 0, wide: 0 };
  fc.assert(
    fc.property(clicks, clicks, fc.constantFrom(0, 5, 10), (first, other, noise) => {
      const [{ ratio, isTold }] = placesEstimate(own, [9, first, other], noise).buckets;
      const width = ratio === null ? Number.POSITIVE_INFINITY : (ratio.high - ratio.low) / ratio.value;
      expect(isTold).toBe(width <= 1);
      if (width <= 1) widths.narrow += 1;
      else if (width < 2) widths.wide += 1;
    }),
    { numRuns: 500, seed: 7 },
  );
  expect(Math.min(widths.narrow, widths.wide)).toBeGreaterThan(20);
  // Of 25 clicks in 50 the interval is from about 0.3 to 0.8.
  const { buckets, curve } = placesEstimate(own, [9, 50, 25], 0);
  expect([buckets[0].ratio?.low, buckets[0].ratio?.high].map((end) => end?.toFixed(1))).toEqual([
    "0.3",
    "0.8",
  ]);
  expect([buckets[0].isTold, curve]).toEqual([false, null]);
});

test("where noise made less than nothing of the clicks at the first place there is no ratio, however sure", () => {
  const own = { ...settings, ends: [2], mostClicks: 1 };
  for (const other of [-200, 0, 200]) {
    const { buckets, curve } = placesEstimate(own, [9, -400, other], 1);
    expect([buckets[0].ratio, buckets[0].isTold, curve]).toEqual([null, false, null]);
  }
});

test("whatever noise makes of the sums, there is no curve or one that a task takes, and what has no clicks is not told", () => {
  const settings = { fromMs: 0, toMs: 1, ends: [2, 4, 8], mostClicks: 4 };
  const number = fc.oneof(fc.double({ min: -400, max: 400, noNaN: true }), fc.constantFrom(-60, 0, 200));
  let curves = 0;
  fc.assert(
    fc.property(fc.array(number, { minLength: 7, maxLength: 7 }), fc.constantFrom(0, 5, 40), (sum, noise) => {
      const { curve, buckets } = placesEstimate(settings, sum, noise);
      for (const [at, { isTold }] of buckets.entries()) if (sum[4 + at] <= 0) expect(isTold).toBe(false);
      if (curve === null) return;
      curves += 1;
      expect(v.is(placeCurveSchema, curve)).toBe(true);
    }),
    { numRuns: 2000, examples: [[[1000, 200, 200, 200, 100, -40, 60], 5]] },
  );
  expect(curves).toBeGreaterThan(80);
});

test("ratios that rise with the place are pooled, by precision: the curve does not rise and its mean stays", () => {
  const own = { ...settings, ends: [2, 3, 4], mostClicks: 1 };
  const { curve, buckets } = placesEstimate(own, [9, 900, 900, 900, 270, 540, 90], 0);
  const precisions = buckets.map(({ ratio }) => ((ratio?.high ?? 0) - (ratio?.low ?? 0)) ** -2);
  const pooled = (0.3 * precisions[0] + 0.6 * precisions[1]) / (precisions[0] + precisions[1]);
  expect(precisions[0]).toBeGreaterThan(precisions[1]);
  expect(curve?.map(({ upTo }) => upTo)).toEqual([1, 3, 4]);
  expect(curve?.[1].chance).toBeCloseTo(pooled, 12);
  // Nothing is looked at more than the first place, nor next to never.
  const bounds = placesEstimate(own, [9, 4000, 90_000, 900_000, 5000, 900, 9000], 0).curve;
  expect(bounds).toEqual([
    { upTo: 2, chance: 1 },
    { upTo: 4, chance: 0.02 },
  ]);
});

test("who has no such click reports the 1 alone, whoever has an event; and clicks outside the period are none", () => {
  const alone = new Float64Array(layout.length);
  alone[0] = 1;
  const view: TacitEvent = { id: "v", kind: "view", item: "a", atMs: 9 * dayMs };
  expect(placesOf(settings, [], [])).toBeNull();
  expect(placesOf(settings, [view], [])).toEqual({ values: alone, newest: view });
  const click: TacitEvent = {
    ...{ id: "c", kind: "click", item: "b", list: "shelf", position: 4 },
    atMs: 3 * dayMs + 5,
  };
  const trials: KeptTrials = [
    {
      ...{ list: "shelf", day: 3, trial: { place: 4, isSwapped: false } },
      servings: [{ fromMs: 3 * dayMs, items: ["a", "b"] }],
    },
  ];
  const counted = new Float64Array(alone);
  counted[layout.other + 2] = 1 / 4;
  expect(placesOf(settings, [click, view], trials)).toEqual({ values: counted, newest: click });
  const before = { ...settings, toMs: click.atMs };
  expect(placesOf(before, [click, view], trials)?.values).toEqual(alone);
  expect(placesOf({ ...settings, fromMs: click.atMs + 1 }, [click], trials)?.values).toEqual(alone);
  // The first moment is of the period, the last one of the next: no click is of two.
  expect(placesOf({ ...settings, fromMs: click.atMs }, [click], trials)?.values).toEqual(counted);
  expect(placesOf({ ...before, toMs: click.atMs + 1 }, [click], trials)?.values).toEqual(counted);
  // A place after all buckets is not asked about.
  expect(placesOf({ ...settings, ends: [2, 3] }, [click], trials)?.values).toEqual(
    Float64Array.of(1, 0, 0, 0, 0),
  );
});

test("no journal and no lists kept, however hostile, make a vector longer than the sensitivity, which is attained", () => {
  const item = fc.constantFrom("a", "b");
  const hostile = fc.record({
    id: fc.string(),
    kind: fc.constantFrom("click" as const, "view" as const),
    item,
    list: fc.constantFrom("shelf", "top"),
    position: fc.constantFrom(1, 2, 3, 7, Number.NaN, -1),
    atMs: fc.oneof(fc.nat(days * dayMs), fc.constantFrom(Number.NaN, Infinity, -1)),
  });
  const kept = fc.record({
    list: fc.constantFrom("shelf", "top"),
    day: fc.nat(days),
    trial: fc.option(fc.record({ place: fc.constantFrom(2, 3, 7, 99, Number.NaN), isSwapped: fc.boolean() })),
    servings: fc.array(fc.record({ fromMs: fc.nat(days * dayMs), items: fc.option(fc.tuple(item, item)) }), {
      maxLength: 12,
    }),
  });
  const most = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(
      fc.array(hostile, { maxLength: 60 }),
      fc.array(kept, { maxLength: 40 }),
      most,
      (all, trials, m) => {
        const values = placesOf({ ...settings, mostClicks: m }, all, trials)?.values;
        if (values === undefined) return;
        expect(normOf(values)).toBeLessThanOrEqual(placesSensitivity * (1 + 1e-12));
        const clipped = clippedForRounding(values, { sensitivity: placesSensitivity, fractionBits: 12 });
        const up = (bytes: Uint8Array) => void bytes.fill(0);
        const integers = encodeFixed(clipped, { fractionBits: 12 }, up);
        expect(normOf(Float64Array.from(integers))).toBeLessThanOrEqual(placesSensitivity * 2 ** 12);
      },
    ),
    { numRuns: 300 },
  );
  const eager = Array.from({ length: 9 }, (_, day) => ({
    trial: {
      ...{ list: "shelf", day, trial: { place: 3, isSwapped: true } },
      servings: [{ fromMs: 0, items: ["a", "b"] as const }],
    },
    click: {
      ...{ id: `c${day}`, kind: "click" as const, item: "a", list: "shelf", position: 1 },
      atMs: day * dayMs + 1,
    },
  }));
  const one = placesOf(
    settings,
    eager.map(({ click }) => click),
    eager.map(({ trial }) => trial),
  );
  expect(normOf(one?.values ?? new Float64Array(0))).toBeCloseTo(placesSensitivity, 12);
  expect(one?.newest.id).toBe("c8");
});

test("settings: unknown keys are ignored, buckets that overlap and an empty period are refused", () => {
  expect(parseSettings(places, { ...settings, colour: "red" })).toEqual(settings);
  expect(places.layoutOf(settings)).toEqual({ length: 15, blocks: 1, sensitivity: Math.SQRT2 });
  for (const ends of [[3, 2], [1], [2, 2], [2.5], [101], []])
    expect(() => parseSettings(places, { ...settings, ends })).toThrow(/^places: ends must be /);
  expect(() => parseSettings(places, { ...settings, toMs: 0 })).toThrow(/a period that ends after it begins/);
  expect(() => parseSettings(places, { ...settings, mostClicks: 0 })).toThrow(/^places: mostClicks/);
});
