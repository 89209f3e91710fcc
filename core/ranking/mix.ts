/**
 * A person's score by joint rows, with what pairs say (pairs.ts) and what is wanted lately (recent.ts) mixed in:
 *
 *   score_i = (1 - p - r) joint_i / sd(joint) + p pairs_i / sd(pairs) + r recent_i / sd(recent)
 *
 * p and r are the weights, and sd is the standard deviation over the catalogue, so that a weight means the same whatever
 * units a score has. For one person all of it is a sum over tastes and what is wanted lately, and reasons stay exact.
 */
import type { TasteRows } from "../foldin.ts";
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
  const said = pairs === null ? null : pairScores(pairs, tastes, scores.length);
  const jointFactor = (1 - (pairs?.weight ?? 0) - recentWeight) * overDeviation(scores);
  const pairFactor = pairs === null || said === null ? 0 : pairs.weight * overDeviation(said);
  const lately = recentWeight === 0 ? null : (recent?.scores ?? null);
  const recentFactor = lately === null ? 0 : recentWeight * overDeviation(lately);
  for (let row = 0; row < scores.length; row++) {
    scores[row] *= jointFactor;
    if (said !== null) scores[row] += pairFactor * said[row];
    if (lately !== null) scores[row] += recentFactor * lately[row];
  }
  return {
    jointFactor,
    byPairs: (taste, row) => (pairs === null ? 0 : pairFactor * pairScore(pairs, tastes, taste, row)),
    byRecent: (row) => (lately === null ? 0 : recentFactor * lately[row]),
  };
}

/** One over the standard deviation; 0 where all are the same. */
function overDeviation(scores: Float64Array): number {
  // Counted from one of them: where all are the same, rounding of the mean would pass for a deviation.
  const [first] = scores;
  let [sum, squares] = [0, 0];
  for (const score of scores) sum += score - first;
  const mean = sum / scores.length;
  for (const score of scores) squares += (score - first - mean) ** 2;
  const deviation = Math.sqrt(squares / scores.length);
  return deviation > 0 ? 1 / deviation : 0;
}
