/**
 * What the items of a person say for others by pairs, beside the joint rows:
 *
 *   pairs_i = sum over tastes s above 0 of sqrt(c_s) B_si
 *   score_i = (1 - w) joint_i / sd(joint) + w pairs_i / sd(pairs)
 *
 * c_s is the weight of the taste, B_si what having s says for i, and sd the standard deviation over the catalogue, so
 * that w means the same whatever units either scores in. The root: what was bought twice as often says more, not
 * twice as much. For one person all of it is a sum over tastes, and reasons stay exact.
 */
import type { TasteRows } from "../foldin.ts";
import type { JoinedPairs } from "../model/join.ts";
import { placeOf } from "../model/pairlist.ts";

/** Pairs and what part of a score is by them. */
export interface WeighedPairs extends JoinedPairs {
  /** w, above 0, at most 1. */
  readonly weight: number;
}

export interface Mixed {
  /** What the joint score counts, per unit of it. */
  readonly jointFactor: number;
  /** What a taste adds to the score of a row by pairs. */
  readonly byPairs: (taste: number, row: number) => number;
}

/** Mixes what pairs say into joint scores, in place; all rows must have one. */
export function mixInPairs(scores: Float64Array, pairs: WeighedPairs, tastes: TasteRows): Mixed {
  const said = pairScores(pairs, tastes, scores.length);
  const jointFactor = (1 - pairs.weight) * overDeviation(scores);
  const pairFactor = pairs.weight * overDeviation(said);
  for (let row = 0; row < scores.length; row++) {
    scores[row] = jointFactor * scores[row] + pairFactor * said[row];
  }
  return {
    jointFactor,
    byPairs: (taste, row) => {
      const weight = tastes.weights[taste];
      return weight > 0 ? pairFactor * pull(weight) * saidFor(pairs, tastes.items[taste], row) : 0;
    },
  };
}

/** What pairs say for each of `count` rows. */
export function pairScores(pairs: JoinedPairs, { items, weights }: TasteRows, count: number): Float64Array {
  const { pattern, values, scales, listed, rows } = pairs;
  const { starts, neighbours } = pattern;
  const scores = new Float64Array(count);
  for (let taste = 0; taste < items.length; taste++) {
    const item = listed[items[taste]];
    if (item < 0 || !(weights[taste] > 0)) continue;
    const unit = pull(weights[taste]) * scales[item];
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      const row = rows[neighbours[at]];
      if (row >= 0) scores[row] += unit * values[at];
    }
  }
  return scores;
}

function pull(weight: number): number {
  return Math.sqrt(weight);
}

/** What having the item of one row says for that of another. */
function saidFor({ pattern, values, scales, listed }: JoinedPairs, source: number, row: number): number {
  const item = listed[source];
  const other = listed[row];
  if (item < 0 || other < 0) return 0;
  const place = placeOf(pattern, item, other);
  return place < 0 ? 0 : values[place] * scales[item];
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
