/**
 * Chi-square tests on noisy counts: whether several arms have the same proportion.
 *
 *   X^2 = sum (p_a - p)^2 / V_a,   V_a = q (1 - q) / n_a + (noise_Y^2 + q^2 noise_n^2) / n_a^2
 *   q = sum Y / sum n,   p = (sum p_a / V_a) / (sum 1 / V_a),   df = arms - 1
 *
 * With weights 1 / V_a the sum of squares about p has a chi-square distribution (Cochran 1954); at noise 0 it
 * is Pearson's statistic of the table of arms by yes and no, without a correction for continuity.
 */
import { chiSquareTail } from "./distributions.ts";
import type { NoisyMoments } from "./moments.ts";
import { proportionVariance } from "./proportions.ts";

export interface ChiSquare {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

/** @param arms at least two, of a metric that is 0 or 1. */
export function equalProportions(arms: readonly NoisyMoments[]): ChiSquare {
  const total = (of: (moments: NoisyMoments) => number) => arms.reduce((sum, arm) => sum + of(arm), 0);
  const all = Math.min(1, Math.max(0, total(({ sums }) => sums.y) / total(({ sums }) => sums.n)));
  return aboutTheirMean(
    arms.map((arm) => ({ value: arm.sums.y / arm.sums.n, variance: proportionVariance(arm, all) })),
  );
}

/** Whether all are estimates of the same number. */
export function aboutTheirMean(
  estimates: readonly { readonly value: number; readonly variance: number }[],
): ChiSquare {
  const df = estimates.length - 1;
  if (df < 1) throw new RangeError(`aboutTheirMean: there must be 2 estimates or more, got ${df + 1}`);
  if (estimates.some(({ variance }) => !(variance > 0))) return { statistic: 0, df, p: 1 };
  const weights = estimates.reduce((sum, { variance }) => sum + 1 / variance, 0);
  const mean = estimates.reduce((sum, { value, variance }) => sum + value / variance, 0) / weights;
  const statistic = estimates.reduce((sum, { value, variance }) => sum + (value - mean) ** 2 / variance, 0);
  return { statistic, df, p: chiSquareTail(statistic, df) };
}
