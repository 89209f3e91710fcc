/**
 * Two proportions: how many of the people did something, in two arms, by normal approximation.
 *
 *   pooled     z = (p1 - p0) / sqrt(p (1 - p) (1 / n0 + 1 / n1) + noise),   p = (Y0 + Y1) / (n0 + n1)
 *   unpooled   V = sum over arms of p_a (1 - p_a) / n_a + noise
 *   noise    = sum of (noise_Y^2 + p^2 noise_n^2) / n_a^2
 *
 * The pooled one holds if there is no difference, so it is the test; the unpooled one is the interval
 * (Wald's). As statsmodels' `proportions_ztest` and `confint_proportions_2indep(method="wald")`. What noise
 * moves beyond 0..1 counts as 0 or 1 in p (1 - p), which it makes too large on average there, never too
 * small; noise's part stays.
 *
 * The interval of one proportion is Wilson's (1927): all q that the people, and the noise, do not contradict,
 *
 *   (p - q)^2 <= k^2 (q (1 - q) / n + (noise_Y^2 + q^2 noise_n^2) / n^2 + q^2 commonError^2),
 *   k: the quantile
 *
 * within 0..1. Where nobody did it, Wald's would be of no width.
 */
import type { Pair } from "./armsizes.ts";
import { tQuantile, twoSided } from "./distributions.ts";
import {
  type Difference,
  differenceOf,
  type Effect,
  type Estimate,
  effectOf,
  type Interval,
} from "./estimate.ts";
import { noiseVariance } from "./means.ts";
import type { NoisyMoments } from "./moments.ts";

/** p from the pooled test, the rest from the unpooled interval. */
export function twoProportions(pair: Pair, alpha: number): Effect {
  return { ...effectOf(differenceOfProportions(pair), alpha), p: pooledTest(pair).p };
}

export function differenceOfProportions({ control, treatment, commonError }: Pair): Difference {
  return differenceOf(proportionOf(control), proportionOf(treatment), commonError);
}

/** If there is no difference, what both counts may be off by makes none. */
export function pooledTest({ control, treatment }: Pair): { readonly z: number; readonly p: number } {
  const pooled = shareOf(control.sums.y + treatment.sums.y, control.sums.n + treatment.sums.n);
  const variance = proportionVariance(control, pooled) + proportionVariance(treatment, pooled);
  const difference = treatment.sums.y / treatment.sums.n - control.sums.y / control.sums.n;
  const z = variance > 0 ? difference / Math.sqrt(variance) : 0;
  return { z, p: twoSided(z) };
}

/** Of one arm, with the unpooled variance. */
export function proportionOf(moments: NoisyMoments): Estimate {
  const { y, n } = moments.sums;
  const variance = proportionVariance(moments, shareOf(y, n));
  return { value: y / n, variance, varianceOfVariance: 0 };
}

/**
 * Of one arm by itself.
 * @param commonError as in armsizes.ts.
 * @param alpha chance that it does not hold the proportion.
 */
export function wilsonInterval(
  { sums: { n, y }, noise }: NoisyMoments,
  { commonError, alpha }: { readonly commonError: number; readonly alpha: number },
): Interval {
  const share = shareOf(y, n);
  const square = tQuantile(1 - alpha / 2, Number.POSITIVE_INFINITY) ** 2;
  const lead = 1 + square / n - square * ((noise.n / n) ** 2 + commonError ** 2);
  // Noise in the count that is as large as the count: anything may be.
  if (!(lead > 0)) return { low: 0, high: 1 };
  const half = share + square / (2 * n);
  const root = Math.sqrt(Math.max(0, half ** 2 - lead * (share ** 2 - square * (noise.y / n) ** 2)));
  return { low: Math.max(0, (half - root) / lead), high: Math.min(1, (half + root) / lead) };
}

/** If the true proportion is `share`. */
export function proportionVariance(moments: NoisyMoments, share: number): number {
  return (share * (1 - share)) / moments.sums.n + noiseVariance(moments, share);
}

function shareOf(y: number, n: number): number {
  if (!(n > 0)) throw new RangeError(`proportionOf: there must be people, got ${n}`);
  return Math.min(1, Math.max(0, y / n));
}
