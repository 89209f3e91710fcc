/**
 * What is wanted lately, as a score that everybody has alike:
 *
 *   recent_i = log(1 + share_i / floor)
 *
 * share_i is the share of people that would have item i if they had always done as they do lately; what is below the
 * floor is noise, or one person, and says little. mix.ts mixes it into scores.
 */
import type { JoinedRecent } from "../model/join.ts";

export interface WeighedRecent {
  /** What part of a score is by it: 0 to 1. */
  readonly weight: number;
  /** Share of people by row. */
  readonly shares: ArrayLike<number>;
  /** 0 or above, by row. */
  readonly scores: Float64Array;
}

export function weighedRecent({ shares, floor }: JoinedRecent, weight: number): WeighedRecent {
  return { weight, shares, scores: Float64Array.from(shares, (share) => Math.log1p(share / floor)) };
}
