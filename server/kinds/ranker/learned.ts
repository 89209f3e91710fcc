/**
 * The part `ranker` of a sum of contributions, of a crowd or of logs: the same numbers of the same people.
 */
import { type RankerPart, rankerLimits, type UnitShape } from "../../../core/model/ranker.ts";
import { type RankerScales, rankerSumOf } from "../../../core/tasks/ranker/contribution.ts";
import { rankedBefore, rankerWeights, ridgeFor } from "./solve.ts";

/** Chosen on September (docs/decisions/0043-the-second-stage.md). */
export const rankerScales: RankerScales = { clipL2: 1, curvatureScale: 1, weightScale: 0.1 };

/** What variety holds back, where it is in force; chosen on September, too. */
export const standardVariety = { novelty: 1, diversity: 0.2 } as const;

export interface RankerSum {
  /** Sum of contributions, in their layout (core/tasks/ranker/contribution.ts). */
  readonly values: ArrayLike<number>;
  readonly people: number;
  /** Standard deviation of the noise in each of its numbers; 0 where there is none. */
  readonly deviation: number;
}

/**
 * A part that was learned elsewhere as one of here: what it says of its own gains, and of variety, is decided
 * here.
 */
export function unjudged({ judged: _judged, ...part }: RankerPart): RankerPart {
  return { ...part, ...standardVariety };
}

/** @throws {RangeError} for sums without a solution that a part could have. */
export function rankerPartOf(
  { values, people, deviation }: RankerSum,
  {
    units,
    scales,
    origin,
  }: {
    readonly units: readonly UnitShape[];
    readonly scales: RankerScales;
    readonly origin: RankerPart["origin"];
  },
): RankerPart {
  const { curvatureScale } = scales;
  const weights = rankerWeights(rankerSumOf(values, units.length, scales), people, {
    ridge: ridgeFor(deviation, { units, people, curvatureScale }),
    before: rankedBefore(units),
  });
  const beyond = weights.find((weight) => !(Math.abs(weight) <= rankerLimits.weight));
  if (beyond !== undefined) {
    throw new RangeError(`rankerPartOf: weights must be within ${rankerLimits.weight}, got ${beyond}`);
  }
  return {
    units: units.map((unit) => ({ ...unit })),
    weights: Array.from(weights),
    ...standardVariety,
    ...{ people, origin },
  };
}
