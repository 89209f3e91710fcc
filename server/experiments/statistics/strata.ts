/**
 * Post-stratification: arms are compared within each kind of visitors, and the differences averaged by how
 * many of the experiment's people are of the kind (Miratrix, Sekhon, Yu 2013; Xie, Aurisset 2016). So it does
 * not matter that an arm got more of one kind by chance.
 *
 *   difference = sum w_k d_k,   w_k = N_k / N of all arms
 *   V = sum w_k^2 V_k,
 *   and where the d_k are not all 0, sum (d_k - difference)^2 noise_Nk^2 / N^2 for the weights
 *
 * Noise makes the number of people of a small stratum too uncertain to divide by: strata whose count is not
 * `certainty` times its noise, or where one of both arms has under `fewest` people, are put together,
 * smallest first, until they are. How many people there are says nothing about what they did, so that the
 * choice moves no result. Where noise is large one stratum is left, and the plain difference. All counts of
 * arms, those that are held against `fewest` included, are as armsizes.ts has them: they are what is divided
 * by.
 */
import { sizedArms } from "./armsizes.ts";
import { combined, type Difference, differenceOf, type Estimate } from "./estimate.ts";
import { addMoments, type NoisyMoments } from "./moments.ts";

/** One stratum: its arms in order. */
export type Stratum = readonly NoisyMoments[];

const certainty = 5;
const fewest = 20;

/** Treatment less control, of what `estimateOf` makes of an arm in a stratum. */
export function postStratified(
  strata: readonly Stratum[],
  {
    control,
    treatment,
    weights,
  }: { readonly control: number; readonly treatment: number; readonly weights: readonly number[] },
  estimateOf: (moments: NoisyMoments) => Estimate,
): Difference {
  const parts = togetherWhereFew(strata, { weights, compared: [control, treatment] }).map((told) => {
    const { arms, commonError } = sizedArms(told, weights);
    const people = addMoments(arms).sums.n;
    const difference = differenceOf(
      ...([estimateOf(arms[control]), estimateOf(arms[treatment])] as const),
      commonError,
    );
    return { people, noiseOfPeople: people * commonError, difference };
  });
  const people = parts.reduce((sum, part) => sum + part.people, 0);
  const whole = combined(parts.map((part) => ({ weight: part.people / people, estimate: part.difference })));
  const ofWeights = parts.reduce(
    (sum, part) => sum + ((part.difference.value - whole.value) * part.noiseOfPeople) ** 2,
    0,
  );
  const ofSizes = parts.reduce(
    (sum, part) => sum + (part.people / people) ** 2 * part.difference.varianceOfSize,
    0,
  );
  return { ...whole, varianceOfSize: ofSizes + ofWeights / people ** 2 };
}

/** What is asked of a stratum. */
export interface Compared {
  /** Of all arms. */
  readonly weights: readonly number[];
  /** The arms that must have people enough: of the others none is asked for. */
  readonly compared: readonly number[];
}

/** Strata that are large enough to be told apart, and one of all others. */
export function togetherWhereFew(strata: readonly Stratum[], asked: Compared): readonly Stratum[] {
  const few = strata.filter((arms) => !isEnough(arms, asked));
  const large = strata
    .filter((arms) => isEnough(arms, asked))
    .sort((one, other) => peopleIn(one) - peopleIn(other));
  let taken = 0;
  while (
    few.length > 0 &&
    taken < large.length &&
    !isEnough(merged([...few, ...large.slice(0, taken)]), asked)
  )
    taken++;
  const rest = [...few, ...large.slice(0, taken)];
  return rest.length === 0 ? large : [merged(rest), ...large.slice(taken)];
}

/** Whether each of these arms has enough people, beside the noise in their number, to divide by. */
export function isEnough(arms: Stratum, { weights, compared }: Compared): boolean {
  const known = armsWithEnough(arms, weights);
  return compared.every((arm) => known.includes(arm));
}

/** Numbers of the arms that have enough people; none where the number of all is too uncertain. */
export function armsWithEnough(arms: Stratum, weights: readonly number[]): readonly number[] {
  const { sums, noise } = addMoments(arms);
  if (!(sums.n > 0 && sums.n >= certainty * noise.n)) return [];
  return sizedArms(arms, weights).arms.flatMap((arm, at) => (arm.sums.n >= fewest ? [at] : []));
}

function peopleIn(arms: Stratum): number {
  return arms.reduce((sum, { sums }) => sum + sums.n, 0);
}

function merged(strata: readonly Stratum[]): Stratum {
  return strata[0].map((_, arm) => addMoments(strata.map((arms) => arms[arm])));
}
