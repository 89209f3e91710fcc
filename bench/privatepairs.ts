/**
 * A crowd learns pairs privately, in one process: each person's one report, both aggregators' noise, and what the
 * server makes of the sum. Masks, which cancel, are left out (bench/private.ts).
 */

import type { RandomFill } from "../core/bytes.ts";
import type { PairPattern } from "../core/model/pairlist.ts";
import type { RecentShares } from "../core/model/pairs.ts";
import { dequantizeRows, type QuantizedRows } from "../core/model/quantize.ts";
import { clipBeforeRounding, clippedTo, encodeFixed } from "../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../core/sum/noise.ts";
import { sensitivityOf } from "../core/tasks/itemfactors/contribution.ts";
import {
  type PairContribution,
  type PairScales,
  pairContributionOf,
  pairLayout,
} from "../core/tasks/itempairs/contribution.ts";
import { noPairDefences, type PairDefences } from "../server/kinds/itempairs/defences.ts";
import {
  learnedFrom,
  type PairRegression,
  type PublicPairs,
  publicPairsOf,
  type SummedReports,
} from "../server/kinds/itempairs/learned.ts";
import { patternOf } from "../server/kinds/itempairs/nearest.ts";
import type { Person } from "./data.ts";
import type { ScoresOf } from "./judge.ts";
import { fractionBits } from "./private.ts";

export interface PairSettings extends PairScales, PairRegression {
  /** Nearest items by content that an item makes pairs with. */
  readonly nearest: number;
  /** Standard deviation of each aggregator's noise, as a multiple of clipL2. */
  readonly noiseMultiplier: number;
}

/** What neighbours say for each item. */
export interface ListedWeights {
  readonly pattern: PairPattern;
  /** As `pairWeights` has them. */
  readonly weights: Float64Array;
}

export interface LearnedPairs extends ListedWeights {
  /** Share of people by item. */
  readonly shares: Float64Array;
  readonly recent: RecentShares | null;
  /** Numbers in a report. */
  readonly vectorLength: number;
}

export interface PairCrowd {
  /** Whoever reports; a person may stand in it several times. */
  readonly people: readonly Person[];
  readonly content: QuantizedRows;
  readonly contentDim: number;
  readonly fill: RandomFill;
}

/** What was bought lately speaks louder: for `pairScores`. */
export const agedStrength = (weight: number): number => Math.sqrt(weight);

export function learnPairs(crowd: PairCrowd, settings: PairSettings): LearnedPairs {
  return learnListed(publicPairs(crowd, settings.nearest), crowd, settings);
}

/** On a list that is there. */
export function learnListed(
  known: PublicPairs,
  { people, fill }: Pick<PairCrowd, "people" | "fill">,
  settings: PairSettings,
): LearnedPairs {
  const sum = noisySum(people, known.pattern, settings, fill);
  return learnedOf(known, { reports: people.length, values: sum, lanes: 1 }, settings, noPairDefences);
}

type ContentRows = Pick<PairCrowd, "content" | "contentDim">;

/** Each item with so many nearest by content. */
export function publicPairs({ content, contentDim }: ContentRows, nearest: number): PublicPairs {
  const values = dequantizeRows(content, contentDim);
  const pattern = patternOf({ values, count: values.length / contentDim, dim: contentDim }, { nearest });
  return publicPairsOf(pattern, { content, contentDim });
}

/** Reports added up over the lanes that count, each with the noise of both aggregators. */
export interface SummedLanes {
  readonly reports: number;
  readonly values: Float64Array;
  readonly lanes: number;
}

/** With the variance of the noise in each number. */
export function summedReports(
  { reports, values, lanes }: SummedLanes,
  { noiseMultiplier, clipL2 }: Pick<PairSettings, "noiseMultiplier" | "clipL2">,
): SummedReports {
  return { reports, values, variance: 2 * lanes * (noiseMultiplier * clipL2) ** 2 };
}

/** What a server makes of a sum. */
export function learnedOf(
  known: PublicPairs,
  summed: SummedLanes,
  settings: PairSettings,
  defences: PairDefences,
): LearnedPairs {
  const { pattern } = known;
  const learned = learnedFrom(known, summedReports(summed, settings), settings, defences);
  return { ...learned, pattern, vectorLength: pairLayout(pattern).length };
}

/** What is made of each of a crowd, once of whoever stands in it several times. */
export function oncePer<One, Made>(crowd: readonly One[], make: (one: One) => Made): readonly Made[] {
  const made = new Map<One, Made>();
  return crowd.map((one) => {
    const known = made.get(one) ?? make(one);
    made.set(one, known);
    return known;
  });
}

/**
 * Scores by what a person's items say for their neighbours.
 *
 * @param strengthOf how loud an item speaks of which the person has this weight; alike where nothing is said.
 */
export function pairScores(
  { pattern, weights }: ListedWeights,
  strengthOf: (weight: number) => number = () => 1,
): ScoresOf {
  const { starts, neighbours } = pattern;
  const count = starts.length - 1;
  return ({ items, weights: theirs }) => {
    const has = new Float64Array(count);
    items.forEach((item, at) => {
      has[item] = strengthOf(theirs[at]);
    });
    const scores = new Float64Array(count);
    for (let item = 0; item < count; item++) {
      for (let at = starts[item]; at < starts[item + 1]; at++) {
        scores[item] += has[neighbours[at]] * weights[at];
      }
    }
    return scores;
  };
}

/** One lane: everybody's report on the items that they have, and the noise of both aggregators. */
export function noisySum(
  people: readonly Person[],
  pattern: PairPattern,
  settings: PairSettings,
  fill: RandomFill,
): Float64Array {
  const contributions = oncePer(people, (person) => pairContributionOf(pattern, person, settings));
  return reportSum(contributions, pattern, settings, fill);
}

/** One lane of such reports. */
export function reportSum(
  contributions: readonly PairContribution[],
  pattern: PairPattern,
  { noiseMultiplier, ...scales }: PairScales & Pick<PairSettings, "noiseMultiplier">,
  fill: RandomFill,
): Float64Array {
  const { length } = pairLayout(pattern);
  const sigma = noiseMultiplier * scales.clipL2;
  return sumOf(contributions, { length, sensitivity: sensitivityOf(scales), sigma, fill });
}

export interface Summing {
  readonly length: number;
  /** Largest L2 norm of a contribution, rounding included. */
  readonly sensitivity: number;
  /** Standard deviation of each aggregator's noise. */
  readonly sigma: number;
  readonly fill: RandomFill;
}

/** Contributions as reports carry them, added up, with the noise of both aggregators. */
export function sumOf(
  contributions: readonly Pick<PairContribution, "places" | "values">[],
  { length, sensitivity, sigma, fill }: Summing,
): Float64Array {
  const integers = new Float64Array(length);
  const unit = 2 ** fractionBits;
  const most = clipBeforeRounding({ clipL2: sensitivity, length, fractionBits });
  for (const { places, values } of contributions) {
    const rounded = encodeFixed(clippedTo(values, most), { fractionBits }, fill);
    for (let k = 0; k < rounded.length; k++) integers[places[k]] += rounded[k];
  }
  if (sigma > 0) {
    for (const _aggregator of ["leader", "helper"]) {
      const noise = discreteGaussian(length, sigma * unit, fill);
      for (let k = 0; k < length; k++) integers[k] += noise[k];
    }
  }
  return integers.map((value) => value / unit);
}

/** How much more often two items stand together than by chance, over all pairs. */
export function chanceOf(people: readonly Person[]): number {
  let [both, one] = [0, 0];
  for (const { items } of people) {
    both += items.length * (items.length - 1);
    one += items.length;
  }
  return (both / one ** 2) * people.length;
}
