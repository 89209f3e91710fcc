/**
 * The mean of one arm, and Welch's t-test of two (Welch 1947), from noisy sums.
 *
 *   m = Y / n                                dm = (dY - m dn) / n
 *   V = s^2 / n  +  (noise_Y^2 + m^2 noise_n^2) / n^2
 *   s^2 = SS / (n - 1),   SS = YY - Y^2 / n + (noise_Y^2 + m^2 noise_n^2) / n
 *
 * The last term takes off what noise adds to Y^2 / n on average, so that s^2 is right on average. Noise may
 * make it negative, and it stays so: held at 0 it would be too large on average (by 3 % of V at 2,000 people,
 * so that 4 % of tests were positive by chance, not 5). But V is at least half of noise's part, which is the
 * last term of all of V. How well V is known, for the degrees of freedom (estimate.ts):
 *
 *   Var(V) = 2 (s^2 / n)^2 / (n - 1)  +  noise_SS^2 / (n (n - 1))^2
 *   noise_SS^2 = noise_YY^2 + 4 m^2 noise_Y^2 + m^4 noise_n^2 + 2 noise_Y^4 / n^2
 *
 * and for what is 0 or 1, YY being Y: (1 - 2 m)^2 noise_Y^2 in place of the first two.
 */
import type { Pair } from "./armsizes.ts";
import { type Difference, differenceOf, type Effect, type Estimate, effectOf } from "./estimate.ts";
import type { NoisyMoments } from "./moments.ts";

/** Welch's test: what the treatment has more than the control. */
export function welch(pair: Pair, alpha: number): Effect {
  return effectOf(differenceOfMeans(pair), alpha);
}

export function differenceOfMeans({ control, treatment, commonError }: Pair): Difference {
  return differenceOf(meanOf(control), meanOf(treatment), commonError);
}

export function meanOf(moments: NoisyMoments): Estimate {
  const { sums, noise, isBinary } = moments;
  const { n, y } = sums;
  requirePeople(n);
  const mean = y / n;
  const noiseOfMean = noiseVariance(moments, mean);
  const squares = (isBinary ? y : sums.yy) - (y * y) / n + noiseOfMean * n;
  const ofCrowd = squares / (n - 1) / n;
  const square = mean * mean;
  const noiseOfSquares =
    (isBinary ? (1 - 2 * mean) ** 2 * noise.y ** 2 : noise.yy ** 2 + 4 * square * noise.y ** 2) +
    square * square * noise.n ** 2 +
    (2 * noise.y ** 4) / n ** 2;
  return {
    value: mean,
    variance: Math.max(ofCrowd + noiseOfMean, noiseOfMean / 2),
    varianceOfVariance: (2 * ofCrowd ** 2) / (n - 1) + noiseOfSquares / (n * (n - 1)) ** 2,
  };
}

/** What noise adds to the variance of the mean, where the true mean is `mean`. */
export function noiseVariance(
  { sums: { n }, noise }: Pick<NoisyMoments, "sums" | "noise">,
  mean: number,
): number {
  return (noise.y ** 2 + mean ** 2 * noise.n ** 2) / n ** 2;
}

function requirePeople(n: number): void {
  if (!(n > 1)) throw new RangeError(`meanOf: there must be more than 1 person, got ${n}`);
}
