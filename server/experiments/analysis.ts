/**
 * One metric of an experiment: what each arm has, and how each treatment compares with the control, of the
 * cells of some looks together.
 *
 *   0 or 1         proportions (proportions.ts)           ratio      delta method (ratios.ts)
 *   otherwise      means (means.ts)                       adjusted   means of y - theta x (cuped.ts)
 *
 * Where there are kinds of visitors treatments are compared within each (strata.ts); p is then that of the
 * averaged difference.
 */
import { isBinary, type Metric } from "../../core/experiments/experiment.ts";
import type { ExperimentCells } from "../../core/tasks/experiments/cells.ts";
import { adjusted, adjustmentOf } from "./cuped.ts";
import { differenceOf, type Estimate, effectOf } from "./estimate.ts";
import { meanOf } from "./means.ts";
import { addMoments, momentsOf, type NoisyMoments } from "./moments.ts";
import { pooledTest, proportionOf } from "./proportions.ts";
import { pooledRatioTest, ratioOf } from "./ratios.ts";
import { certainty, isEnough, postStratified, togetherWhereFew } from "./strata.ts";

export interface Compared {
  /** Treatment less control. */
  readonly difference: Estimate;
  /** Of there being none. */
  readonly p: number;
  /** Within each stratum; null: too few people there. */
  readonly strata: readonly (Estimate | null)[];
}

export interface Analysed {
  /** Of all arms. */
  readonly people: number;
  /** The control first. */
  readonly arms: readonly Estimate[];
  /** As they were summed, all strata together. */
  readonly moments: readonly NoisyMoments[];
  /** Of each treatment. */
  readonly treatments: readonly Compared[];
}

/** @param at number of the metric. Null where an arm has too few people, beside the noise, to tell anything,
 * and where all of them did the same. */
export function analysed(cells: ExperimentCells, metric: Metric, at: number): Analysed | null {
  const binary = isBinary(metric);
  const summed = cells.arms.map((strata) => strata.map((cell) => momentsOf(cell, { at, isBinary: binary })));
  const moments = summed.map(addMoments);
  const isTold = (some: readonly NoisyMoments[]): boolean =>
    isEnough(some) && (metric.per === undefined || some.every(hasDenominator));
  if (!isTold(moments)) return null;
  const estimateOf = metric.per !== undefined ? ratioOf : binary ? proportionOf : meanOf;
  const strataOf = (arms: readonly (readonly NoisyMoments[])[]) =>
    arms[0].map((_, stratum) => arms.map((strata) => strata[stratum]));
  const isAdjusted = metric.isAdjusted === true;
  const adjustment = isAdjusted ? adjustmentOf(togetherWhereFew(strataOf(summed)).flat()) : null;
  const heldBy = (one: NoisyMoments) => (adjustment === null ? one : adjusted(one, adjustment));
  const arms = summed.map((strata) => strata.map(heldBy));
  const wholes = moments.map(heldBy);
  const strata = strataOf(arms);
  const all = addMoments(moments);
  // What was taken off all arms alike is put back, so that means stay means.
  const back = adjustment === null ? 0 : (adjustment.theta * all.sums.x) / all.sums.n;
  const told = (one: NoisyMoments): Estimate => {
    const estimate = estimateOf(one);
    return { ...estimate, value: estimate.value + back };
  };
  const together = togetherWhereFew(strata);
  const isOne = together.length === 1 || !together.every(isTold);
  const treatments = wholes.slice(1).map((whole, index): Compared => {
    const pair = { control: 0, treatment: index + 1 };
    const difference = isOne
      ? differenceOf(estimateOf(wholes[0]), estimateOf(whole))
      : postStratified(strata, pair, estimateOf);
    const p =
      isOne && metric.per !== undefined
        ? pooledRatioTest(wholes[0], whole).p
        : isOne && binary
          ? pooledTest(wholes[0], whole).p
          : effectOf(difference, 0.5).p;
    const within = strata.map((cell) => {
      const two = [cell[0], cell[pair.treatment]];
      return isTold(two) ? differenceOf(estimateOf(two[0]), estimateOf(two[1])) : null;
    });
    return { difference, p, strata: within };
  });
  // Where everybody did the same, nobody anything, there is nothing to compare.
  if (treatments.some(({ difference }) => !(difference.variance > 0))) return null;
  return { people: all.sums.n, arms: wholes.map(told), moments, treatments };
}

/** What a ratio is divided by, beside the noise in it: as of people (strata.ts). */
function hasDenominator({ sums, noise }: NoisyMoments): boolean {
  return sums.x > certainty * noise.x;
}
