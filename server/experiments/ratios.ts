/**
 * Ratios of two sums (clicks for each impression, revenue for each order), by the delta method (Deng, Knoblich, Lu 2018,
 * arXiv 1803.06336): people are drawn, not impressions, so numerator and denominator vary together.
 *
 *   R = Y / X                 dR = (dY - R dX) / X
 *   V = [ n / (n - 1) (YY - 2 R XY + R^2 XX)  +  noise_Y^2 + R^2 noise_X^2 ] / X^2
 *
 * The mean of y - R x is 0 by the choice of R, so the noise in n hardly matters, and what noise adds to squares of sums is
 * of an n-th of its own variance: neither is counted. Both arms
 * have one R if there is no difference: the test takes the R of both together for the variance, where noise in one
 * arm's X moves numerator and variance alike, and the interval each arm's own, as for two proportions.
 */
import { twoSided } from "./distributions.ts";
import { differenceOf, type Effect, type Estimate, effectOf } from "./estimate.ts";
import { differenceMoments, type NoisyMoments } from "./moments.ts";

/** p from the pooled test, the rest from the unpooled interval. */
export function twoRatios(control: NoisyMoments, treatment: NoisyMoments, alpha: number): Effect {
  const effect = effectOf(differenceOf(ratioOf(control), ratioOf(treatment)), alpha);
  return { ...effect, p: pooledRatioTest(control, treatment).p };
}

export function pooledRatioTest(
  control: NoisyMoments,
  treatment: NoisyMoments,
): { readonly z: number; readonly p: number } {
  const together = (control.sums.y + treatment.sums.y) / (control.sums.x + treatment.sums.x);
  const { value } = differenceOf(ratioOf(control), ratioOf(treatment));
  const { variance } = differenceOf(ratioAt(control, together), ratioAt(treatment, together));
  const z = variance > 0 ? value / Math.sqrt(variance) : 0;
  return { z, p: twoSided(z) };
}

export function ratioOf(moments: NoisyMoments): Estimate {
  const { y, x } = moments.sums;
  if (!(x > 0)) throw new RangeError(`ratioOf: the denominator must be above 0, got ${x}`);
  return ratioAt(moments, y / x);
}

/** The variance as it is if the true ratio is `ratio`. */
function ratioAt(moments: NoisyMoments, ratio: number): Estimate {
  const { n, y, x } = moments.sums;
  const { sums, noise } = differenceMoments(moments, ratio);
  const squares = Math.max(0, sums.yy - sums.y ** 2 / n);
  const ofCrowd = (squares * n) / (n - 1) / x ** 2;
  return {
    value: y / x,
    variance: ofCrowd + (noise.y / x) ** 2,
    varianceOfVariance: (2 * ofCrowd ** 2) / (n - 1) + (noise.yy / x ** 2) ** 2,
  };
}
