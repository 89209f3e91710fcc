/**
 * Noisy counts of arms that chance dealt people out to by known weights: how many there are in all.
 *
 *   n_a = N w_a + what chance moved it by + noise,   V_a = N w_a + noise_a^2
 *   L = (sum w_a n_a / V_a) / (sum w_a^2 / V_a),   known with a variance of 1 / sum (w_a^2 / V_a)
 *
 * the number that fits the counts best by weighted least squares (Aitken 1936); at noise 0 their sum.
 */

export interface NoisyCount {
  readonly people: number;
  /** Standard deviation. */
  readonly noise: number;
}

/** L of the header, its variance, and V_a; shares sum to 1. */
export function levelOf(
  counts: readonly NoisyCount[],
  weights: readonly number[],
): {
  readonly level: number;
  readonly variance: number;
  readonly shares: readonly number[];
  readonly variances: readonly number[];
} {
  const people = Math.max(0, totalCount(counts).people);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / all);
  const variances = counts.map(({ noise }, arm) => people * shares[arm] + noise ** 2);
  // An arm that nobody is dealt to, told without noise, says nothing of how many there are in all.
  const told = [...variances.keys()].filter((arm) => variances[arm] > 0);
  const along = told.reduce((sum, arm) => sum + (shares[arm] * counts[arm].people) / variances[arm], 0);
  const size = told.reduce((sum, arm) => sum + shares[arm] ** 2 / variances[arm], 0);
  return { level: along / size, variance: 1 / size, shares, variances };
}

export function totalCount(counts: readonly NoisyCount[]): NoisyCount {
  return counts.reduce(
    (sum, { people, noise }) => ({ people: sum.people + people, noise: Math.hypot(sum.noise, noise) }),
    { people: 0, noise: 0 },
  );
}
