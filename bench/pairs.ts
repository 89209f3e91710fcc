/**
 * A crowd learns pairs privately, in one process: each person's one report, both aggregators' noise, and what the
 * server makes of the sum. Masks, which cancel, are left out (bench/private.ts). One number is exact, from the logs:
 * how much more often two items stand together than by chance.
 */
import type { RandomFill } from "../core/bytes.ts";
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
import { type PairPattern, patternOf } from "../core/tasks/itempairs/pattern.ts";
import { shrunkenShares } from "../server/kinds/itemfactors/smoothing.ts";
import { eachPair, type PairSums, pairSumsOf, shrunkenPairs } from "../server/kinds/itempairs/sums.ts";
import { pairWeights } from "../server/kinds/itempairs/weights.ts";
import type { Person } from "./data.ts";
import type { ScoresOf } from "./judge.ts";
import { fractionBits } from "./private.ts";

export interface PairSettings extends PairScales {
  /** Nearest items by content that an item makes pairs with. */
  readonly nearest: number;
  /** Of the regressions, as a part of the people. */
  readonly ridge: number;
  /** Standard deviation of each aggregator's noise, as a multiple of clipL2. */
  readonly noiseMultiplier: number;
}

export interface LearnedPairs {
  readonly pattern: PairPattern;
  /** As `pairWeights` has them. */
  readonly weights: Float64Array;
  /** Share of people by item. */
  readonly shares: Float64Array;
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

const leastShare = 1e-5;
/** In people: what fewer have in common may be chance, however small the crowd. */
const leastRidge = 20;

export function learnPairs(
  { people, content, contentDim, fill }: PairCrowd,
  settings: PairSettings,
): LearnedPairs {
  const values = dequantizeRows(content, contentDim);
  const count = values.length / contentDim;
  const pattern = patternOf({ values, count, dim: contentDim }, settings.nearest);
  const layout = pairLayout(pattern);
  const { sum, variance } = noisySum(people, pattern, settings, fill);
  const sums = pairSumsOf(sum, { layout, scales: settings, variance });
  const shares = sharesOf(sums, { content, contentDim });
  const cosines = cosinesOf(pattern, values, contentDim);
  const scale = people.length / sums.people;
  const pairs = shrunkenPairs(sums, { pattern, shares, cosines }).map((value) => value * scale);
  const gram = { pattern, shares, pairs, people: people.length, unlisted: chanceOf(people) };
  return {
    pattern,
    weights: pairWeights(gram, Math.max(leastRidge, settings.ridge * people.length)),
    shares,
    vectorLength: layout.length,
  };
}

/**
 * Scores by what a person's items say for their neighbours.
 *
 * @param strengthOf how loud an item speaks of which the person has this weight; alike where nothing is said.
 */
export function pairScores(
  { pattern, weights }: LearnedPairs,
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

function noisySum(
  people: readonly Person[],
  pattern: PairPattern,
  { noiseMultiplier, ...scales }: PairSettings,
  fill: RandomFill,
): { readonly sum: Float64Array; readonly variance: number } {
  const known = new Map<Person, PairContribution>();
  const contributions = people.map((person) => {
    const contribution = known.get(person) ?? pairContributionOf(pattern, person.items, scales);
    known.set(person, contribution);
    return contribution;
  });
  const sigma = noiseMultiplier * scales.clipL2;
  const sensitivity = sensitivityOf(scales);
  const sum = sumOf(contributions, { length: pairLayout(pattern).length, sensitivity, sigma, fill });
  return { sum, variance: 2 * sigma ** 2 };
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

function sharesOf(sums: PairSums, publicItems: Pick<PairCrowd, "content" | "contentDim">): Float64Array {
  const everywhere = (value: number) => new Float64Array(sums.counts.length).fill(value);
  const { counts, people, countVariance } = sums;
  return shrunkenShares(
    { counts, people: everywhere(people), countVariance: everywhere(countVariance) },
    publicItems,
  ).map((share) => Math.min(1, Math.max(leastShare, share)));
}

function cosinesOf(pattern: PairPattern, rows: Float64Array, dim: number): Float64Array {
  const cosines = new Float64Array(pattern.pairCount);
  eachPair(pattern, (pair, a, b) => {
    let product = 0;
    for (let k = 0; k < dim; k++) product += rows[a * dim + k] * rows[b * dim + k];
    cosines[pair] = product;
  });
  return cosines;
}

/** How much more often two items stand together than by chance, over all pairs. */
function chanceOf(people: readonly Person[]): number {
  let [both, one] = [0, 0];
  for (const { items } of people) {
    both += items.length * (items.length - 1);
    one += items.length;
  }
  return (both / one ** 2) * people.length;
}
