/**
 * What is wanted lately, as a score that everybody has alike:
 *
 *   recent_i = max(0, log(1 + r_i / f) + t log((r_i + 4 f) / (s_i + 4 f)))
 *
 * r_i is the share of people that would have item i if they had always done as they do lately, s_i the share
 * that have it, and f the floor, about what noise makes of nothing. Shares above the floor are told apart by
 * their ratio, those below it by their difference; t says how much the trend counts beside them, how many
 * times as many want an item lately as always. mix.ts adds it to scores.
 */

import type { ModelSettings } from "../model/edition.ts";
import type { JoinedRecent } from "../model/join.ts";
import { overDeviation } from "./deviation.ts";

export interface WeighedRecent {
  /** What part of a score is by it: 0 to 1. */
  readonly weight: number;
  /** Share of people by row. */
  readonly shares: ArrayLike<number>;
  /** What noise makes of nothing, about. */
  readonly floor: number;
  /** The score below, with a standard deviation of 1 over the rows, 0 or above; null where it has no weight. */
  readonly units: Float64Array | null;
}

/** @param always share of people by row. */
export function weighedRecent(
  recent: JoinedRecent,
  always: ArrayLike<number>,
  { recentWeight: weight = 0, recentTrend = 0 }: Pick<ModelSettings, "recentWeight" | "recentTrend">,
): WeighedRecent {
  const { shares, floor } = recent;
  if (weight === 0) return { weight, shares, floor, units: null };
  return { weight, shares, floor, units: inUnits(recentScores(recent, always, recentTrend)) };
}

/**
 * What is always wanted, as a score that everybody has alike: log(1 + s_i / mean of s), with a standard
 * deviation of 1, or less where shares hardly differ: that says little, and is not made to say more. The
 * mean, because a share does not say how many people it is of. What waits to be learned counts as much as
 * others do on average: nobody could want it yet. Null while there are no shares.
 */
export function alwaysWanted(shares: ArrayLike<number>, waiting: Uint8Array | null): Float64Array | null {
  const known = Array.from({ length: shares.length }, (_, row) => row).filter((row) => waiting?.[row] !== 1);
  const meanShare = meanOf(Float64Array.from(known, (row) => shares[row]));
  if (!(meanShare > 0)) return null;
  const scores = Float64Array.from(known, (row) => Math.log1p(shares[row] / meanShare));
  const units = new Float64Array(shares.length);
  const factor = Math.min(mostStretched, overDeviation(scores));
  units.fill(factor * meanOf(scores));
  for (const [at, row] of known.entries()) units[row] = factor * scores[at];
  return units;
}

/** Shares of shops give standard deviations from 0.5 on. */
const mostStretched = 2;

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function inUnits(scores: Float64Array): Float64Array {
  const factor = overDeviation(scores);
  return scores.map((score) => factor * score);
}

/** Of the floor: how many people an item needs before its trend counts. */
const spare = 4;

/** The formula above, by row. */
export function recentScores(
  { shares, floor }: { readonly shares: ArrayLike<number>; readonly floor: number },
  always: ArrayLike<number>,
  trend: number,
): Float64Array {
  return Float64Array.from(shares, (share, row) =>
    Math.max(0, Math.log1p(share / floor) + trend * riseOf(share, always[row], floor)),
  );
}

/** Logarithm of how many times as many want an item lately as always, by shares of people. */
export function riseOf(lately: number, always: number, floor: number): number {
  const more = spare * floor;
  return Math.log((lately + more) / (always + more));
}
