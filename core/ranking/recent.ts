/**
 * What is wanted lately, as a score that everybody has alike:
 *
 *   recent_i = log(1 + share_i / floor)
 *
 * share_i is the share of people that would have item i if they had always done as they do lately. Shares above the
 * floor are told apart by their ratio, those below it by their difference. mix.ts adds it to scores.
 */
import type { JoinedRecent } from "../model/join.ts";
import { overDeviation } from "./deviation.ts";

export interface WeighedRecent {
  /** What part of a score is by it: 0 to 1. */
  readonly weight: number;
  /** Share of people by row. */
  readonly shares: ArrayLike<number>;
  /** What it adds to a person's score of a row, 0 or above; null where it has no weight. */
  readonly adds: Float64Array | null;
}

export function weighedRecent({ shares, floor }: JoinedRecent, weight: number): WeighedRecent {
  if (weight === 0) return { weight, shares, adds: null };
  const scores = Float64Array.from(shares, (share) => Math.log1p(share / floor));
  const factor = weight * overDeviation(scores);
  return { weight, shares, adds: scores.map((score) => factor * score) };
}
