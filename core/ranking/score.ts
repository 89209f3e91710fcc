/**
 * Scores: how much speaks for each candidate, and what adds up to that.
 *
 *   person    x · h_i: user vector times joint row, with pairs and what is wanted lately where they are known, and
 *             what is bought again where that is listed too (mix.ts); what the crowd wants while nothing is liked, or
 *             nothing tells items apart
 *   again     the taste of what was bought and not returned. Measured against what is due by a person's own interval,
 *             which found less (docs/decisions/0031-the-present.md)
 *   similar   cosine of the joint rows
 *   together  cosines with several items, and what pairs say by them (together.ts)
 *   text      how near an item's words are to those of a text (text.ts)
 *   trending  the share of people of lately; where it is not known, as popular
 *   popular   the share of people; the newest first while there is no crowd
 *   new       the newest first; catalogue order where there are no dates
 */
import type { TasteRows } from "../foldin.ts";
import { overDeviation } from "./deviation.ts";
import { actReasons, atMost, ownReasons } from "./explain.ts";
import { mixIn } from "./mix.ts";
import { hasShares, type RankingModel } from "./model.ts";
import { pairScore, pairScores } from "./pairs.ts";
import type { Profile } from "./profile.ts";
import type { Question } from "./question.ts";
import type { TasteParts } from "./ranker/inputs.ts";
import type { RowReason } from "./reason.ts";
import { textRanking } from "./text.ts";
import { cosinesWith, togetherWith } from "./together.ts";

export interface Ranking {
  /** One score per row; NaN for a row that is no candidate. */
  readonly scores: Float64Array;
  /**
   * Reasons for the scores of some rows, a list each, whose contributions sum to it; all of them unless `most`
   * says how many at most, the others then being one.
   */
  readonly reasonsOf: (rows: ArrayLike<number>, most?: number) => readonly (readonly RowReason[])[];
  /** What a ranking for a person is made of, for the ranker. */
  readonly taste?: () => TasteParts;
  /** After the ranker: what it adds to the score of a row because the item is wanted. */
  readonly wanted?: (row: number) => number;
}

type Candidates = Uint8Array | undefined;

export function scored(question: Question): Ranking {
  const { model, candidates } = question;
  switch (question.by) {
    case "person":
      return personRanking(question);
    case "again":
      return againRanking(question, question.profile);
    case "similar":
      return similarRanking(model, question.row, candidates);
    case "together":
      return togetherRanking(question, question.rows);
    case "text":
      return textRanking(model, question.answer, candidates);
    case "trending":
      return trendingRanking(question);
    case "popular":
      return popularRanking(question);
    case "new":
      return newestRanking(question);
  }
}

type Asked = Pick<Question, "model" | "candidates" | "nowMs">;
type PersonAsked = Extract<Question, { readonly by: "person" }>;

function personRanking(question: PersonAsked): Ranking {
  const { model, candidates, profile, includeSeen = false } = question;
  const { solved, chosen } = profile;
  if (solved === null) return trendingRanking(question);
  const { rows } = chosen.joint;
  const scores = new Float64Array(model.count);
  rows.productsInto(solved.userVector, scores);
  const byJoint = scores.slice();
  // Items without any text, before anybody has taught factors: nothing tells one from another but how many want it.
  if (model.pairs === null && (model.recent?.weight ?? 0) === 0 && scores.every((score) => score === 0)) {
    return trendingRanking(question);
  }
  const { pairs, count } = model;
  const { tastes } = profile;
  const said = pairs === null ? null : pairScores(pairs, tastes, count);
  const bought = includeSeen ? profile.bought : null;
  const mixed = mixIn(scores, { model, parts: chosen.parts, bought, said }, tastes);
  leaveOut(scores, candidates);
  return {
    scores,
    reasonsOf: (of, most = Number.POSITIVE_INFINITY) =>
      actReasons({ rows, solved, profile, of: Array.from(of), most, mixed }),
    taste: () => tasteParts(byJoint, said ?? new Float64Array(count), model, tastes),
  };
}

/** @param scores by joint rows. @param said by pairs, zeros where there are none. */
function tasteParts(
  scores: Float64Array,
  said: Float64Array,
  { pairs }: RankingModel,
  tastes: TasteRows,
): TasteParts {
  const jointFactor = overDeviation(scores);
  const pairFactor = overDeviation(said);
  return {
    joint: scores.map((score) => jointFactor * score),
    pairs: said.map((score) => pairFactor * score),
    jointFactor,
    pairsBy: (taste, row) => (pairs === null ? 0 : pairFactor * pairScore(pairs, tastes, taste, row)),
  };
}

function againRanking({ model, candidates }: Asked, { tastes, acts, bought }: Profile): Ranking {
  const scores = noScores(model);
  const tasteOf = new Map<number, number>();
  for (let taste = 0; taste < tastes.items.length; taste++) {
    const row = tastes.items[taste];
    if (bought[row] === 0 || !(tastes.weights[taste] > 0) || !isCandidate(candidates, row)) continue;
    scores[row] = tastes.weights[taste];
    tasteOf.set(row, taste);
  }
  return {
    scores,
    reasonsOf: (of, most = Number.POSITIVE_INFINITY) =>
      Array.from(of, (row) => {
        const taste = tasteOf.get(row);
        return taste === undefined ? [] : ownReasons(acts[taste].weights, { taste, row, most });
      }),
  };
}

function similarRanking(model: RankingModel, source: number, candidates: Candidates): Ranking {
  const scores = cosinesWith(model, [source]);
  leaveOut(scores, candidates);
  return oneReason(scores, (_, contribution) => ({ why: "similar", row: source, contribution }));
}

function togetherRanking({ model, candidates }: Asked, rows: readonly number[]): Ranking {
  const { scores, reasonsOf } = togetherWith(model, rows);
  leaveOut(scores, candidates);
  return {
    scores,
    reasonsOf: (of, most = Number.POSITIVE_INFINITY) => Array.from(of, (row) => atMost(reasonsOf(row), most)),
  };
}

function trendingRanking(question: Asked): Ranking {
  const { model, candidates } = question;
  const { shares, recent } = model;
  if (recent === null || !hasShares(model)) return popularRanking(question);
  const scores = noScores(model);
  for (let row = 0; row < scores.length; row++) {
    // What is wanted most is held to a limit: of equals the one that is always wanted more.
    if (isCandidate(candidates, row)) scores[row] = recent.shares[row] * (1 + tieBreak * shares[row]);
  }
  return oneReason(scores, (_, contribution) => ({ why: "trending", contribution }));
}

function popularRanking(question: Asked): Ranking {
  const { model, candidates } = question;
  if (!hasShares(model)) return newestRanking(question);
  const scores = noScores(model);
  for (let row = 0; row < scores.length; row++) {
    if (isCandidate(candidates, row)) scores[row] = model.shares[row];
  }
  return oneReason(scores, (_, contribution) => ({ why: "popular", contribution }));
}

/** Shares that are read differently differ by more: one part in 4,096. */
const tieBreak = 1e-4;

function newestRanking({ model, candidates, nowMs = Number.POSITIVE_INFINITY }: Asked): Ranking {
  const dates = model.cards.map(({ publishedAt }) => publishedAt ?? "");
  const times = dates.map((date) => timeUntil(nowMs, date));
  // Without a date, or with one that says nothing yet, an item comes after those with one.
  const order = times.map((_, row) => row).sort((a, b) => (times[b] || 0) - (times[a] || 0) || a - b);
  // The score is the place from the top: 1 for the first, 0 never.
  const scores = noScores(model);
  for (const [place, row] of order.entries()) {
    if (isCandidate(candidates, row)) scores[row] = 1 - place / order.length;
  }
  return oneReason(scores, (row, contribution) =>
    Number.isNaN(times[row])
      ? { why: "catalogue", contribution }
      : { why: "new", publishedAt: dates[row], contribution },
  );
}

/** Milliseconds since the Unix epoch; NaN for what is no date, and for one that is to come. */
function timeUntil(nowMs: number, date: string): number {
  const ms = Date.parse(date);
  return ms <= nowMs ? ms : Number.NaN;
}

/** Scores that have one reason each. */
function oneReason(
  scores: Float64Array,
  reasonOf: (row: number, contribution: number) => RowReason,
): Ranking {
  return { scores, reasonsOf: (rows) => Array.from(rows, (row) => [reasonOf(row, scores[row])]) };
}

/** Takes the scores of rows that are no candidates. */
function leaveOut(scores: Float64Array, candidates: Candidates): void {
  if (candidates === undefined) return;
  for (let row = 0; row < scores.length; row++) if (candidates[row] === 0) scores[row] = Number.NaN;
}

/** Where no row is a candidate yet. */
function noScores({ count }: RankingModel): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

function isCandidate(candidates: Candidates, row: number): boolean {
  return candidates === undefined || candidates[row] !== 0;
}
