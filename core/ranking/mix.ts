/**
 * A person's score by joint rows, with what pairs say (pairs.ts) and what is wanted lately (recent.ts) mixed in:
 *
 *   score_i = (1 - p - r) joint_i / sd(joint) + p pairs_i / sd(pairs) + r recent_i / sd(recent)
 *
 * p and r are the weights, and sd is the standard deviation over the catalogue, so that a weight means the same whatever
 * units a score has. For one person all of it is a sum over tastes and what is wanted lately, and reasons stay exact.
 */
import type { TasteRows } from "../foldin.ts";
import { overDeviation } from "./deviation.ts";
import type { RankingModel } from "./model.ts";
import { pairScore, pairScores } from "./pairs.ts";

export interface Mixed {
  /** What the joint score counts, per unit of it. */
  readonly jointFactor: number;
  /** What a taste adds to the score of a row by pairs. */
  readonly byPairs: (taste: number, row: number) => number;
  /** What is added to the score of a row because it is wanted lately; never below 0. */
  readonly byRecent: (row: number) => number;
}

/** Mixes what the model has beside joint rows into joint scores, in place; all rows must have one. Null: it has nothing. */
export function mixIn(
  scores: Float64Array,
  { pairs, recent }: Pick<RankingModel, "pairs" | "recent">,
  tastes: TasteRows,
): Mixed | null {
  const recentWeight = recent?.weight ?? 0;
  if (pairs === null && recentWeight === 0) return null;
  const jointFactor = (1 - (pairs?.weight ?? 0) - recentWeight) * overDeviation(scores);
  for (let row = 0; row < scores.length; row++) scores[row] *= jointFactor;
  let pairFactor = 0;
  if (pairs !== null) {
    const said = pairScores(pairs, tastes, scores.length);
    pairFactor = pairs.weight * overDeviation(said);
    for (let row = 0; row < scores.length; row++) scores[row] += pairFactor * said[row];
  }
  const adds = recent?.adds ?? null;
  if (adds !== null) for (let row = 0; row < scores.length; row++) scores[row] += adds[row];
  return {
    jointFactor,
    byPairs: (taste, row) => (pairs === null ? 0 : pairFactor * pairScore(pairs, tastes, taste, row)),
    byRecent: (row) => adds?.[row] ?? 0,
  };
}
