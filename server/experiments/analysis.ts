/**
 * One metric of an experiment: what each arm has, and how each treatment compares with the control, of the
 * cells of some looks together.
 *
 *   0 or 1         proportions (proportions.ts)           ratio      delta method and Fieller (ratios.ts)
 *   otherwise      means (means.ts)                       adjusted   means of y - theta x (cuped.ts)
 *
 * Where there are kinds of visitors treatments are compared within each (strata.ts), but for ratios: few visitors of a
 * kind are no denominator. How many people an arm has is told by its weight, too (armsizes.ts).
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
import { differenceOfProportions, proportionOf, twoProportions } from "./statistics/proportions.ts";
import { ratioOf, twoRatios } from "./statistics/ratios.ts";
import { isEnough, postStratified, togetherWhereFew } from "./statistics/strata.ts";

export interface Compared {
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
  /** The control first: means of a person, or ratios. Beside each other, as what all counts may be off by is not in them. */
  readonly arms: readonly Estimate[];
  /** The same by themselves. */
  readonly means: readonly Effect[];
  /** As they were summed, all strata together. */
  readonly moments: readonly NoisyMoments[];
  /** Of each treatment. */
  readonly treatments: readonly Compared[];
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
 * Null where an arm has too few people, beside the noise, to tell anything, and where all of them did the
 * same.
 */
export function analysed(cells: ExperimentCells, { metric, at, weights, alpha }: Asked): Analysed | null {
  const test = testOf(metric);
  const summed = cells.arms.map((strata) =>
    strata.map((cell) => momentsOf(cell, { at, isBinary: isBinary(metric) })),
  );
  const moments = summed.map(addMoments);
  if (!isEnough(moments)) return null;
  const strata = summed[0].map((_, stratum) => summed.map((arm) => arm[stratum]));
  const sized = sizedArms(moments, weights);
  const [whole, within] =
    metric.isAdjusted === true
      ? [adjustmentOf(sized.arms), adjustmentOf(togetherWhereFew(strata).flat())]
      : [null, null];
  const isStratified = metric.per === undefined && togetherWhereFew(strata).length > 1;
  const treatments: Compared[] = [];
  for (const treatment of weights.keys()) {
    if (treatment === 0) continue;
    const arms = { control: 0, treatment };
    const of = (some: readonly NoisyMoments[], adjustment: Adjustment | null): Pair =>
      pairOf(heldBy(sizedArms(some, weights), adjustment), arms);
    const pair = of(moments, whole);
    const stratified = isStratified
      ? postStratified(strata, { ...arms, weights }, (one) => test.estimateOf(adjustedBy(one, within)))
      : null;
    const effect = stratified === null ? test.effectOf(pair, alpha) : effectOf(stratified, alpha);
    if (effect === null) return null;
    const difference = stratified ?? test.differenceOf(pair);
    if (!(difference.variance > 0)) return null;
    treatments.push({
      ...{ difference, effect },
      strata: strata.map((some) => (isEnough(some) ? test.effectOf(of(some, within), alpha) : null)),
    });
  }
  const all = addMoments(sized.arms).sums;
  // What was taken off all arms alike is put back, so that means stay means.
  const back = whole === null ? 0 : (whole.theta * all.x) / all.n;
  const arms = heldBy(sized, whole).arms.map((one) => {
    const estimate = test.estimateOf(one);
    return { ...estimate, value: estimate.value + back };
  });
  const means = arms.map((one) =>
    effectOf({ ...one, varianceOfSize: (one.value * sized.commonError) ** 2 }, alpha),
  );
  return { people: all.n, arms, means, moments, treatments };
}

interface Test {
  readonly estimateOf: (moments: NoisyMoments) => Estimate;
  readonly differenceOf: (pair: Pair) => Difference;
  readonly effectOf: (pair: Pair, alpha: number) => Effect | null;
}

function testOf(metric: Metric): Test {
  if (metric.per !== undefined) {
    return {
      estimateOf: ratioOf,
      differenceOf: ({ control, treatment }) => differenceOf(ratioOf(control), ratioOf(treatment)),
      effectOf: twoRatios,
    };
  }
  return isBinary(metric) && metric.isAdjusted !== true
    ? { estimateOf: proportionOf, differenceOf: differenceOfProportions, effectOf: twoProportions }
    : { estimateOf: meanOf, differenceOf: differenceOfMeans, effectOf: welch };
}

function heldBy({ arms, commonError }: SizedArms, adjustment: Adjustment | null): SizedArms {
  return { arms: arms.map((one) => adjustedBy(one, adjustment)), commonError };
}

function adjustedBy(moments: NoisyMoments, adjustment: Adjustment | null): NoisyMoments {
  return adjustment === null ? moments : adjusted(moments, adjustment);
}
