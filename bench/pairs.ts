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

const leastShare = 1e-5;
/** In people: what fewer have in common may be chance, however small the crowd. */
const leastRidge = 20;

export function learnPairs(crowd: PairCrowd, settings: PairSettings): LearnedPairs {
  const { people } = crowd;
  const pattern = contentPattern(crowd, settings.nearest);
  const contributions = oncePer(people, ({ items }) => pairContributionOf(pattern, items, settings));
  const { shares, pairs } = pairCounts({ ...crowd, pattern, contributions }, settings);
  const gram = { pattern, shares, pairs, people: people.length, unlisted: chanceOf(people) };
  return {
    pattern,
    weights: pairWeights(gram, Math.max(leastRidge, settings.ridge * people.length)),
    shares,
    vectorLength: pairLayout(pattern).length,
  };
}

type PublicRows = Pick<PairCrowd, "content" | "contentDim">;

/** The public list: each item with so many nearest by content. */
export function contentPattern({ content, contentDim }: PublicRows, nearest: number): PairPattern {
  const values = dequantizeRows(content, contentDim);
  return patternOf({ values, count: values.length / contentDim, dim: contentDim }, nearest);
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

export interface PairReports extends PublicRows {
  readonly pattern: PairPattern;
  /** One for each who reports. */
  readonly contributions: readonly PairContribution[];
  readonly fill: RandomFill;
}

export interface PairCounts {
  /** Share of people by item. */
  readonly shares: Float64Array;
  /** People with the pair by its number, as if everybody weighed 1. */
  readonly pairs: Float64Array;
}

/** What the server reads from a noisy sum of these reports. */
export function pairCounts(
  { pattern, contributions, fill, ...publicRows }: PairReports,
  { noiseMultiplier, ...scales }: PairScales & Pick<PairSettings, "noiseMultiplier">,
): PairCounts {
  const layout = pairLayout(pattern);
  const sigma = noiseMultiplier * scales.clipL2;
  const sum = sumOf(contributions, {
    length: layout.length,
    sensitivity: sensitivityOf(scales),
    sigma,
    fill,
  });
  const sums = pairSumsOf(sum, { layout, scales, variance: 2 * sigma ** 2 });
  const shares = sharesOf(sums, publicRows);
  const rows = dequantizeRows(publicRows.content, publicRows.contentDim);
  const cosines = cosinesOf(pattern, rows, publicRows.contentDim);
  const scale = contributions.length / sums.people;
  return {
    shares,
    pairs: shrunkenPairs(sums, { pattern, shares, cosines }).map((value) => value * scale),
  };
}

/** Scores by what a person's items say for their neighbours. */
export function pairScores({ pattern, weights }: LearnedPairs): ScoresOf {
  const { starts, neighbours } = pattern;
  const count = starts.length - 1;
  return ({ items }) => {
    const has = new Uint8Array(count);
    for (const item of items) has[item] = 1;
    const scores = new Float64Array(count);
    for (let item = 0; item < count; item++) {
      for (let at = starts[item]; at < starts[item + 1]; at++) {
        if (has[neighbours[at]] === 1) scores[item] += weights[at];
      }
    }
    return scores;
  };
}

interface Summing {
  readonly length: number;
  /** Largest L2 norm of a contribution, rounding included. */
  readonly sensitivity: number;
  /** Standard deviation of each aggregator's noise. */
  readonly sigma: number;
  readonly fill: RandomFill;
}

/** Contributions as reports carry them, added up, with the noise of both aggregators. */
function sumOf(
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

/**
 * How much each item is had, from one report each: a one for each of a person's items, all scaled to length 1.
 *
 * @param sigma standard deviation of each aggregator's noise.
 */
export function noisyCounts(
  people: readonly Uint32Array[],
  length: number,
  sigma: number,
  fill: RandomFill,
): Float64Array {
  const contributions = people.map((places) => ({
    places,
    values: new Float64Array(places.length).fill(1 / Math.sqrt(Math.max(1, places.length))),
  }));
  return sumOf(contributions, { length, sensitivity: 1, sigma, fill });
}

function sharesOf(sums: PairSums, publicItems: PublicRows): Float64Array {
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

/** Scores of both, each with mean 0 and variance 1 over the items, in the given parts. */
export function mixed(a: ScoresOf, b: ScoresOf, partOfB: number): ScoresOf {
  return (known) => {
    const [first, second] = [standardised(a(known)), standardised(b(known))];
    return first.map((score, item) => (1 - partOfB) * score + partOfB * second[item]);
  };
}

function standardised(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  const deviation = Math.sqrt(variance);
  return scores.map((score) => (deviation === 0 ? 0 : (score - mean) / deviation));
}
