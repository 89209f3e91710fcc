/**
 * The stage of policies and wishes: adds to the scores of what a site boosts, or a person wants more of, and takes from
 * those of what is buried, or unwanted.
 *
 *   score_i + unit ( sum over conditions c of by_c [c holds for i]  +  sum over wished items j of ±2 cos_ij )
 *
 * The unit is the standard deviation of the best scores that may be listed, so that a boost does as much in any kind of
 * list. Each term is a reason of its own. Cosines of any number of wishes cost one product with the joint rows, as they
 * are linear in the sum of the wished rows.
 */
import type { Wish } from "../../policy/wish.ts";
import { bestRows } from "../best.ts";
import { withReason } from "../explain.ts";
import type { RankingModel } from "../model.ts";
import type { Question } from "../question.ts";
import type { RowReason } from "../reason.ts";
import type { Stage } from "../stage.ts";
import { cosineOf, cosinesWith } from "../together.ts";
import { conditionOf, policiesFor } from "./inforce.ts";
import { rowsMatching } from "./matching.ts";

/** Scores whose spread is the unit: a list is of the best. */
const mostLooked = 200;
/** Of a wish, in units: what somebody asks for is seen at once. */
const wishBy = 2;

interface Term {
  readonly reason: (contribution: number) => RowReason;
  /** What it adds to a row, in units. */
  readonly adds: (row: number) => number;
}

export const policyStage: Stage = {
  name: "policy",
  apply: (ranking, { question, barred }) => {
    const wishes = likings(question);
    const terms = [...conditionTerms(question), ...wishes.map((wish) => termOfItem(wish, question.model))];
    if (terms.length === 0) return ranking;
    const { scores } = ranking;
    const unit = spreadOf(scores, bestRows({ scores, barred }, mostLooked));
    const added = addedBy(question, wishes);
    return {
      ...ranking,
      scores: scores.map((score, row) => score + unit * added[row]),
      reasonsOf: (rows, most) => {
        const before = ranking.reasonsOf(rows, most === undefined ? undefined : most - terms.length);
        return before.map((reasons, at) =>
          terms
            .map(({ reason, adds }) => reason(unit * adds(rows[at])))
            .filter(({ contribution }) => contribution !== 0)
            .reduce(withReason, reasons),
        );
      },
    };
  },
};

/** How many reasons policies and wishes may add to those of a row. */
export function termCount(question: Question): number {
  return conditionTerms(question).length + likings(question).length;
}

/** What all terms add to each row, in units. */
function addedBy(question: Question, wishes: readonly ItemWish[]): Float64Array {
  const { model } = question;
  const added = new Float64Array(model.count);
  for (const { adds } of conditionTerms(question)) {
    for (let row = 0; row < added.length; row++) added[row] += adds(row);
  }
  for (const kind of ["boost", "less"] as const) {
    const rows = wishes.filter(({ wish }) => wish.wish === kind).map(({ row }) => row);
    if (rows.length === 0) continue;
    const cosines = cosinesWith(model, rows);
    for (let row = 0; row < added.length; row++) added[row] += signOf(kind) * wishBy * cosines[row];
  }
  return added;
}

function conditionTerms(question: Question): readonly Term[] {
  const { model, nowMs } = question;
  const boosts = policiesFor(question).flatMap(({ boost = [], bury = [] }) => [
    ...boost.map((one) => ({ ...one, rule: "boost" as const, sign: 1 })),
    ...bury.map((one) => ({ ...one, rule: "bury" as const, sign: -1 })),
  ]);
  const ofSite = boosts.map(({ rule, sign, where, by }): Term => {
    const rows = rowsMatching(where, { model, nowMs });
    return {
      reason: (contribution) => ({ why: "site", rule, contribution }),
      adds: (row) => sign * by * rows[row],
    };
  });
  const ofPerson = leaningWishes(question).flatMap((wish): readonly Term[] => {
    if (wish.of === "item") return [];
    const rows = rowsMatching(conditionOf(wish), { model, nowMs });
    return [{ reason: reasonOf(wish), adds: (row) => signOf(wish.wish) * wishBy * rows[row] }];
  });
  return [...ofSite, ...ofPerson];
}

/** A wish about what is like an item that the model knows. */
interface ItemWish {
  readonly wish: Wish;
  readonly row: number;
}

function likings(question: Question): readonly ItemWish[] {
  const { rowOf } = question.model;
  return leaningWishes(question).flatMap((wish) => {
    const row = wish.of === "item" ? rowOf.get(wish.value) : undefined;
    return row === undefined ? [] : [{ wish, row }];
  });
}

function termOfItem({ wish, row: liked }: ItemWish, model: RankingModel): Term {
  return {
    reason: reasonOf(wish),
    adds: (row) => signOf(wish.wish) * wishBy * cosineOf(model, row, liked),
  };
}

function reasonOf(wish: Wish): Term["reason"] {
  return (contribution) => ({ why: "wish", wish, contribution });
}

/** A person's own shelf leans; other lists are about what they are asked. */
function leaningWishes({ by, wishes = [] }: Question): readonly Wish[] {
  return by === "person" ? wishes.filter(({ wish }) => wish !== "mute") : [];
}

function signOf(wish: Wish["wish"]): 1 | -1 {
  return wish === "boost" ? 1 : -1;
}

/** Standard deviation; 1 where nothing tells scores apart, so that a boost still orders. */
function spreadOf(scores: Float64Array, rows: Uint32Array): number {
  const mean = rows.reduce((sum, row) => sum + scores[row] / rows.length, 0);
  const variance = rows.reduce((sum, row) => sum + (scores[row] - mean) ** 2 / rows.length, 0);
  return variance > 0 ? Math.sqrt(variance) : 1;
}
