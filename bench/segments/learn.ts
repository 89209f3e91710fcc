/**
 * A crowd learns segments privately, in one process: what every browser, both aggregators and the server do,
 * without the network and without masks, which cancel (bench/private.ts). The guarantee counts the noise of
 * one aggregator.
 */
import type { RandomFill } from "../../core/bytes.ts";
import { featureVector, vectorEntries } from "../../core/profile/featurevector.ts";
import { imputedVector } from "../../core/profile/imputation.ts";
import { placeIn, type Segments, segmentOf } from "../../core/profile/segments.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import {
  clippedForRounding,
  decodeFixed,
  encodeFixed,
  maxReportsWithoutOverflow,
} from "../../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../../core/sum/noise.ts";
import { segmentContributionOf } from "../../core/tasks/segments/contribution.ts";
import { segments as kind, type SegmentsSettings } from "../../core/tasks/segments/kind.ts";
import { integerSigmaOf, rhoOf } from "../../core/tasks/task.ts";
import {
  askedNext,
  type Learned,
  type Learning,
  learnedAfter,
  nothingLearned,
  type SegmentPlan,
  type Stage,
  settingsFor,
} from "../../server/kinds/segments/rounds.ts";
import type { LearnedSpace } from "../../server/kinds/segments/space.ts";
import { type SegmentSums, segmentSumsOf } from "../../server/kinds/segments/sums.ts";

/** Rounding stays far below noise, and the sums of 100,000 people within the field: one lane holds them. */
const fractionBits = 11;

export interface Privacy {
  /** Of all rounds together; no noise where it is unbounded. */
  readonly rho: number;
  readonly fill: RandomFill;
}

export interface LearnedPrivately {
  readonly learned: Learned;
  /** What a person's reports on all rounds cost together: zCDP, counting one honest aggregator's noise. */
  readonly rho: number;
  /** Of the round on spreads. */
  readonly spread: SegmentSums;
}

/** A person's vector; the space is null before k is chosen. */
export type VectorOf = (
  person: FeatureValues,
  center: ArrayLike<number>,
  space: LearnedSpace | null,
) => Float64Array;

/** What is unknown stands at the centre. */
export const withMean: VectorOf = (person, center) => featureVector(person, center);

/** What is unknown is told by the rest, as devices do it. */
export const withOthers: VectorOf = (person, center, space) =>
  space === null ? withMean(person, center, space) : imputedVector(space, person, vectorEntries);

/** @throws {RangeError} for more people than a sum holds. */
export function learnSegments(
  people: readonly FeatureValues[],
  plan: SegmentPlan,
  { rho, fill, vectorOf = withOthers }: Privacy & { readonly vectorOf?: VectorOf },
): LearnedPrivately {
  const stages: readonly Stage[] = ["locate", "spread", "explore", "refine"];
  const whole = stages.reduce((sum, stage) => sum + plan.rounds[stage] * plan.shares[stage], 0);
  let learning: Learning = nothingLearned(plan);
  let spent = 0;
  let spread: SegmentSums | null = null;
  while (learning.stage !== "learned") {
    const settings = settingsFor(askedNext(learning, plan));
    const space = learning.stage === "refine" ? learning.space : null;
    const vectors = people.map((person) => vectorOf(person, settings.center, space));
    const noiseMultiplier = 1 / Math.sqrt((2 * rho * plan.shares[learning.stage]) / whole);
    const sigma = noiseMultiplier * kind.layoutOf(settings).sensitivity;
    spent += rhoOf({ sensitivity: kind.layoutOf(settings).sensitivity, sigma });
    const sums = sumsOf(vectors, settings, { sigma, fill });
    if (learning.stage === "spread") spread = sums;
    learning = learnedAfter(learning, sums, plan);
  }
  if (spread === null) throw new RangeError("learnSegments: the plan must have a round on spreads, got none");
  return { learned: learning, rho: spent, spread };
}

/**
 * Everybody's report, and the noise of both aggregators: `sigma` is each one's, in the units of the vector.
 */
function sumsOf(
  vectors: readonly Float64Array[],
  settings: SegmentsSettings,
  { sigma, fill }: { readonly sigma: number; readonly fill: RandomFill },
): SegmentSums {
  const { length, sensitivity } = kind.layoutOf(settings);
  const integerSigma = integerSigmaOf({ sigma, fractionBits });
  const most = maxReportsWithoutOverflow({ largest: sensitivity, fractionBits, sigma: integerSigma });
  if (vectors.length > most) {
    throw new RangeError(`learnSegments: people must be at most ${most}, got ${vectors.length}`);
  }
  const total = new Float64Array(length);
  for (const vector of vectors) {
    const place = placeIn(settings, vector);
    const values = segmentContributionOf(settings, place, settings);
    const integers = encodeFixed(
      clippedForRounding(values, { sensitivity, fractionBits }),
      { fractionBits },
      fill,
    );
    for (let at = 0; at < length; at++) total[at] += integers[at];
  }
  for (let aggregator = 0; aggregator < 2; aggregator++) {
    const noise = discreteGaussian(length, integerSigma, fill);
    for (let at = 0; at < length; at++) total[at] += noise[at];
  }
  const sum = decodeFixed(total, { fractionBits });
  return segmentSumsOf(sum, { centroids: settings, scales: settings, variance: 2 * sigma ** 2 });
}

/** The segment of each person, as their device would know it. */
export function segmentsOf(
  people: readonly FeatureValues[],
  { space, centroids }: Pick<Learned, "space" | "centroids">,
  vectorOf: VectorOf = withOthers,
): Int32Array {
  const published: Segments = { ...space, ...centroids };
  return Int32Array.from(people, (person) => segmentOf(published, vectorOf(person, space.center, space)));
}
