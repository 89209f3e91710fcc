/**
 * What the items of a person say for others by pairs:
 *
 *   pairs_i = sum over tastes s above 0 of sqrt(c_s) B_si
 *
 * c_s is the weight of the taste and B_si what having s says for i. The root: what was bought twice as often
 * says more, not twice as much. mix.ts mixes it into scores.
 */
import type { TasteRows } from "../foldin.ts";
import type { JoinedPairs } from "../model/join.ts";
import { placeOf } from "../model/pairlist.ts";

/** Pairs and what part of a score is by them. */
export interface WeighedPairs extends JoinedPairs {
  /** Above 0, at most 1. */
  readonly weight: number;
}

/** What one taste adds to the pairs' score of a row. */
export function pairScore(
  pairs: JoinedPairs,
  { items, weights }: TasteRows,
  taste: number,
  row: number,
): number {
  const weight = weights[taste];
  return weight > 0 ? pull(weight) * saidFor(pairs, items[taste], row) : 0;
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

/** By row, the tastes that may say something for it by pairs, and that of the item itself, by their places. */
export function sayersBy(
  pairs: JoinedPairs | null,
  { items }: TasteRows,
): (row: number) => readonly number[] {
  const tasteOf = new Map(Array.from(items, (row, taste) => [row, taste]));
  return (row) => [row, ...neighboursOf(pairs, row)].flatMap((one) => tasteOf.get(one) ?? []);
}

function neighboursOf(pairs: JoinedPairs | null, row: number): readonly number[] {
  const item = pairs?.listed[row] ?? -1;
  if (pairs === null || item < 0) return [];
  const { starts, neighbours } = pairs.pattern;
  return Array.from(neighbours.subarray(starts[item], starts[item + 1]), (one) => pairs.rows[one]);
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
