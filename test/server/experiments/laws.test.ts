/** What holds of the statistics of noisy sums whatever the sums are. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../../core/seeded.ts";
import { sizedArms } from "../../../server/experiments/statistics/armsizes.ts";
import { equalProportions } from "../../../server/experiments/statistics/chisquare.ts";
import { adjusted, adjustmentOf } from "../../../server/experiments/statistics/cuped.ts";
import { normalQuantile } from "../../../server/experiments/statistics/distributions.ts";
import { liftOf } from "../../../server/experiments/statistics/lift.ts";
import { meanOf, noiseVariance, welch } from "../../../server/experiments/statistics/means.ts";
import { mismatchLevel, mismatchOf } from "../../../server/experiments/statistics/mismatch.ts";
import {
  addMoments,
  type Moments,
  type NoisyMoments,
  noMoments,
} from "../../../server/experiments/statistics/moments.ts";
import { benjaminiHochberg, holm } from "../../../server/experiments/statistics/multiple.ts";
import { betaPosterior, normalPosterior } from "../../../server/experiments/statistics/posterior.ts";
import {
  answerInWords,
  noNoise,
  type Plan,
  peopleFor,
  powerOf,
  smallestFound,
} from "../../../server/experiments/statistics/power.ts";
import {
  proportionOf,
  twoProportions,
  wilsonInterval,
} from "../../../server/experiments/statistics/proportions.ts";
import { ratioOf, twoRatios } from "../../../server/experiments/statistics/ratios.ts";
import { confidenceSequence, type Look } from "../../../server/experiments/statistics/sequential.ts";
import { togetherWhereFew } from "../../../server/experiments/statistics/strata.ts";

const alpha = 0.05;

/** Sums of people drawn by a seed; y and x in 0..1, correlated. */
function crowd(people: number, seed: number): Moments {
  const random = seededRandom(seed);
  const sums = { n: people, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };
  for (let k = 0; k < people; k++) {
    const x = random() ** 2;
    const y = (x + 2 * random() ** 3) / 3;
    sums.y += y;
    sums.yy += y * y;
    sums.x += x;
    sums.xx += x * x;
    sums.xy += x * y;
  }
  return sums;
}

const noiseOf = (sigma: number): Moments => ({
  ...{ n: 3 * sigma, y: sigma, yy: 2 * sigma, x: 1.5 * sigma, xx: 2 * sigma, xy: 2 * sigma },
});
const noisy = (sums: Moments, sigma: number): NoisyMoments => ({
  sums,
  noise: noiseOf(sigma),
  isBinary: false,
});
const binary = (n: number, y: number, sigma: number): NoisyMoments => ({
  ...{
    sums: { ...noMoments, n, y },
    noise: { ...noMoments, n: 3 * sigma, y: sigma, yy: sigma },
    isBinary: true,
  },
});
const pairing = (control: NoisyMoments, treatment: NoisyMoments) => ({ control, treatment, commonError: 0 });

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const sigmas = fc.double({ min: 0.1, max: 12, noNaN: true });

/** Standard normal numbers. */
function gaussian(random: () => number): () => number {
  return () => normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random())));
}

/** Mean and variance of what comes of the sums when noise is drawn again and again. */
function overNoise(
  moments: NoisyMoments,
  of: (drawn: NoisyMoments) => number,
): { readonly mean: number; readonly variance: number } {
  const next = gaussian(seededRandom(9));
  const keys = ["n", "y", "yy", "x", "xx", "xy"] as const;
  const draws = Array.from({ length: 6000 }, () => {
    const values = keys.map((key) => [key, moments.sums[key] + moments.noise[key] * next()]);
    const sums: Moments = { ...noMoments, ...Object.fromEntries(values) };
    return of({ ...moments, sums });
  });
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws.length - 1);
  return { mean, variance };
}

test("a mean's variance has in it what noise does to it, and noise moves that variance on average by nothing", () => {
  const moments = noisy(crowd(900, 5), 7);
  const { mean, variance } = overNoise(moments, ({ sums }) => sums.y / sums.n);
  expect(variance / noiseVariance(moments, mean)).toBeCloseTo(1, 1);
  const withoutNoise = meanOf({ ...moments, noise: noMoments });
  const whole = overNoise(moments, (drawn) => meanOf(drawn).variance);
  const expected = withoutNoise.variance + noiseVariance(moments, mean);
  expect(whole.mean / expected).toBeCloseTo(1, 2);
  // How far it is scattered is what degrees of freedom are made of.
  const { varianceOfVariance } = meanOf(moments);
  const ofCrowd = withoutNoise.varianceOfVariance;
  expect((varianceOfVariance - ofCrowd) / whole.variance).toBeGreaterThan(0.85);
  expect((varianceOfVariance - ofCrowd) / whole.variance).toBeLessThan(1.15);
});

test("a ratio's variance has in it what noise does to it", () => {
  const moments = noisy(crowd(900, 6), 7);
  const { variance } = overNoise(moments, ({ sums }) => sums.y / sums.x);
  const { variance: ofCrowd } = ratioOf({ ...moments, noise: noMoments });
  expect(variance / (ratioOf(moments).variance - ofCrowd)).toBeCloseTo(1, 1);
});

test("noise never makes an interval narrower, whatever is estimated", () => {
  fc.assert(
    fc.property(seeds, sigmas, (seed, sigma) => {
      const [control, treatment] = [crowd(800, seed), crowd(700, seed + 1)];
      const at = (size: number) => pairing(noisy(control, size), noisy(treatment, size));
      const counts = (size: number) => pairing(binary(800, 90, size), binary(700, 60, size));
      for (const widthOf of [
        (size: number) => welch(at(size), alpha).standardError,
        (size: number) => twoProportions(counts(size), alpha).standardError,
        (size: number) => twoRatios(at(size), alpha)?.standardError ?? Number.POSITIVE_INFINITY,
      ]) {
        expect(widthOf(sigma)).toBeGreaterThan(widthOf(0));
        expect(widthOf(2 * sigma)).toBeGreaterThan(widthOf(sigma));
      }
    }),
    { numRuns: 40 },
  );
});

test("the unit changes no p-value: in shares of a cap, or in the metric's own", () => {
  fc.assert(
    fc.property(seeds, sigmas, fc.double({ min: 0.01, max: 5000, noNaN: true }), (seed, sigma, cap) => {
      const inUnit = ({ n, y, yy, x, xx, xy }: Moments): Moments => ({
        ...{ n, y: y * cap, yy: yy * cap * cap, x: x * cap, xx: xx * cap * cap, xy: xy * cap * cap },
      });
      const shares = [noisy(crowd(300, seed), sigma), noisy(crowd(300, seed + 1), sigma)] as const;
      const units = shares.map(({ sums, noise }) => ({
        sums: inUnit(sums),
        noise: inUnit(noise),
        isBinary: false,
      }));
      for (const prepared of [(arms: readonly NoisyMoments[]) => arms, adjustedArms]) {
        const [one, other] = [prepared(shares), prepared(units)].map(([a, b]) => welch(pairing(a, b), alpha));
        expect(other.p).toBeCloseTo(one.p, 8);
        expect(other.value / cap).toBeCloseTo(one.value, 8);
      }
    }),
    { numRuns: 40 },
  );
});

function adjustedArms(arms: readonly NoisyMoments[]): readonly NoisyMoments[] {
  const adjustment = adjustmentOf(arms);
  return arms.map((arm) => adjusted(arm, adjustment));
}

test("a covariate narrows the interval, and the noisier it is the less it is relied on", () => {
  const arms = (sigma: number) => [noisy(crowd(2000, 3), sigma), noisy(crowd(2000, 4), sigma)];
  const plain = arms(1);
  const [control, treatment] = adjustedArms(plain);
  expect(welch(pairing(control, treatment), alpha).standardError).toBeLessThan(
    0.97 * welch(pairing(plain[0], plain[1]), alpha).standardError,
  );
  const thetas = [0, 5, 20, 100].map((sigma) => adjustmentOf(arms(sigma)).theta);
  expect(thetas).toEqual([...thetas].sort((one, other) => other - one));
  expect(thetas[3]).toBeLessThan(thetas[0] / 10);
});

test("sums of different people add up, and so do squares of noise", () => {
  const parts = [noisy(crowd(50, 1), 3), noisy(crowd(70, 2), 4)];
  const { sums, noise } = addMoments(parts);
  expect(sums.n).toBe(120);
  expect(sums.xy).toBeCloseTo(parts[0].sums.xy + parts[1].sums.xy, 12);
  expect(noise).toEqual(noiseOf(5));
});

test("counts are as told without noise, and by weight alone where noise says nothing; never worse than told", () => {
  const weights = [0.5, 0.3, 0.2];
  const told = [510, 280, 210].map((n) => binary(n, n / 10, 0));
  const exact = sizedArms(told, weights);
  for (const [at, { sums }] of exact.arms.entries()) expect(sums.n).toBeCloseTo(told[at].sums.n, 9);
  expect(exact.commonError).toBeCloseTo(0, 6);
  const withNoise = (sigma: number) => told.map(({ sums }) => binary(sums.n, sums.y, sigma));
  const hidden = sizedArms(withNoise(1e6), weights);
  const shares = hidden.arms.map(
    ({ sums }) => sums.n / (2 * hidden.arms[1].sums.n + 2 * hidden.arms[2].sums.n),
  );
  for (const [at, share] of shares.entries()) expect(share).toBeCloseTo(weights[at], 4);
  for (const { noise } of sizedArms(withNoise(40), weights).arms) expect(noise.n).toBeLessThan(3 * 40);
});

test("arms of another size than their weights are noticed, in one stratum too where another hides it, and noise excuses", () => {
  const stratum = (counts: readonly number[], noise: number) => counts.map((people) => ({ people, noise }));
  const even = [0.5, 0.5];
  expect(mismatchOf([stratum([5000, 5080], 5), stratum([900, 870], 5)], even).isOff).toBe(false);
  expect(mismatchOf([stratum([5000, 5600], 5), stratum([900, 870], 5)], even).whole.p).toBeLessThan(
    mismatchLevel,
  );
  const hiding = mismatchOf([stratum([5300, 4700], 5), stratum([700, 1300], 5), stratum([60, 70], 5)], even);
  expect(hiding.whole.p).toBeGreaterThan(0.5);
  expect(hiding.strataOff).toEqual([0, 1]);
  expect(hiding.isOff).toBe(true);
  expect(mismatchOf([stratum([5000, 5600], 300)], even).isOff).toBe(false);
});

test("strata of too few people for their noise are put together until they are many; no person is lost", () => {
  const arms = (n: number, sigma: number) => [binary(n, n / 5, sigma), binary(n, n / 6, sigma)];
  const peopleIn = (strata: readonly (readonly NoisyMoments[])[]) =>
    strata.flat().reduce((sum, { sums }) => sum + sums.n, 0);
  const strata = [arms(1000, 4), arms(60, 4), arms(25, 4), arms(300, 4)];
  const asked = { weights: [0.5, 0.5], compared: [0, 1] };
  expect(togetherWhereFew(strata, asked)).toHaveLength(3);
  expect(peopleIn(togetherWhereFew(strata, asked))).toBe(peopleIn(strata));
  expect(togetherWhereFew([arms(1000, 0), arms(60, 0), arms(25, 0)], asked)).toHaveLength(3);
  expect(togetherWhereFew([arms(100, 40), arms(60, 40)], asked)).toHaveLength(1);
});

test("an arm that differs is found among many, and noise on that arm excuses it", () => {
  const same = [binary(2000, 200, 3), binary(2100, 212, 3), binary(1900, 188, 3)];
  expect(equalProportions(same).p).toBeGreaterThan(0.5);
  expect(equalProportions([...same, binary(2000, 320, 3)]).p).toBeLessThan(1e-6);
  expect(equalProportions([...same, binary(2000, 320, 90)]).p).toBeGreaterThan(0.1);
});

test("adjusted p-values keep their order: p <= Benjamini-Hochberg <= Holm <= 1", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(pValues, (p) => {
      const [fewer, fewest] = [benjaminiHochberg(p), holm(p)];
      for (const at of p.keys()) {
        expect(fewer[at]).toBeGreaterThanOrEqual(p[at]);
        expect(fewest[at]).toBeGreaterThanOrEqual(fewer[at] - 1e-12);
        expect(fewest[at]).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test("a sequence's p-value says at each look what its interval says, which is wider than a look that is the only one", () => {
  const look = fc.record({
    people: fc.integer({ min: 50, max: 500 }),
    value: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
    variance: fc.double({ min: 1e-5, max: 1e-3, noNaN: true }),
    varianceOfSize: fc.double({ min: 0, max: 1e-3, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(look, { minLength: 1, maxLength: 8 }), (drawn) => {
      const looks: readonly Look[] = drawn.map(({ people, value, variance, varianceOfSize }, at) => ({
        people: people * (at + 1),
        difference: { value, variance, varianceOfSize },
      }));
      for (const [at, { low, high, p }] of confidenceSequence(looks, { alpha, planned: 40 }).entries()) {
        expect(p < alpha).toBe(low > 0 || high < 0);
        expect((high - low) / 2).toBeGreaterThan(1.96 * Math.sqrt(looks[at].difference.variance));
      }
    }),
  );
  const nothing: Look = { people: 100, difference: { value: 0, variance: 0, varianceOfSize: 0 } };
  expect(confidenceSequence([nothing], { alpha, planned: 0 })[0]).toMatchObject({
    p: 1,
    high: Number.POSITIVE_INFINITY,
  });
});

test("a proportion's interval holds it as often as it says where it is rare, and is of some width where nobody did it", () => {
  const exact = { commonError: 0, alpha };
  const [n, rate] = [1000, 0.002];
  let chance = (1 - rate) ** n;
  let covered = 0;
  for (let y = 0; y < 60; y++) {
    const { low, high } = wilsonInterval(binary(n, y, 0), exact);
    if (low <= rate && rate <= high) covered += chance;
    chance *= ((n - y) / (y + 1)) * (rate / (1 - rate));
  }
  expect(covered).toBeGreaterThan(0.94);
  // k^2 / (n + k^2), as Wilson has it of none.
  expect(wilsonInterval(binary(n, 0, 0), exact).low).toBe(0);
  expect(wilsonInterval(binary(n, 0, 0), exact).high).toBeCloseTo(3.841459 / (n + 3.841459), 9);
  const widthAt = (y: number, sigma: number) => {
    const { low, high } = wilsonInterval(binary(n, y, sigma), exact);
    return high - low;
  };
  for (const y of [0, 5, 300, 1000]) expect(widthAt(y, 8)).toBeGreaterThan(widthAt(y, 0));
  const { standardError } = twoProportions(pairing(binary(1e6, 3e5, 300), binary(1e6, 3e5, 300)), alpha);
  const wide = wilsonInterval(binary(1e6, 3e5, 300), exact);
  expect((wide.high - wide.low) / (2 * 1.959964 * (standardError / Math.SQRT2))).toBeCloseTo(1, 3);
});

test("a lift's interval holds the lift, is as far from 0 as the difference is, and is none where the control may be 0", () => {
  const [control, treatment] = [proportionOf(binary(2000, 200, 5)), proportionOf(binary(2000, 260, 5))];
  const lift = liftOf(control, treatment, alpha);
  expect(lift?.value).toBeCloseTo(0.3, 12);
  expect(lift?.low).toBeLessThan(0.3);
  expect(lift?.high).toBeGreaterThan(0.3);
  const { p } = welch(pairing(binary(2000, 200, 5), binary(2000, 260, 5)), alpha);
  expect(Number(lift?.low) > 0).toBe(p < alpha);
  expect(liftOf(proportionOf(binary(2000, 20, 25)), treatment, alpha)).toBeNull();
});

test("belief in an effect is pulled to the prior, and counts without noise say the same in both ways", () => {
  const estimate = { value: 0.02, variance: 0.0001 };
  const open = normalPosterior(estimate, { mean: 0, deviation: Number.POSITIVE_INFINITY }, alpha);
  const doubtful = normalPosterior(estimate, { mean: 0, deviation: 0.005 }, alpha);
  expect(doubtful.mean).toBeLessThan(open.mean / 2);
  expect(doubtful.chanceToBeat).toBeLessThan(open.chanceToBeat);
  expect(open.lossOfControl - open.lossOfTreatment).toBeCloseTo(open.mean, 12);
  const pair = pairing(binary(5000, 500, 0), binary(5000, 530, 0));
  const { chanceToBeat } = betaPosterior(pair.control, pair.treatment);
  const { value, standardError } = twoProportions(pair, alpha);
  const prior = { mean: 0, deviation: Number.POSITIVE_INFINITY };
  const alike = normalPosterior({ value, variance: standardError ** 2 }, prior, alpha).chanceToBeat;
  expect(chanceToBeat).toBeCloseTo(alike, 3);
  expect(() => betaPosterior(pair.control, binary(5000, 530, 1))).toThrow("without noise");
});

const plan: Plan = {
  ...{ people: 20_000, shares: { control: 0.5, treatment: 0.5 }, mean: 0.1, deviation: null, most: 1 },
  ...{ noise: { y: 30, n: 60, denominator: 0 }, comparisons: 1, isSequential: false, alpha, power: 0.8 },
};

test("what is found by so many people takes so many people; noise, arms and looks cost", () => {
  const { difference, lift } = smallestFound(plan);
  expect(lift).toBeCloseTo((difference ?? 0) / 0.1, 12);
  expect(powerOf(plan, difference ?? 0)).toBeCloseTo(0.8, 9);
  const people = peopleFor(plan, { difference: difference ?? 0, mostPeople: 1e9 }) ?? 0;
  expect(Math.abs(people - plan.people)).toBeLessThanOrEqual(1);
  for (const dearer of [
    { comparisons: 3 },
    { isSequential: true },
    { noise: { y: 60, n: 60, denominator: 0 } },
    { power: 0.9 },
  ]) {
    expect(smallestFound({ ...plan, ...dearer }).lift).toBeGreaterThan(Number(lift));
  }
  expect(smallestFound({ ...plan, noise: noNoise }).lift).toBeLessThan(Number(lift));
});

test("a question that cannot be answered says so", () => {
  const few = { ...plan, people: 200 };
  expect(smallestFound(few)).toEqual({ difference: null, lift: null });
  expect(answerInWords(smallestFound(few), few)).toMatch(/^cannot be answered: 200 people /);
  expect(answerInWords(smallestFound(plan), plan)).toMatch(
    /^20000 people show a lift of \d+\.\d % or more 80 times out of 100$/,
  );
  expect(peopleFor(plan, { difference: 0.0001, mostPeople: 1_000_000 })).toBeNull();
  expect(peopleFor(plan, { difference: 0.95, mostPeople: 1e9 })).toBeNull();
});

test("denominators that noise hides have no ratio", () => {
  const [control, treatment] = [crowd(100, 1), crowd(100, 2)];
  expect(twoRatios(pairing(noisy(control, 2), noisy(treatment, 2)), alpha)).not.toBeNull();
  expect(twoRatios(pairing(noisy(control, 30), noisy(treatment, 30)), alpha)).toBeNull();
});
