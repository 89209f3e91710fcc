/**
 * What a round of sums of pairs teaches: counts within their bounds (defences.ts), pulled towards what is expected
 * (sums.ts), and weights by a small regression for each item (weights.ts). Pure, and of public rows and noisy sums
 * alone.
 */
import { eachPair, type PairPattern } from "../../../core/model/pairlist.ts";
import type { RecentShares } from "../../../core/model/pairs.ts";
import { dequantizeRows } from "../../../core/model/quantize.ts";
import { type PairScales, pairLayout } from "../../../core/tasks/itempairs/contribution.ts";
import type { PublicItems } from "../itemfactors/knowledge.ts";
import { shrunkenShares } from "../itemfactors/smoothing.ts";
import { limitedCounts, limitedPairs, limitedWeights, type PairDefences } from "./defences.ts";
import { type PairSums, pairSumsOf, shrunkenPairs } from "./sums.ts";
import { pairWeights } from "./weights.ts";

type ContentRows = Pick<PublicItems, "content" | "contentDim">;

/** What is public: known before the first report. */
export interface PublicPairs extends ContentRows {
  readonly pattern: PairPattern;
  /** Inner product of the content rows, by number of the pair. */
  readonly cosines: Float64Array;
}

/** A list and the content of its items, in its order. */
export function publicPairsOf(pattern: PairPattern, { content, contentDim }: ContentRows): PublicPairs {
  const rows = dequantizeRows(content, contentDim);
  const cosines = new Float64Array(pattern.pairCount);
  eachPair(pattern, (pair, a, b) => {
    let product = 0;
    for (let k = 0; k < contentDim; k++) product += rows[a * contentDim + k] * rows[b * contentDim + k];
    cosines[pair] = product;
  });
  return { content, contentDim, pattern, cosines };
}

/** Reports added up, and the variance of all the noise in each number of their sum. */
export interface SummedReports {
  readonly reports: number;
  readonly values: Float64Array;
  readonly variance: number;
}

export interface PairCounts {
  /** Within their bounds, as weighted people and with their noise. */
  readonly sums: PairSums;
  /** Share of people by item, above 0. */
  readonly shares: Float64Array;
  /** People with the pair by its number, as if everybody weighed 1. */
  readonly pairs: Float64Array;
  /** Null where they are too few to say anything. */
  readonly recent: RecentShares | null;
}

const leastShare = 1e-5;

/** What a server reads from a sum. */
export function countsFrom(
  { pattern, cosines, ...rows }: PublicPairs,
  { reports, values, variance }: SummedReports,
  scales: PairScales,
  defences: PairDefences,
): PairCounts {
  const said = pairSumsOf(values, { layout: pairLayout(pattern), scales, variance });
  const counted = limitedCounts(said, { ...scales, reports }, defences);
  const shares = sharesOf(counted, rows);
  const sums = limitedPairs(counted, { pattern, shares }, defences);
  const scale = reports / sums.people;
  const pairs = shrunkenPairs(sums, { pattern, shares, cosines }).map((value) => value * scale);
  return { sums, shares, pairs, recent: recentOf(sums, shares, rows) };
}

/** In standard deviations of all counts of lately together. */
const leastRecent = 4;

/**
 * Scaled so that all of them sum to what the shares do; one standard deviation of noise, or a whole weight,
 * is their floor.
 */
function recentOf(
  { recent, people, recentVariance }: PairSums,
  shares: Float64Array,
  rows: ContentRows,
): RecentShares | null {
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  if (!(total(recent) > leastRecent * Math.sqrt(recent.length * recentVariance))) return null;
  const lately = shrunken({ counts: recent, people, variance: recentVariance }, rows).map((share) =>
    Math.max(leastShare, share),
  );
  const scale = total(shares) / total(lately);
  const floor = (scale * Math.max(1, Math.sqrt(recentVariance))) / people;
  return floor > 1 ? null : { shares: lately.map((share) => Math.min(1, scale * share)), floor };
}

export interface PairRegression {
  /** As a part of the people. */
  readonly ridge: number;
  /** How much more often than by chance two items stand together that are no listed pair. */
  readonly unlisted: number;
}

export interface LearnedPairs extends Pick<PairCounts, "sums" | "recent"> {
  /** Share of people by item. */
  readonly shares: Float64Array;
  /** As `pairWeights` has them: at place p of item j, how much having neighbours[p] says for j. */
  readonly weights: Float64Array;
}

/** In people: what fewer have in common may be chance, however small the crowd. */
const leastRidge = 20;

/** What a server makes of a sum. @throws {RangeError} for sums that are no finite numbers. */
export function learnedFrom(
  known: PublicPairs,
  summed: SummedReports,
  settings: PairScales & PairRegression,
  defences: PairDefences,
): LearnedPairs {
  const { pattern } = known;
  const { reports: people } = summed;
  const { sums, shares, pairs, recent } = countsFrom(known, summed, settings, defences);
  const ridge = Math.max(leastRidge, settings.ridge * people);
  const weights = pairWeights({ pattern, shares, pairs, people, unlisted: settings.unlisted }, ridge);
  return { sums, shares, recent, weights: limitedWeights(weights, pattern, defences) };
}

function sharesOf({ counts, people, countVariance }: PairSums, rows: ContentRows): Float64Array {
  return shrunken({ counts, people, variance: countVariance }, rows).map((share) =>
    Math.min(1, Math.max(leastShare, share)),
  );
}

interface NoisyCounts {
  readonly counts: Float64Array;
  readonly people: number;
  /** Of the noise in a count. */
  readonly variance: number;
}

function shrunken({ counts, people, variance }: NoisyCounts, rows: ContentRows): Float64Array {
  const everywhere = (value: number) => new Float64Array(counts.length).fill(value);
  return shrunkenShares({ counts, people: everywhere(people), countVariance: everywhere(variance) }, rows);
}
