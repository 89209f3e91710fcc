/**
 * Sample-ratio mismatch: whether the arms have as many people as their weights say. If not, something but
 * chance decided who was counted where, and no result of the experiment can be believed (Fabijan et al.
 * 2019).
 *
 *   X^2 = sum (n_a - L w_a)^2 / V_a,   df = arms - 1,   L and V_a as in counts.ts
 *
 * Chance deals N people out with covariance N (diag w - w w'); what of it is not along w is as if counts were
 * independent with variances N w_a, and L takes off what is: so this is the test on the whole covariance,
 * noise included. At noise 0 it is Pearson's. Mismatch within a stratum may cancel out in the sum, so each is
 * tested too, Holm over them.
 */
import type { ChiSquare } from "./chisquare.ts";
import { levelOf, type NoisyCount, totalCount } from "./counts.ts";
import { chiSquareTail } from "./distributions.ts";
import { holm } from "./multiple.ts";

/** Below this p the alarm rings: it rings for one sound experiment of a thousand. */
export const mismatchLevel = 0.001;

export interface Mismatch {
  readonly whole: ChiSquare;
  /** In the order of the strata; null: it has too few people to be tested. */
  readonly strata: readonly (ChiSquare | null)[];
  /** Numbers of the strata that are off by themselves. */
  readonly strataOff: readonly number[];
  readonly isOff: boolean;
}

/** @param strata by stratum, the counts of its arms. @param weights of the arms. */
export function mismatchOf(strata: readonly (readonly NoisyCount[])[], weights: readonly number[]): Mismatch {
  const whole = ratioTest(
    weights.map((_, arm) => totalCount(strata.map((arms) => arms[arm]))),
    weights,
  );
  const each = strata.map((arms) => (isTestable(arms, weights) ? ratioTest(arms, weights) : null));
  const tested = each.flatMap((test, stratum) => (test === null ? [] : [{ stratum, p: test.p }]));
  const adjustedP = holm(tested.map(({ p }) => p));
  const strataOff = tested.filter((_, at) => adjustedP[at] < mismatchLevel).map(({ stratum }) => stratum);
  return { whole, strata: each, strataOff, isOff: whole.p < mismatchLevel || strataOff.length > 0 };
}

export function ratioTest(counts: readonly NoisyCount[], weights: readonly number[]): ChiSquare {
  const df = counts.length - 1;
  const { level, shares, variances } = levelOf(counts, weights);
  if (variances.some((variance) => !(variance > 0))) return { statistic: 0, df, p: 1 };
  const statistic = counts.reduce(
    (sum, { people }, arm) => sum + (people - level * shares[arm]) ** 2 / variances[arm],
    0,
  );
  return { statistic, df, p: chiSquareTail(statistic, df) };
}

/** Pearson's rule: five people expected in each; noise beside them is nearly normal by itself. */
function isTestable(counts: readonly NoisyCount[], weights: readonly number[]): boolean {
  const { people } = totalCount(counts);
  const share = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.every((weight) => (people * weight) / share >= 5);
}
