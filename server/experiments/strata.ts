/**
 * Post-stratification: arms are compared within each kind of visitors, and the differences averaged by how many of the
 * experiment's people are of the kind (Miratrix, Sekhon, Yu 2013; Xie, Aurisset 2016). So it does not matter that an arm
 * got more of one kind by chance.
 *
 *   difference = sum w_k d_k,   w_k = N_k / N of all arms
 *   V = sum w_k^2 V_k + sum (d_k - difference)^2 noise_Nk^2 / N^2
 *
 * Noise makes the number of people of a small stratum too uncertain to divide by: strata in which any arm's count is not
 * `certainty` times its noise, or under `fewest` people, are put together, smallest first, until it is. How many people
 * there are says nothing about what they did, so that the choice moves no result. Nothing but one stratum is left
 * where noise is large: the plain difference then.
 */
import { combined, differenceOf, type Estimate } from "./estimate.ts";
import { addMoments, type NoisyMoments } from "./moments.ts";

/** One stratum: its arms in order. */
export type Stratum = readonly NoisyMoments[];

/** So many standard deviations of its noise a number must have to be divided by. */
export const certainty = 5;
const fewest = 20;

/** Treatment less control, of what `estimateOf` makes of an arm in a stratum. */
export function postStratified(
  strata: readonly Stratum[],
  { control, treatment }: { readonly control: number; readonly treatment: number },
  estimateOf: (moments: NoisyMoments) => Estimate,
): Estimate {
  const parts = togetherWhereFew(strata).map((arms) => {
    const { sums, noise } = addMoments(arms);
    const difference = differenceOf(estimateOf(arms[control]), estimateOf(arms[treatment]));
    return { people: sums.n, noiseOfPeople: noise.n, difference };
  });
  const people = parts.reduce((sum, part) => sum + part.people, 0);
  const whole = combined(parts.map((part) => ({ weight: part.people / people, estimate: part.difference })));
  const ofWeights = parts.reduce(
    (sum, part) => sum + ((part.difference.value - whole.value) * part.noiseOfPeople) ** 2,
    0,
  );
  return { ...whole, variance: whole.variance + ofWeights / people ** 2 };
}

/** Strata that are large enough to be told apart, and one of all others. */
export function togetherWhereFew(strata: readonly Stratum[]): readonly Stratum[] {
  const bySize = [...strata].sort((one, other) => peopleIn(one) - peopleIn(other));
  let few = 0;
  while (few < bySize.length && !isEnough(bySize[few])) few++;
  while (few > 0 && few < bySize.length && !isEnough(merged(bySize.slice(0, few)))) few++;
  const large = bySize.slice(few);
  return few === 0 ? large : [merged(bySize.slice(0, few)), ...large];
}

/** Whether every arm has enough people, beside the noise in their number, to be divided by it. */
export function isEnough(arms: Stratum): boolean {
  return arms.every(({ sums, noise }) => sums.n >= Math.max(fewest, certainty * noise.n));
}

function peopleIn(arms: Stratum): number {
  return arms.reduce((sum, { sums }) => sum + sums.n, 0);
}

function merged(strata: readonly Stratum[]): Stratum {
  return strata[0].map((_, arm) => addMoments(strata.map((arms) => arms[arm])));
}
