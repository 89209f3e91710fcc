/** What sums of pairs may say at most, whoever reports. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { patternOfPairs } from "../../core/model/pairlist.ts";
import { seededRandom } from "../../core/seeded.ts";
import { pairContributionOf, pairLayout } from "../../core/tasks/itempairs/contribution.ts";

import {
  leastPeople,
  limitedCounts,
  limitedPairs,
  limitedWeights,
  noPairDefences,
  standardPairDefences,
  sumOfPairLanes,
} from "../../server/kinds/itempairs/defences.ts";
import { pairSumsOf } from "../../server/kinds/itempairs/sums.ts";

const count = 12;
const pattern = patternOfPairs(
  Array.from({ length: count }, (_, a) => Array.from({ length: a }, (_, b) => [a, b] as const))
    .flat()
    .filter(([a, b]) => (a + b) % 3 !== 0),
  count,
);
const layout = pairLayout(pattern);

/** Exact sums of honest people, each with one item at least; the reports beside them. */
function honestSums(
  random: () => number,
  scales: { clipL2: number; countScale: number; weightScale: number },
) {
  const reports = 60;
  const sum = new Float64Array(layout.length);
  for (let person = 0; person < reports; person++) {
    const few = random();
    const items = [...Array(count).keys()].filter((item) => random() < few / (1 + item / 4));
    const { places, values } = pairContributionOf(pattern, items, scales);
    for (const [k, place] of places.entries()) sum[place] += values[k];
  }
  return { reports, sums: pairSumsOf(sum, { layout, scales, variance: 0 }) };
}

test("honest weights are never fewer than what the other sums allow, and no defence touches them", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.constantFrom(0.5, 1, 2),
      fc.constantFrom(0.7, 1, 3),
      (seed, countScale, clipL2) => {
        const scales = { clipL2, countScale, weightScale: 0.1 };
        const { reports, sums } = honestSums(seededRandom(seed), scales);
        expect(leastPeople(sums, { reports, ...scales })).toBeLessThanOrEqual(sums.people * (1 + 1e-9));
        const bounds = { ...standardPairDefences, longestCount: Number.POSITIVE_INFINITY };
        const counted = limitedCounts(sums, { reports, ...scales }, bounds);
        expect(counted.people).toBeCloseTo(sums.people, 9);
        const shares = counted.counts.map((people) => people / counted.people);
        for (const [pair, people] of limitedPairs(counted, { pattern, shares }, bounds).pairs.entries()) {
          expect(people).toBeCloseTo(sums.pairs[pair], 9);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("liars who take weight away change the people by little, and by all of them where nothing is bounded", () => {
  const scales = { clipL2: 1, countScale: 1, weightScale: 0.1 };
  const { reports, sums } = honestSums(seededRandom(3), scales);
  const lied = { ...sums, people: 1 };
  const { people } = limitedCounts(lied, { reports, ...scales }, standardPairDefences);
  expect(people).toBeGreaterThan(sums.people / 2);
  expect(limitedCounts(lied, { reports, ...scales }, noPairDefences).people).toBe(1);
  const added = { ...sums, people: 1e6 };
  expect(limitedCounts(added, { reports, ...scales }, standardPairDefences).people).toBe(reports);
});

test("a count, however large, is at most one and a half times what 99 % of the items stay below; one far below zero is noise", () => {
  const counts = Float64Array.from({ length: 200 }, (_, item) => item / 10);
  const plain = [...counts];
  counts[7] = 1e9;
  counts[8] = -1e9;
  const sums = { pairs: new Float64Array(3), counts, people: 50, pairVariance: 9, countVariance: 25 };
  const limited = limitedCounts(sums, { reports: 100, clipL2: 1, countScale: 1 }, standardPairDefences);
  expect(limited.counts[7]).toBeCloseTo(1.5 * 19.9, 9);
  expect(limited.counts[8]).toBe(-4 * 5);
  for (const [item, value] of plain.entries())
    if (item !== 7 && item !== 8) expect(limited.counts[item]).toBe(value);
});

test("a pair has no more people than its rarer item and four deviations of noise, and no fewer than noise takes", () => {
  const shares = Float64Array.from({ length: count }, (_, item) => (item + 1) / 100);
  const pairs = new Float64Array(pattern.pairCount).fill(1e9);
  const sums = { pairs, counts: new Float64Array(count), people: 300, pairVariance: 9, countVariance: 9 };
  const limited = limitedPairs(sums, { pattern, shares }, standardPairDefences);
  const first = pattern.starts[5];
  const rarer = Math.min(5, pattern.neighbours[first]);
  expect(limited.pairs[pattern.pairs[first]]).toBeCloseTo((300 * (rarer + 1)) / 100 + 4 * 3, 9);
  const below = { ...sums, pairs: pairs.map((value) => -value) };
  expect(new Set(limitedPairs(below, { pattern, shares }, standardPairDefences).pairs)).toEqual(
    new Set([-12]),
  );
});

test("weights longer than 90 % of the others keep their directions and lose their lengths; the others stay", () => {
  const weights = Float64Array.from(pattern.neighbours, (_, at) => ((at % 3) + 1) / 10);
  const [from, to] = [pattern.starts[4], pattern.starts[5]];
  const pushed = weights.map((weight, at) => (at >= from && at < to ? 100 * weight : weight));
  // Of few items the 90th percentile is the largest but one: one liar's item does not move it.
  const limited = limitedWeights(pushed, pattern, standardPairDefences);
  const lengthOf = (values: Float64Array, item: number) =>
    Math.hypot(...values.subarray(pattern.starts[item], pattern.starts[item + 1]));
  const lengths = Array.from({ length: count }, (_, item) => lengthOf(pushed, item)).sort((a, b) => a - b);
  expect(lengthOf(limited, 4)).toBeCloseTo(lengths[10], 9);
  for (let at = from + 1; at < to; at++) {
    expect(limited[at] / limited[from]).toBeCloseTo(weights[at] / weights[from], 9);
  }
  for (let at = 0; at < weights.length; at++)
    if (at < from || at >= to) expect(limited[at]).toBe(weights[at]);
  expect(limitedWeights(pushed, pattern, noPairDefences)).toEqual(pushed);
});

test("items that nobody has, and items without a pair, however many, take nothing from the others", () => {
  // 800 items of which eight are wanted, and of which these eight alone make pairs.
  const pairs = Array.from({ length: 4 }, (_, pair) => [2 * pair, 2 * pair + 1] as const);
  const few = patternOfPairs(pairs, 800);
  const counts = new Float64Array(800).fill(30, 0, 8);
  const sums = {
    pairs: new Float64Array(4).fill(20),
    counts,
    people: 240,
    pairVariance: 0,
    countVariance: 0,
  };
  const scales = { reports: 240, clipL2: 1, countScale: 1 };
  expect(limitedCounts(sums, scales, standardPairDefences).counts).toEqual(counts);
  const weights = new Float64Array(8).fill(0.3);
  expect(limitedWeights(weights, few, standardPairDefences)).toEqual(weights);
});

test("a lane that no honest reports could fill is dropped, and without defences it is added", () => {
  const lane = (value: number) => ({ reports: 10, values: new Float64Array(4).fill(value) });
  const bounds = { sensitivity: 1, sigma: 0 };
  const lanes = [lane(1), lane(100)];
  const robust = sumOfPairLanes(lanes, bounds, standardPairDefences);
  expect([robust.values[0], robust.reports, robust.dropped.length]).toEqual([1, 10, 1]);
  const plain = sumOfPairLanes(lanes, bounds, noPairDefences);
  expect([plain.values[0], plain.reports, plain.dropped.length]).toEqual([101, 20, 0]);
});
