/**
 * A number that was estimated from noisy sums, with its variance, and what is read from both: p-value and
 * interval.
 *
 *   variance = what another crowd would have moved it by + what another draw of the noise would have
 *
 * The variance is itself estimated, and `varianceOfVariance` says how well. Degrees of freedom are
 * Satterthwaite's (1946), of a chi-square distribution with that mean and variance:
 *
 *   df = 2 V^2 / Var(V)
 *
 * A mean of n people without noise has Var(V) = 2 V^2 / (n - 1), so df = n - 1, and a difference of two has
 * Welch's. The noise's own variance is known, so the more of V is noise the nearer is t to a normal
 * distribution; noise in sums of squares takes degrees of freedom away.
 */
import { tQuantile, twoSided } from "./distributions.ts";

export interface Estimate {
  readonly value: number;
  readonly variance: number;
  /** Variance of the estimate of `variance`; 0: it is known. */
  readonly varianceOfVariance: number;
}

/** Of a treatment less that of the control. */
export interface Difference extends Estimate {
  /**
   * What its variance has more because it is not 0: how large it is hangs on counts that noise moved in all
   * arms alike. In intervals, and not in tests of there being none.
   */
  readonly varianceOfSize: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What is told of an effect. */
export interface Effect extends Interval {
  readonly value: number;
  readonly standardError: number;
  /** Infinity: normal. */
  readonly df: number;
  /** Two-sided, of there being no effect. */
  readonly p: number;
}

/** @param terms independent of each other. */
export function combined(
  terms: readonly { readonly weight: number; readonly estimate: Estimate }[],
): Estimate {
  const sum = (of: (term: (typeof terms)[number]) => number) =>
    terms.reduce((total, term) => total + of(term), 0);
  return {
    value: sum(({ weight, estimate }) => weight * estimate.value),
    variance: sum(({ weight, estimate }) => weight ** 2 * estimate.variance),
    varianceOfVariance: sum(({ weight, estimate }) => weight ** 4 * estimate.varianceOfVariance),
  };
}

/**
 * Treatment less control.
 *
 * @param commonError standard deviation of a factor that both may be off by (armsizes.ts).
 */
export function differenceOf(control: Estimate, treatment: Estimate, commonError = 0): Difference {
  const difference = combined([
    { weight: 1, estimate: treatment },
    { weight: -1, estimate: control },
  ]);
  return { ...difference, varianceOfSize: (difference.value * commonError) ** 2 };
}

export function dfOf({ variance, varianceOfVariance }: Estimate): number {
  if (varianceOfVariance === 0) return Number.POSITIVE_INFINITY;
  return Math.max(leastDf, (2 * variance ** 2) / varianceOfVariance);
}

/** @param alpha chance that the interval does not hold the true value. */
export function effectOf(difference: Difference, alpha: number): Effect {
  if (!(alpha > 0 && alpha < 1))
    throw new RangeError(`effectOf: alpha must lie between 0 and 1, got ${alpha}`);
  const { value, variance, varianceOfSize } = difference;
  const df = dfOf(difference);
  const p = variance > 0 ? twoSided(value / Math.sqrt(variance), df) : 1;
  const standardError = Math.sqrt(variance + varianceOfSize);
  const reach = tQuantile(1 - alpha / 2, df) * standardError;
  return { value, standardError, df, p, low: value - reach, high: value + reach };
}

/** Of a variance that nothing is known of but noise: never less than a mean of two people has. */
const leastDf = 1;
