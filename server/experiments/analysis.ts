/**
 * One metric of an experiment: what each arm has, and how each treatment compares with the control, of the
 * cells of some looks together.
 *
 *   0 or 1         proportions (proportions.ts)           ratio      delta method and Fieller (ratios.ts)
 *   otherwise      means (means.ts)                       adjusted   means of y - theta x (cuped.ts)
 *
 * Where there are kinds of visitors treatments are compared within each (strata.ts), but for ratios: few
 * visitors of a kind are no denominator. How many people an arm has is told by its weight, too (armsizes.ts).
 */
import { isBinary, type Metric } from "../../core/experiments/experiment.ts";
import type { ExperimentCells } from "../../core/tasks/experiments/cells.ts";
import { type Pair, pairOf, type SizedArms, sizedArms } from "./statistics/armsizes.ts";
import { type Adjustment, adjusted, adjustmentOf } from "./statistics/cuped.ts";
import {
  type Difference,
  differenceOf,
  type Effect,
  type Estimate,
  effectOf,
} from "./statistics/estimate.ts";
import { differenceOfMeans, meanOf, welch } from "./statistics/means.ts";
import { addMoments, momentsOf, type NoisyMoments } from "./statistics/moments.ts";
import {
  differenceOfProportions,
  proportionOf,
  twoProportions,
  wilsonInterval,
} from "./statistics/proportions.ts";
import { ratioOf, twoRatios } from "./statistics/ratios.ts";
import { armsWithEnough, isEnough, postStratified, togetherWhereFew } from "./statistics/strata.ts";

export interface ComparedArm {
  /** Treatment less control. */
  readonly difference: Difference;
  /** The same with its test and interval. */
  readonly effect: Effect;
  /** Within each stratum; null: too few people there. */
  readonly strata: readonly (Effect | null)[];
}

export interface Analysed {
  /** Of all arms. */
  readonly people: number;
  /**
   * The control first: means of a person, or ratios; null: an arm of too few people. Beside each other, as
   * what all counts may be off by is not in them.
   */
  readonly arms: readonly (Estimate | null)[];
  /** The same by themselves. */
  readonly means: readonly (Effect | null)[];
  /** As they were summed, all strata together. */
  readonly moments: readonly NoisyMoments[];
  /** Of each treatment; null: it has too few people, or all of both arms did the same. */
  readonly treatments: readonly (ComparedArm | null)[];
}

export interface Asked {
  readonly metric: Metric;
  /** Number of the metric. */
  readonly at: number;
  /** Of the arms. */
  readonly weights: readonly number[];
  readonly alpha: number;
}

/**
 * Null where the control, or every treatment, has nothing to tell: too few people beside the noise, or all
 * alike.
 */
export function analysed(cells: ExperimentCells, { metric, at, weights, alpha }: Asked): Analysed | null {
  const test = testOf(metric);
  const summed = cells.arms.map((strata) =>
    strata.map((cell) => momentsOf(cell, { at, isBinary: isBinary(metric) })),
  );
  const moments = summed.map(addMoments);
  const known = armsWithEnough(moments, weights);
  if (!known.includes(0)) return null;
  const strata = summed[0].map((_, stratum) => summed.map((arm) => arm[stratum]));
  const sized = sizedArms(moments, weights);
  const knownOf = (some: SizedArms): readonly NoisyMoments[] => known.map((arm) => some.arms[arm]);
  const apart = togetherWhereFew(strata, { weights, compared: known });
  const [whole, within] =
    metric.isAdjusted === true
      ? [
          adjustmentOf(knownOf(sized)),
          adjustmentOf(apart.flatMap((some) => knownOf(sizedArms(some, weights)))),
        ]
      : [null, null];
  const compare = (treatment: number): ComparedArm | null => {
    if (!known.includes(treatment)) return null;
    const arms = { control: 0, treatment };
    const asked = { weights, compared: [0, treatment] };
    const of = (some: readonly NoisyMoments[], adjustment: Adjustment | null): Pair => {
      const pair = pairOf(sizedArms(some, weights), arms);
      return {
        ...pair,
        control: adjustedBy(pair.control, adjustment),
        treatment: adjustedBy(pair.treatment, adjustment),
      };
    };
    const pair = of(moments, whole);
    const isStratified = metric.per === undefined && togetherWhereFew(strata, asked).length > 1;
    const stratified = isStratified
      ? postStratified(strata, { ...arms, weights }, (one) => test.estimateOf(adjustedBy(one, within)))
      : null;
    const effect = stratified === null ? test.effectOf(pair, alpha) : effectOf(stratified, alpha);
    if (effect === null) return null;
    const difference = stratified ?? test.differenceOf(pair);
    if (!(difference.variance > 0)) return null;
    return {
      ...{ difference, effect },
      strata: strata.map((some) => (isEnough(some, asked) ? test.effectOf(of(some, within), alpha) : null)),
    };
  };
  const treatments = weights.slice(1).map((_, index) => compare(index + 1));
  if (treatments.every((one) => one === null)) return null;
  const all = addMoments(knownOf(sized)).sums;
  // What was taken off all arms alike is put back, so that means stay means.
  const back = whole === null ? 0 : (whole.theta * all.x) / all.n;
  const arms = sized.arms.map((one, arm) => {
    if (arm > 0 && treatments[arm - 1] === null) return null;
    const estimate = test.estimateOf(adjustedBy(one, whole));
    return { ...estimate, value: estimate.value + back };
  });
  const { commonError } = sized;
  const means = arms.map((one, arm) => {
    if (one === null) return null;
    const effect = effectOf({ ...one, varianceOfSize: (one.value * commonError) ** 2 }, alpha);
    return test.isProportion
      ? { ...effect, ...wilsonInterval(sized.arms[arm], { commonError, alpha }) }
      : effect;
  });
  return { people: addMoments(sized.arms).sums.n, arms, means, moments, treatments };
}

interface Test {
  readonly isProportion: boolean;
  readonly estimateOf: (moments: NoisyMoments) => Estimate;
  readonly differenceOf: (pair: Pair) => Difference;
  readonly effectOf: (pair: Pair, alpha: number) => Effect | null;
}

function testOf(metric: Metric): Test {
  if (metric.per !== undefined) {
    return {
      isProportion: false,
      estimateOf: ratioOf,
      differenceOf: ({ control, treatment }) => differenceOf(ratioOf(control), ratioOf(treatment)),
      effectOf: twoRatios,
    };
  }
  return isBinary(metric) && metric.isAdjusted !== true
    ? {
        isProportion: true,
        estimateOf: proportionOf,
        differenceOf: differenceOfProportions,
        effectOf: twoProportions,
      }
    : { isProportion: false, estimateOf: meanOf, differenceOf: differenceOfMeans, effectOf: welch };
}

function adjustedBy(moments: NoisyMoments, adjustment: Adjustment | null): NoisyMoments {
  return adjustment === null ? moments : adjusted(moments, adjustment);
}
