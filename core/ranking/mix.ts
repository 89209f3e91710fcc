/**
 * A person's score by joint rows, with what pairs say (pairs.ts), what is wanted lately (recent.ts) and what is
 * always wanted mixed in, and, where what the person had is ranked beside the rest, that things are bought again:
 *
 *   score_i = (1 - p - l - w) joint_i / sd(joint) + p pairs_i / sd(pairs) + l lately_i / sd(lately)
 *             + w always_i / sd(always) + 6 sqrt(c_i)
 *
 * p, l and w are the parts (parts.ts), and sd is the standard deviation over the catalogue, so that a part means
 * the same whatever units a score has. c_i is the weight of the taste of an item that the person bought; 6 was
 * chosen in time, of purchases alone (docs/decisions/0029-pairs.md). Where neither pairs nor what is wanted lately
 * have a part, a score keeps the units of joint_i: joint_i + w / (1 - w) sd(joint) always_i / sd(always), the first
 * deviation being that of items without a taste. For one person all of it is a sum over
 * tastes and what is wanted, and reasons stay exact.
 */
import type { TasteRows } from "../foldin.ts";
import type { JoinedPairs } from "../model/join.ts";
import { overDeviation } from "./deviation.ts";
import type { RankingModel } from "./model.ts";
import { pairScore, pairScores } from "./pairs.ts";
import type { Parts } from "./parts.ts";
import type { RowReason } from "./reason.ts";

export interface Mixed {
  /** What the joint score counts, per unit of it. */
  readonly jointFactor: number;
  /** By which tastes say something for rows; null: each for its own alone. */
  readonly pairs: JoinedPairs | null;
  /** What a taste that says something for a row adds to its score beside the joint score. */
  readonly byTaste: (taste: number, row: number) => number;
  /** What is added to the score of a row beside what its tastes add, a reason each. */
  readonly beside: (row: number) => readonly RowReason[];
  /** What more the tastes add to the score of a row, given to those that speak for it; absent: nothing. */
  readonly rest?: (row: number) => number;
}

const againWeight = 6;

/** What is mixed in: of the model, and of the person where what was bought is ranked beside the rest. */
export interface MixedIn {
  readonly model: Pick<RankingModel, "pairs" | "recent" | "always">;
  readonly parts: Parts;
  /** One byte per row, 1 for what the person bought; null: none of it is to be listed. */
  readonly bought: Uint8Array | null;
  /** What pairs say for each row by the tastes, where that is known. */
  readonly said?: Float64Array | null;
}

/** Mixes what there is beside joint rows into joint scores, in place; all rows have one. Null: there is nothing. */
export function mixIn(
  scores: Float64Array,
  { model, parts, bought, said: known }: MixedIn,
  tastes: TasteRows,
): Mixed | null {
  const { pairs } = model;
  const again = againTastes(bought, tastes);
  if (parts.joint === 1 && again.size === 0) return null;
  const unit = overDeviation(scores);
  // Beside what is always wanted joint scores keep their units, and all else is told in them.
  const keepsUnits = parts.pairs === 0 && parts.lately === 0;
  const jointFactor = keepsUnits ? 1 : parts.joint * unit;
  const againFactor = !keepsUnits ? againWeight : unit === 0 ? 0 : againWeight / unit;
  const whole = keepsUnits ? deviationOfOthers(scores, tastes) / parts.joint : 1;
  for (let row = 0; row < scores.length; row++) scores[row] *= jointFactor;
  let pairFactor = 0;
  if (pairs !== null && parts.pairs > 0) {
    const said = known ?? pairScores(pairs, tastes, scores.length);
    pairFactor = parts.pairs * overDeviation(said);
    for (let row = 0; row < scores.length; row++) scores[row] += pairFactor * said[row];
  }
  const byWanted = wantedBy(model, parts, whole);
  for (let row = 0; row < scores.length; row++) scores[row] += byWanted(row);
  for (const [row, weight] of again) scores[row] += againFactor * Math.sqrt(weight);
  const byAgain = (taste: number, row: number): number =>
    tastes.items[taste] === row ? againFactor * Math.sqrt(again.get(row) ?? 0) : 0;
  return {
    jointFactor,
    pairs,
    byTaste: (taste, row) =>
      (pairs === null || pairFactor === 0 ? 0 : pairFactor * pairScore(pairs, tastes, taste, row)) +
      byAgain(taste, row),
    beside: (row) => {
      const contribution = byWanted(row);
      return contribution === 0 ? [] : [{ why: parts.lately > 0 ? "trending" : "popular", contribution }];
    },
  };
}

/** Of the rows without a taste: beside those of whose taste they are made, scores of others hardly differ. */
function deviationOfOthers(scores: Float64Array, { items }: TasteRows): number {
  const own = new Set(Array.from(items));
  const others = overDeviation(scores.filter((_, row) => !own.has(row)));
  return others === 0 ? 0 : 1 / others;
}

/** What is wanted lately and always, each in its part of a whole. */
function wantedBy(
  { recent, always }: MixedIn["model"],
  parts: Parts,
  whole: number,
): (row: number) => number {
  const lately = parts.lately > 0 ? recent?.units : undefined;
  const ever = parts.always > 0 ? always : undefined;
  return (row) => whole * (parts.lately * (lately?.[row] ?? 0) + parts.always * (ever?.[row] ?? 0));
}

/** By row, the weight of the taste of what was bought and is liked. */
export function againTastes(
  bought: Uint8Array | null,
  { items, weights }: TasteRows,
): ReadonlyMap<number, number> {
  const again = new Map<number, number>();
  if (bought === null) return again;
  for (let taste = 0; taste < items.length; taste++) {
    if (bought[items[taste]] !== 0 && weights[taste] > 0) again.set(items[taste], weights[taste]);
  }
  return again;
}
