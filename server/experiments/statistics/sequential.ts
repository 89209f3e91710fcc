/**
 * Looking again and again: a sequence of intervals that holds the true effect at all looks together, so that
 * a site may stop whenever it likes. Asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy,
 * Ramdas 2021, arXiv 2103.06476, theorem 2.2, with variances that need not be equal), by Robbins' normal
 * mixture (1970).
 *
 *   S_t = n_t (estimate_t - effect)     U_t = n_t^2 V_t, its variance      of all people until look t
 *   |S_t| <= sqrt( (U_t + 1 / rho^2) log((U_t rho^2 + 1) / alpha^2) )
 *   at all t with a probability of 1 - alpha
 *
 * Looks are of different people and each has noise of its own, so S_t has independent increments, noise
 * included. rho is fixed at the first look that has any variance, by that variance and the people that are
 * planned (`plannedVariance`), never by what the effect seems to be, so that the interval is narrowest at the
 * planned end, U*:
 *
 *   rho^2 = (-2 log alpha + log(-2 log alpha) + 1) / U*
 *
 * (their appendix on tuning). Of an increment that is nearly normal; with noise it is more nearly so.
 */
import type { Difference, Interval } from "./estimate.ts";

/** All people until then. */
export interface Look {
  readonly people: number;
  readonly difference: Pick<Difference, "value" | "variance" | "varianceOfSize">;
}

export interface SequentialEffect extends Interval {
  readonly value: number;
  /**
   * Of no effect, valid at whichever look one stops: of this look, below alpha where its interval leaves 0
   * out.
   */
  readonly p: number;
}

/**
 * U* of the header from the first look that has any variance (of nothing seen none is known): it grows with
 * people, and with looks' noise. 0: no look has.
 *
 * @param plannedPeople of all looks that are planned.
 */
export function plannedVariance(looks: readonly Look[], plannedPeople: number): number {
  const first = looks.find(({ difference }) => difference.variance > 0);
  return first === undefined ? 0 : first.people * plannedPeople * first.difference.variance;
}

/** One interval a look. @param planned U* of the header; 0: nothing is known, and everything possible. */
export function confidenceSequence(
  looks: readonly Look[],
  { alpha, planned }: { readonly alpha: number; readonly planned: number },
): readonly SequentialEffect[] {
  if (!(planned >= 0))
    throw new RangeError(`confidenceSequence: the planned variance must be at least 0, got ${planned}`);
  const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (planned === 0) return looks.map(({ difference: { value } }) => ({ value, low, high, p: 1 }));
  const rhoSquared = mixtureOf(alpha, planned);
  return looks.map(({ people, difference: { value, variance, varianceOfSize } }) => {
    const spread = people ** 2 * (variance + varianceOfSize) * rhoSquared;
    const reach = Math.sqrt(((spread + 1) / rhoSquared) * Math.log((spread + 1) / alpha ** 2)) / people;
    const p = Math.min(1, 1 / evidenceOf({ squared: (people * value) ** 2 * rhoSquared, spread }));
    return { value, low: value - reach, high: value + reach, p };
  });
}

/** How many standard errors the interval reaches at the planned end, where a fixed one reaches 1.96. */
export function sequentialReach(alpha: number): number {
  const spread = mixtureOf(alpha, 1);
  return Math.sqrt(((spread + 1) / spread) * Math.log((spread + 1) / alpha ** 2));
}

/** Robbins' mixture of likelihood ratios: if there is no effect its mean is 1 (Ville 1939). */
function evidenceOf({ squared, spread }: { readonly squared: number; readonly spread: number }): number {
  return Math.exp(squared / (2 * (spread + 1))) / Math.sqrt(spread + 1);
}

/** rho^2 of the header. */
function mixtureOf(alpha: number, planned: number): number {
  const twice = -2 * Math.log(alpha);
  return (twice + Math.log(twice) + 1) / planned;
}
