/**
 * What sums of pairs may say at most, however many of the reporters lie: bounds that honest sums keep to but
 * for noise, of numbers that a server has before it (sums.ts, weights.ts). Whether a report is within bounds
 * nobody can see; what a sum says of an item can be compared with what the same sum says of the others.
 *
 *   people   sum of the weights, at most the reports N, and at least N^2 / (N + S / C^2), S = sum of pairs + countScale^2 sum of counts
 *            + recentScale^2 sum of those of lately: a report that was clipped (contribution.ts) has C^2 / w = its part of S, another
 *            one w = 1, and the mean of w is at least one over the mean of 1 / w
 *   count    at most `longestCount` times the one that 99 % of the items stay below, of those that are not 0; no more
 *            below 0 than noise is; the same of the counts of lately, by `longestRecent`
 *   pair     people with both items are at most those with the rarer one, beside what noise can be
 *   row      no item's weights are longer than `longestRow` times the length that 90 % of the items' weights stay
 *            below, of those that have any
 *
 * All of it is post-processing: it costs no privacy. bench/poison.ts measures it; its --choose tries limits
 * of counts and rows on people whom nobody is judged by (docs/decisions/0029-pairs.md).
 */
import { eachPair, type PairPattern } from "../../../core/model/pairlist.ts";
import type { PairScales } from "../../../core/tasks/itempairs/contribution.ts";

import { type LaneSum, type RobustSum, robustSum } from "../robust.ts";
import type { PairSums } from "./sums.ts";

export interface PairDefences {
  /** "none" adds lanes up as they are: for measuring what the other one is worth. */
  readonly lanes: "robust" | "none";
  /** Whether the weights' sum is held between what the reports allow. */
  readonly people: "bounded" | "none";
  /** In 99-th percentiles of the counts, and of those of lately; Infinity sets no limit. */
  readonly longestCount: number;
  readonly longestRecent: number;
  /** Of the people with the rarer item; Infinity sets no limit. */
  readonly longestPair: number;
  /** In 90-th percentiles of the lengths of all items' weights; Infinity sets no limit. */
  readonly longestRow: number;
}

export const standardPairDefences: PairDefences = {
  lanes: "robust",
  people: "bounded",
  longestCount: 2,
  longestRecent: 1,
  longestPair: 1,
  longestRow: 1.5,
};

/** Takes sums as they come: what the others are measured against. */
export const noPairDefences: PairDefences = {
  lanes: "none",
  people: "none",
  longestCount: Number.POSITIVE_INFINITY,
  longestRecent: Number.POSITIVE_INFINITY,
  longestPair: Number.POSITIVE_INFINITY,
  longestRow: Number.POSITIVE_INFINITY,
};

/** In standard deviations: noise is beyond it in one number of 30,000. */
const mostNoise = 4;

/**
 * One sum of the lanes that count; those that were dropped beside it.
 *
 * @param bounds of one report, and of the noise of both aggregators in a lane.
 */
export function sumOfPairLanes(
  lanes: readonly LaneSum[],
  bounds: Parameters<typeof robustSum>[1],
  defences: PairDefences,
): RobustSum {
  if (defences.lanes === "robust") return robustSum(lanes, bounds);
  const values = new Float64Array(lanes[0].values.length);
  for (const lane of lanes) for (let k = 0; k < values.length; k++) values[k] += lane.values[k];
  return { values, reports: lanes.reduce((sum, { reports }) => sum + reports, 0), dropped: [] };
}

/**
 * The sums, counts and people within their bounds.
 *
 * @param reports in the sums.
 */
export function limitedCounts(sums: PairSums, asked: Asked, defences: PairDefences): PairSums {
  const counts = within(sums.counts, sums.countVariance, defences.longestCount);
  const recent = within(sums.recent, sums.recentVariance, defences.longestRecent);
  if (defences.people === "none") return { ...sums, counts, recent };
  const fewest = leastPeople({ ...sums, counts, recent }, asked);
  return { ...sums, counts, recent, people: Math.min(asked.reports, Math.max(fewest, sums.people)) };
}

/** @param longest in 99-th percentiles; Infinity sets no limit. */
function within(counts: Float64Array, variance: number, longest: number): Float64Array {
  if (longest === Number.POSITIVE_INFINITY) return counts;
  const least = -mostNoise * Math.sqrt(variance);
  const most = longest * Math.max(0, percentile(counts, 0.99));
  return counts.map((count) => Math.max(least, Math.min(most, count)));
}

/** How many reports are in a sum, and how each was scaled. */
type Asked = Omit<PairScales, "weightScale"> & { readonly reports: number };

/** The least sum of weights that so many honest reports with these sums can have. */
export function leastPeople(
  { pairs, counts, recent }: Pick<PairSums, "pairs" | "counts" | "recent">,
  { reports, clipL2, countScale, recentScale }: Asked,
): number {
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const squares = total(pairs) + countScale ** 2 * total(counts) + recentScale ** 2 * total(recent);
  // Noise and liars may bring it below 0, which honest reports cannot.
  return reports ** 2 / (Math.max(0, squares / clipL2 ** 2) + reports);
}

export interface SharesOfPattern {
  readonly pattern: PairPattern;
  /** Share of people by item. */
  readonly shares: Float64Array;
}

/** The sums, pairs within their bounds. */
export function limitedPairs(
  sums: PairSums,
  { pattern, shares }: SharesOfPattern,
  { longestPair }: PairDefences,
): PairSums {
  if (longestPair === Number.POSITIVE_INFINITY) return sums;
  const noise = mostNoise * Math.sqrt(sums.pairVariance);
  const pairs = sums.pairs.slice();
  eachPair(pattern, (pair, a, b) => {
    const most = longestPair * Math.min(shares[a], shares[b]) * sums.people + noise;
    pairs[pair] = Math.max(-noise, Math.min(most, pairs[pair]));
  });
  return { ...sums, pairs };
}

/** Weights at the places of `pattern.neighbours`, those of an item that are longer than others' made shorter. */
export function limitedWeights(
  weights: Float64Array,
  { starts }: Pick<PairPattern, "starts">,
  { longestRow }: PairDefences,
): Float64Array {
  if (longestRow === Number.POSITIVE_INFINITY) return weights;
  const lengths = new Float64Array(starts.length - 1);
  for (let item = 0; item < lengths.length; item++) {
    let square = 0;
    for (let at = starts[item]; at < starts[item + 1]; at++) square += weights[at] ** 2;
    lengths[item] = Math.sqrt(square);
  }
  const most = longestRow * percentile(lengths, 0.9);
  const limited = weights.slice();
  for (const [item, length] of lengths.entries()) {
    if (length <= most) continue;
    for (let at = starts[item]; at < starts[item + 1]; at++) limited[at] *= most / length;
  }
  return limited;
}

/**
 * The value that `share` of the values stay below, of those that are not 0: however many items nothing is
 * known of, they do not say how much may be known of the others. 0 where all are.
 */
function percentile(values: Float64Array, share: number): number {
  const known = values.filter((value) => value !== 0).sort();
  return known.length === 0 ? 0 : known[Math.floor(share * known.length)];
}
