/** At noise 0 every statistic is what scipy and statsmodels say: frozen by test/vectors/statistics.py. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Pair } from "../../../server/experiments/statistics/armsizes.ts";
import { equalProportions } from "../../../server/experiments/statistics/chisquare.ts";
import { adjusted, adjustmentOf } from "../../../server/experiments/statistics/cuped.ts";
import {
  betaCdf,
  betaQuantile,
  chiSquareTail,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from "../../../server/experiments/statistics/distributions.ts";
import { type Effect, type Estimate, effectOf } from "../../../server/experiments/statistics/estimate.ts";
import { meanOf, welch } from "../../../server/experiments/statistics/means.ts";
import { ratioTest } from "../../../server/experiments/statistics/mismatch.ts";
import {
  type Moments,
  type NoisyMoments,
  noMoments,
} from "../../../server/experiments/statistics/moments.ts";
import { benjaminiHochberg, holm } from "../../../server/experiments/statistics/multiple.ts";
import { betaPosterior, normalPosterior } from "../../../server/experiments/statistics/posterior.ts";
import {
  noNoise,
  type Plan,
  peopleFor,
  powerOf,
  smallestFound,
} from "../../../server/experiments/statistics/power.ts";
import { pooledTest, twoProportions } from "../../../server/experiments/statistics/proportions.ts";
import { ratioOf, twoRatios } from "../../../server/experiments/statistics/ratios.ts";
import { confidenceSequence } from "../../../server/experiments/statistics/sequential.ts";
import { postStratified } from "../../../server/experiments/statistics/strata.ts";

type Told = Record<keyof Effect, number | null>;
type Count = { readonly n: number; readonly y: number };
interface Vectors {
  readonly alpha: number;
  readonly distributions: Record<string, readonly (readonly [readonly number[], number])[]>;
  readonly welch: readonly { control: Moments; treatment: Moments; effect: Told }[];
  readonly proportions: readonly {
    arms: readonly Count[];
    z: number;
    p: number;
    low: number;
    high: number;
    chiSquare: readonly [number, number];
  }[];
  readonly tables: readonly { arms: readonly Count[]; statistic: number; df: number; p: number }[];
  readonly mismatch: readonly { counts: number[]; weights: number[]; statistic: number; p: number }[];
  readonly ratios: readonly { control: Moments; treatment: Moments; estimates: Estimate[]; effect: Told }[];
  readonly cuped: readonly { control: Moments; treatment: Moments; theta: number; effect: Told }[];
  readonly strata: readonly { strata: readonly (readonly Moments[])[]; effect: Told }[];
  readonly corrections: readonly { p: number[]; holm: number[]; benjaminiHochberg: number[] }[];
  readonly beta: readonly ({ arms: readonly Count[] } & ReturnType<typeof betaPosterior>)[];
  readonly normal: readonly {
    estimate: { value: number; variance: number };
    prior: { mean: number; deviation: number | null };
    posterior: ReturnType<typeof normalPosterior>;
  }[];
  readonly power: readonly {
    people: number;
    share: number;
    deviation: number;
    alpha: number;
    power: number;
    difference: number;
  }[];
  readonly powerOfProportions: readonly { people: number; share: number; mean: number; difference: number }[];
  readonly mixture: readonly { variances: number[]; planned: number; alpha: number; bounds: number[] }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../vectors/statistics.json", import.meta.url), "utf8"),
);
const { alpha } = vectors;

/** Relative to the larger of both, so that far tails count; nothing below 1e-280 is told apart. */
function expectClose(found: number, told: number | null): void {
  if (told === null) {
    expect(found).toBe(Number.POSITIVE_INFINITY);
    return;
  }
  const scale = Math.max(Math.abs(found), Math.abs(told), 1e-280);
  expect(Math.abs(found - told) / scale, `${found} is ${told}`).toBeLessThan(1e-9);
}

function expectAllClose(found: object, told: object): void {
  const values = new Map<string, unknown>(Object.entries(found));
  for (const [name, value] of Object.entries(told)) expectClose(Number(values.get(name)), value);
}

const exact = (sums: Moments): NoisyMoments => ({ sums, noise: noMoments, isBinary: false });
const counted = ({ n, y }: Count): NoisyMoments => ({
  sums: { ...noMoments, n, y },
  noise: noMoments,
  isBinary: true,
});

const pairing = (control: NoisyMoments, treatment: NoisyMoments): Pair => ({
  control,
  treatment,
  commonError: 0,
});

test("distributions are scipy's, far tails and any degrees of freedom included", () => {
  const found: Readonly<Record<string, (...args: number[]) => number>> = {
    ...{ normalCdf, normalQuantile, tCdf, tQuantile, chiSquareTail },
    betaCdf: (x, a, b) => betaCdf(x, { a, b }),
    betaQuantile: (share, a, b) => betaQuantile(share, { a, b }),
  };
  expect(Object.keys(vectors.distributions)).toEqual(Object.keys(found));
  for (const [name, rows] of Object.entries(vectors.distributions)) {
    for (const [args, told] of rows) expectClose(found[name](...args), told);
  }
});

test.each(vectors.welch)("Welch's t is ttest_ind's, case %#", ({ control, treatment, effect }) => {
  expectAllClose(welch(pairing(exact(control), exact(treatment)), alpha), effect);
});

test.each(vectors.proportions)(
  "two proportions are statsmodels', and pooled Pearson's chi-square, case %#",
  (told) => {
    const [control, treatment] = told.arms.map(counted);
    expectClose(pooledTest(pairing(control, treatment)).z, told.z);
    const { low, high, p } = told;
    expectAllClose(twoProportions(pairing(control, treatment), alpha), { low, high, p });
    const { statistic, p: same } = equalProportions([control, treatment]);
    expectClose(statistic, told.chiSquare[0]);
    expectClose(same, told.chiSquare[1]);
  },
);

test.each(vectors.tables)("several proportions are chi2_contingency's, case %#", ({ arms, ...told }) => {
  expectAllClose(equalProportions(arms.map(counted)), told);
});

test.each(vectors.mismatch)("sample ratios are chisquare's, case %#", ({ counts, weights, ...told }) => {
  const found = ratioTest(
    counts.map((people) => ({ people, noise: 0 })),
    weights,
  );
  expectAllClose(found, told);
});

test.each(vectors.ratios)("ratios are the delta method's, person by person, case %#", (told) => {
  const [control, treatment] = [exact(told.control), exact(told.treatment)];
  expectAllClose(twoRatios(pairing(control, treatment), alpha) ?? {}, told.effect);
  for (const [at, arm] of [control, treatment].entries()) expectAllClose(ratioOf(arm), told.estimates[at]);
});

test.each(vectors.cuped)(
  "theta is the regression's, and the rest Welch's of what it leaves, case %#",
  (told) => {
    const cells = [exact(told.control), exact(told.treatment)];
    const adjustment = adjustmentOf(cells);
    expectClose(adjustment.theta, told.theta);
    const [control, treatment] = cells.map((cell) => adjusted(cell, adjustment));
    expectAllClose(welch(pairing(control, treatment), alpha), told.effect);
  },
);

test.each(vectors.strata)("strata are averaged by their people, case %#", ({ strata, effect }) => {
  const found = postStratified(
    strata.map((arms) => arms.map(exact)),
    // At noise 0 they say nothing that counts do not.
    { control: 0, treatment: 1, weights: [0.9, 0.1] },
    meanOf,
  );
  expectAllClose(effectOf(found, alpha), effect);
});

test.each(vectors.corrections)("Holm and Benjamini-Hochberg are multipletests', case %#", (told) => {
  for (const [at, p] of holm(told.p).entries()) expectClose(p, told.holm[at]);
  for (const [at, p] of benjaminiHochberg(told.p).entries()) expectClose(p, told.benjaminiHochberg[at]);
});

test.each(vectors.beta)("beta posteriors are those integrated another way, case %#", ({ arms, ...told }) => {
  const [control, treatment] = arms.map(counted);
  expectAllClose(betaPosterior(control, treatment), told);
});

test.each(vectors.normal)(
  "normal posteriors are those integrated, case %#",
  ({ estimate, prior, posterior }) => {
    const { mean, deviation } = prior;
    const found = normalPosterior(
      estimate,
      { mean, deviation: deviation ?? Number.POSITIVE_INFINITY },
      alpha,
    );
    expectAllClose(found, posterior);
  },
);

const planOf = (over: Partial<Plan>): Plan => ({
  ...{ people: 1000, shares: { control: 0.5, treatment: 0.5 }, mean: 1, deviation: null, most: 1 },
  ...{ noise: noNoise, comparisons: 1, isSequential: false, alpha: 0.05, power: 0.8, ...over },
});
const sharesOf = (treatment: number) => ({ control: 1 - treatment, treatment });

test.each(vectors.power)(
  "the smallest difference of means is NormalIndPower's, case %#",
  ({ share, difference, ...told }) => {
    const plan = planOf({ ...told, shares: sharesOf(share), mean: 1, most: 100 });
    expectClose(smallestFound(plan).difference ?? Number.NaN, difference);
    expectClose(powerOf(plan, difference), told.power);
    expect(peopleFor(plan, { difference: difference * (1 + 1e-9), mostPeople: 1e9 })).toBe(told.people);
  },
);

test.each(vectors.powerOfProportions)(
  "the smallest difference of proportions has each arm's own variance, case %#",
  ({ share, difference, ...told }) => {
    const plan = planOf({ ...told, shares: sharesOf(share) });
    expectClose(smallestFound(plan).difference ?? Number.NaN, difference);
  },
);

test.each(vectors.mixture)(
  "the confidence sequence is Robbins' mixture, integrated and solved, case %#",
  (told) => {
    const looks = told.variances.map((variance, at) => {
      const people = 10 * (at + 1);
      const difference = {
        value: told.bounds[at] / people,
        variance: variance / people ** 2,
        varianceOfSize: 0,
      };
      return { people, difference };
    });
    for (const [at, found] of confidenceSequence(looks, told).entries()) {
      // Where the estimate is as far from 0 as the interval reaches.
      expectClose((found.high - found.value) * looks[at].people, told.bounds[at]);
      expectClose(confidenceSequence([looks[at]], told)[0].p, told.alpha);
    }
  },
);
