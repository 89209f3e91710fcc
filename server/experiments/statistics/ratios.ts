/**
 * Ratios of two sums (clicks for each impression, revenue for each order), by the delta method (Deng,
 * Knoblich, Lu 2018, arXiv 1803.06336): people are drawn, not impressions, so numerator and denominator vary
 * together.
 *
 *   R = Y / X                 dR = (dY - R dX) / X
 *   V(R) = [ n / (n - 1) (YY - 2 R XY + R^2 XX - (Y - R X)^2 / n)  +  noise_Y^2 + R^2 noise_X^2 ] / X^2
 *
 * Noise may move X by a third, which the delta method takes for little. So the difference is tested, and its
 * interval made of all differences d that the test does not refuse (Fieller 1954): arms of ratios r + d and
 * r, r such that the residuals of both sum to 0, have variances at those ratios, not at each arm's own,
 *
 *   (R1 - R0 - d)^2 <= k^2 (V1(r + d) + V0(r)),   r = (Y0 + Y1 - d X1) / (X0 + X1)
 *
 * and as r is linear in d, both sides are quadratic. Residuals have a mean near 0, so the noise in n hardly
 * matters, and what noise adds to squares of sums is an n-th of its own variance: neither is counted. V is at
 * least half of its noise.
 */
import type { Pair } from "./armsizes.ts";
import { tQuantile, twoSided } from "./distributions.ts";
import { dfOf, differenceOf, type Effect, type Estimate } from "./estimate.ts";
import { differenceMoments, type NoisyMoments } from "./moments.ts";

/** Where a denominator is less than so many times its noise, there is no ratio to tell. */
const certainty = 3;

/**
 * Null where noise leaves it open how large a denominator is.
 * @param alpha chance that the interval is wrong.
 */
export function twoRatios({ control, treatment }: RatioPair, alpha: number): Effect | null {
  if (![control, treatment].every(({ sums, noise }) => sums.x > 0 && sums.x >= certainty * noise.x))
    return null;
  const own = differenceOf(ratioOf(control), ratioOf(treatment));
  const df = dfOf(own);
  const k = tQuantile(1 - alpha / 2, df);
  const { ofNone, linear, square } = nullVariance({ control, treatment });
  // (1 - k^2 square) d^2 - 2 half d + value^2 - k^2 ofNone <= 0
  const lead = 1 - k * k * square;
  const half = own.value + (k * k * linear) / 2;
  const root = Math.sqrt(Math.max(0, half * half - lead * (own.value ** 2 - k * k * ofNone)));
  if (!(lead > 0)) return null;
  const p = ofNone > 0 ? twoSided(own.value / Math.sqrt(ofNone), df) : 1;
  const standardError = Math.sqrt(own.variance);
  return { value: own.value, standardError, df, p, low: (half - root) / lead, high: (half + root) / lead };
}

export type RatioPair = Pick<Pair, "control" | "treatment">;

/** Of one arm. */
export function ratioOf(moments: NoisyMoments): Estimate {
  const { n, y, x } = moments.sums;
  if (!(x > 0)) throw new RangeError(`ratioOf: the denominator must be above 0, got ${x}`);
  const { noise } = differenceMoments(moments, y / x);
  const variance = ratioVariance(moments, y / x);
  const ofCrowd = variance - (noise.y / x) ** 2;
  return {
    value: y / x,
    variance,
    varianceOfVariance: (2 * ofCrowd ** 2) / (n - 1) + (noise.yy / x ** 2) ** 2,
  };
}

/** V of the header, if the true ratio is `ratio`. */
function ratioVariance(moments: NoisyMoments, ratio: number): number {
  const { n, x } = moments.sums;
  const { sums, noise } = differenceMoments(moments, ratio);
  const ofCrowd = ((sums.yy - sums.y ** 2 / n) * n) / (n - 1);
  return Math.max(ofCrowd + noise.y ** 2, noise.y ** 2 / 2) / x ** 2;
}

/** V1(r + d) + V0(r) as ofNone + linear d + square d^2. */
function nullVariance({ control, treatment }: RatioPair): {
  readonly ofNone: number;
  readonly linear: number;
  readonly square: number;
} {
  const [x0, x1] = [control.sums.x, treatment.sums.x];
  const common = (control.sums.y + treatment.sums.y) / (x0 + x1);
  const at = (difference: number) => {
    const ratio = common - (difference * x1) / (x0 + x1);
    return ratioVariance(treatment, ratio + difference) + ratioVariance(control, ratio);
  };
  // Through three points, as wide as the ratio is large.
  const [ofNone, above, below] = [at(0), at(common), at(-common)];
  if (!(common > 0)) return { ofNone, linear: 0, square: 0 };
  return {
    ofNone,
    linear: (above - below) / (2 * common),
    square: (above + below - 2 * ofNone) / (2 * common ** 2),
  };
}
