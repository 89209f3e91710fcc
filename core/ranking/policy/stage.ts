/**
 * The stage of policies and wishes: adds to the scores of what a site boosts, or a person wants more of, and
 * takes from those of what is buried, or unwanted.
 *
 *   score_i + unit ( sum over conditions c of by_c [c holds for i]  +  sum over wished items j of ±2 cos_ij )
 *
 * The unit is the standard deviation of the best scores that may be listed, so that a boost does as much in
 * any kind of list. Each term is a reason of its own. Cosines of any number of wishes cost one product with
 * the joint rows, as they are linear in the sum of the wished rows.
 */
import type { Boost } from "../../policy/listpolicy.ts";
import type { Wish } from "../../policy/wish.ts";
import { bestRows } from "../best.ts";
import { withReasons } from "../explain.ts";
import type { RankingModel } from "../model.ts";
import type { Question } from "../question.ts";
import type { RowReason } from "../reason.ts";
import type { Stage } from "../stage.ts";
import { cosinesOf, cosinesWith } from "../together.ts";
import { conditionOf, policiesFor } from "./inforce.ts";
import { type MatchingAt, rowsMatching } from "./matching.ts";

/** Scores whose spread is the unit: a list is of the best. */
const mostLooked = 200;
/** Of a wish, in units: what somebody asks for is seen at once. */
const wishBy = 2;

const none: readonly Wish[] = [];

/** What a condition adds to the rows that it holds for, in units. */
interface ConditionTerm {
  readonly reason: (contribution: number) => RowReason;
  readonly by: number;
  /** One byte per row. */
  readonly rows: Uint8Array;
}

export const policyStage: Stage = {
  name: "policy",
  apply: (ranking, { question, barred }) => {
    const { model } = question;
    const conditions = conditionTerms(question);
    const likes = likings(question);
    const count = conditions.length + likes.wishes.length;
    if (count === 0) return ranking;
    const { scores } = ranking;
    const unit = spreadOf(scores, bestRows({ scores, barred }, mostLooked));
    const added = likes.added.slice();
    for (const { by, rows } of conditions) {
      for (let row = 0; row < added.length; row++) if (rows[row] !== 0) added[row] += by;
    }
    for (let row = 0; row < added.length; row++) added[row] = scores[row] + unit * added[row];
    return {
      ...ranking,
      scores: added,
      reasonsOf: (rows, most = Number.POSITIVE_INFINITY) => {
        const before = ranking.reasonsOf(rows, most - count);
        const cosineOf = cosinesOf(model, likes.rows);
        return before.map((reasons, at) =>
          withReasons(
            reasons,
            [
              ...conditions.map(({ reason, by, rows: holds }) => reason(unit * by * holds[rows[at]])),
              ...likes.wishes.map((wish, liked) =>
                wishReason(wish, unit * signOf(wish) * wishBy * cosineOf(liked, rows[at])),
              ),
            ].filter(({ contribution }) => contribution !== 0),
          ),
        );
      },
    };
  },
};

/** How many reasons policies and wishes may add to those of a row. */
export function termCount(question: Question): number {
  return conditionTerms(question).length + likings(question).wishes.length;
}

function conditionTerms(question: Question): readonly ConditionTerm[] {
  const { model, nowMs } = question;
  const ofSite = policiesFor(question).flatMap(({ boost = [], bury = [] }) => [
    ...boost.map((one) => siteTerm(one, "boost", { model, nowMs })),
    ...bury.map((one) => siteTerm(one, "bury", { model, nowMs })),
  ]);
  const ofPerson = leaningWishes(question).flatMap((wish): readonly ConditionTerm[] => {
    if (wish.of === "item") return [];
    return [
      {
        reason: (contribution) => wishReason(wish, contribution),
        by: signOf(wish) * wishBy,
        rows: rowsMatching(conditionOf(wish), { model, nowMs }),
      },
    ];
  });
  return [...ofSite, ...ofPerson];
}

function siteTerm({ where, by }: Boost, rule: "boost" | "bury", at: MatchingAt): ConditionTerm {
  return {
    reason: (contribution) => ({ why: "site", rule, contribution }),
    by: rule === "boost" ? by : -by,
    rows: rowsMatching(where, at),
  };
}

/** Wishes about what is like items that the model knows, the rows of those, and what they add to each row, in units. */
interface Likings {
  readonly wishes: readonly Wish[];
  readonly rows: readonly number[];
  readonly added: Float64Array;
}

const known = new WeakMap<readonly Wish[], Likings & { readonly model: RankingModel }>();

/** Found once for a model, so long as the list of wishes is the same: an event changes none of it. */
function likings({ model, by, wishes: all = none }: Question): Likings {
  const asked = by === "person" ? all : none;
  const found = known.get(asked);
  if (found?.model === model) return found;
  const wishes = asked.filter(
    ({ wish, of, value }) => wish !== "mute" && of === "item" && model.rowOf.has(value),
  );
  const rows = wishes.map(({ value }) => model.rowOf.get(value) ?? -1);
  const weights = wishes.map((wish) => signOf(wish) * wishBy);
  const added = rows.length === 0 ? new Float64Array(model.count) : cosinesWith(model, rows, weights);
  const made = { model, wishes, rows, added };
  known.set(asked, made);
  return made;
}

function wishReason(wish: Wish, contribution: number): RowReason {
  return { why: "wish", wish, contribution };
}

/** A person's own shelf leans; other lists are about what they are asked. */
function leaningWishes({ by, wishes = [] }: Question): readonly Wish[] {
  return by === "person" ? wishes.filter(({ wish }) => wish !== "mute") : [];
}

function signOf({ wish }: Wish): 1 | -1 {
  return wish === "boost" ? 1 : -1;
}

/** Standard deviation; 1 where nothing tells scores apart, so that a boost still orders. */
function spreadOf(scores: Float64Array, rows: Uint32Array): number {
  const mean = rows.reduce((sum, row) => sum + scores[row] / rows.length, 0);
  const variance = rows.reduce((sum, row) => sum + (scores[row] - mean) ** 2 / rows.length, 0);
  // What rounding leaves of equal scores is no spread.
  return Math.sqrt(variance) > 1e-9 * Math.abs(mean) ? Math.sqrt(variance) : 1;
}
