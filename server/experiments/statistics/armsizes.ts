/**
 * How many people each arm has, from noisy counts and what is known anyway: the weights by which chance dealt
 * them out.
 *
 *   n_a: mean L w_a, variance t_a = L w_a (chance), told with noise_a
 *   n'_a = L w_a + (told_a - L w_a) t_a / (t_a + noise_a^2),   error^2 = t_a noise_a^2 / (t_a + noise_a^2)
 *
 * the best linear estimate (Henderson 1975), L as in counts.ts. Of 600 people noise may be 130 where chance
 * is 25: a mean that is divided by the count as told errs by a fifth. At noise 0 it is what was told. What is
 * left to know of L is one factor for all arms, with a variance of
 *
 *   (1 / sum (w_a^2 / (t_a + noise_a^2)) - L) / L^2
 *
 * It makes no difference between arms where there is none.
 *
 * Only where chance dealt by those weights: an experiment with a sample-ratio mismatch is not to be read at
 * all. A mismatch too small to be seen beside the noise moves means by as much, as if whoever does not answer
 * had done nothing (leastmismatch.ts says how much that may be).
 */
import { levelOf } from "./counts.ts";
import type { NoisyMoments } from "./moments.ts";

export interface SizedArms {
  readonly arms: readonly NoisyMoments[];
  /** Standard deviation of the one factor that all counts may be off by. */
  readonly commonError: number;
}

/** @throws {RangeError} where noise leaves nobody. @param weights of the arms, in their order. */
export function sizedArms(arms: readonly NoisyMoments[], weights: readonly number[]): SizedArms {
  const counts = arms.map(({ sums, noise }) => ({ people: sums.n, noise: noise.n }));
  const { level, variance, shares } = levelOf(counts, weights);
  if (!(level > 0)) throw new RangeError(`sizedArms: there must be people in the arms, got ${level}`);
  const sized = arms.map(({ sums, noise, isBinary }, arm) => {
    const expected = level * shares[arm];
    const trusted = expected > 0 ? expected / (expected + noise.n ** 2) : 0;
    const n = expected + (sums.n - expected) * trusted;
    return { sums: { ...sums, n }, noise: { ...noise, n: noise.n * Math.sqrt(trusted) }, isBinary };
  });
  return { arms: sized, commonError: Math.sqrt(Math.max(0, variance - level)) / level };
}

/** Two of them. */
export interface Pair {
  readonly control: NoisyMoments;
  readonly treatment: NoisyMoments;
  readonly commonError: number;
}

export function pairOf(
  { arms, commonError }: SizedArms,
  { control, treatment }: { readonly control: number; readonly treatment: number },
): Pair {
  return { control: arms[control], treatment: arms[treatment], commonError };
}
