/**
 * What a noisy sum says of the true one: a value, and an interval that holds what noise and rounding may have
 * moved it by.
 *
 *   noise^2 = 2 sums sigma^2 + reports (step / 2)^2,   step = 2^-fractionBits
 *   interval = value -+ 1.96 noise
 *
 * Each of the sums that were added up (lanes, batches) carries the noise of both aggregators; a discrete
 * Gaussian varies by at most sigma^2 (Canonne, Kamath, Steinke 2020, arXiv 2004.00010, corollary 9).
 * Stochastic rounding moves each report by less than a step, with a variance of at most a quarter of its
 * square. The interval is about the people who reported: it says nothing of those who did not, and assumes
 * that nobody lied.
 */

/** Quantities that are counted, and so are at least 0. */
export interface Estimate {
  readonly value: number;
  /** The true sum lies between these with a probability of at least 95 %. */
  readonly low: number;
  readonly high: number;
}

/** 97.5 % of a normal distribution lies below so many standard deviations. */
export const standardDeviations = 1.959964;

export interface SumOfSums {
  /** How many noisy sums were added up. */
  readonly sums: number;
  /** How many reports they hold together. */
  readonly reports: number;
}

/**
 * Standard deviation (not variance) of what moves each number of a released total, in the units of the
 * vector.
 */
export function totalNoiseOf(
  { sigma, fractionBits }: { readonly sigma: number; readonly fractionBits: number },
  { sums, reports }: SumOfSums,
): number {
  const halfStep = 2 ** -fractionBits / 2;
  return Math.sqrt(2 * sums * sigma * sigma + reports * halfStep * halfStep);
}

/**
 * A counted quantity. Both ends stay at 0 or above, which the true value does too, so the interval holds it
 * as often.
 */
export function estimateOf(sum: number, noise: number): Estimate {
  const reach = standardDeviations * noise;
  return { value: Math.max(0, sum), low: Math.max(0, sum - reach), high: Math.max(0, sum + reach) };
}

/** The same estimate in another unit: so many for each one. */
export function scaledEstimate({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: low * factor, high: high * factor };
}
