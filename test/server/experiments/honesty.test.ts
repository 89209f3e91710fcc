/**
 * Simulated experiments with the product's own sums, scales and noise: tests are as often wrong as they say. The same
 * seeds each time; bounds are those that a sound test leaves once in 10,000 (binomial). `npm run bench:experiments`
 * has 17 times as many, of larger crowds.
 */
import { expect, test } from "vitest";
import type { Share } from "../../../bench/experiments/checks.ts";
import { wide } from "../../../bench/experiments/looks.ts";
import { runMany } from "../../../bench/experiments/runs.ts";

const runs = 120;
const asked = { runs, people: 2000, looks: 3, noiseMultiplier: 2.5 };
const [same, differing] = [
  runMany({ ...asked, lift: 0, seed: 21 }),
  runMany({ ...asked, lift: 0.3, seed: 22 }),
];

/** P(X <= most) for X of `of` with chance `chance`. */
function binomialCdf(most: number, { of, chance }: { readonly of: number; readonly chance: number }): number {
  let term = (1 - chance) ** of;
  let sum = term;
  for (let k = 1; k <= most; k++) {
    term *= ((of - k + 1) / k) * (chance / (1 - chance));
    sum += term;
  }
  return sum;
}

const isPlausible = ({ share, of }: Share, chance: number): boolean => {
  const count = Math.round(share * of);
  const atMost = binomialCdf(count, { of, chance });
  const atLeast = 1 - (count === 0 ? 0 : binomialCdf(count - 1, { of, chance }));
  return atMost > 5e-5 && atLeast > 5e-5;
};

const tests = [
  ...["two proportions", "chi-square, three arms", "Welch, revenue", "CUPED, revenue"],
  ...["post-stratified, revenue", "post-stratified, conversion", "post-stratified CUPED, revenue"],
  ...["ratio, click-through", "sample ratio"],
];

test("where arms do not differ each test says so 95 times out of 100, with both aggregators' noise in its variance", () => {
  expect([...same.counted.positives.keys()].sort()).toEqual([...tests].sort());
  for (const [name, share] of same.counted.positives) {
    expect(share.of, name).toBeGreaterThan(0.8 * runs);
    expect(isPlausible(share, 0.05), `${name}: ${share.share}`).toBe(true);
  }
});

test("whoever looks again and again is told of a difference that is not there at most 5 times out of 100", () => {
  expect([...same.counted.anytime.keys()]).toEqual(["conversion", "revenue"]);
  for (const [name, { share }] of same.counted.anytime) expect(share, name).toBeLessThanOrEqual(0.05);
  for (const [name, { share }] of differing.counted.anytime) expect(share, name).toBeLessThanOrEqual(0.05);
});

test("where arms differ 95 % intervals hold the true difference 95 times out of 100", () => {
  for (const [name, share] of differing.counted.covered) {
    expect(isPlausible(share, 0.95), `${name}: ${share.share}`).toBe(true);
  }
  // There is something to find: a test that never said anything would pass the rest.
  expect(differing.counted.positives.get("two proportions")?.share).toBeGreaterThan(0.06);
});

test("with the noise left out of the variance the same checks fail, for each test, sequence and interval", () => {
  expect(same.leftOut.positives.size).toBe(tests.length);
  for (const [name, share] of same.leftOut.positives) {
    expect(isPlausible(share, 0.05), name).toBe(false);
    expect(share.share, name).toBeGreaterThan(0.2);
  }
  for (const [name, { share }] of same.leftOut.anytime) expect(share, name).toBeGreaterThan(0.2);
  for (const [name, share] of differing.leftOut.covered) expect(isPlausible(share, 0.95), name).toBe(false);
});

test("without noise both ways of judging say the same", () => {
  const exact = runMany({ ...asked, runs: 5, noiseMultiplier: 0, lift: 0, seed: 23 });
  expect(exact.leftOut).toEqual(exact.counted);
});

test("what the made-up crowd is summed to fits the product's layout: every number has a scale, all squares sum to 1", () => {
  expect(wide.scales).toHaveLength(wide.placed.cellLength);
  expect(wide.scales.every((scale) => scale > 0)).toBe(true);
  expect(wide.scales.reduce((sum, scale) => sum + scale * scale, 0)).toBeCloseTo(1, 12);
});
