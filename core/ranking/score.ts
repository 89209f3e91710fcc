/**
 * Scores: how much speaks for each candidate, and what adds up to that.
 *
 *   person    x · h_i: user vector times joint row; what the crowd wants while nothing is liked
 *   similar   cosine of the joint rows
 *   trending  the share of people; the newest first while there is no crowd; catalogue order where there are
 *             no dates
 */
import { dot } from "../linear.ts";
import { type RowReason, sourceReasons } from "./explain.ts";
import { hasShares, type RankingModel } from "./model.ts";
import type { Profile } from "./profile.ts";
import type { Question } from "./question.ts";

export interface Ranking {
  /** One score per row; NaN for a row that is no candidate. */
  readonly scores: Float64Array;
  /** All reasons for the score of a row; their contributions sum to it. */
  readonly reasonsOf: (row: number) => readonly RowReason[];
}

type Candidates = Uint8Array | undefined;

export function scored(question: Question): Ranking {
  const { model, candidates } = question;
  switch (question.by) {
    case "person":
      return personRanking(model, question.profile, candidates);
    case "similar":
      return similarRanking(model, question.row, candidates);
    case "trending":
      return trendingRanking(model, candidates);
  }
}

function personRanking(model: RankingModel, profile: Profile, candidates: Candidates): Ranking {
  const { solved, sources } = profile;
  if (solved === null) return trendingRanking(model, candidates);
  const { joint } = model;
  const { rows, dim } = joint;
  const { userVector } = solved;
  const scores = noScores(model);
  for (let row = 0; row < scores.length; row++) {
    if (isCandidate(candidates, row)) scores[row] = dot(rows, row * dim, userVector, 0, dim);
  }
  return {
    scores,
    reasonsOf: (row) => sourceReasons({ joint, solved, sources, row }),
  };
}

function similarRanking(model: RankingModel, source: number, candidates: Candidates): Ranking {
  const { joint, jointNorms } = model;
  const { rows, dim } = joint;
  const scores = noScores(model);
  for (let row = 0; row < scores.length; row++) {
    if (!isCandidate(candidates, row)) continue;
    const norms = jointNorms[row] * jointNorms[source];
    scores[row] = norms === 0 ? 0 : dot(rows, row * dim, rows, source * dim, dim) / norms;
  }
  return { scores, reasonsOf: (row) => [{ why: "similar", row: source, contribution: scores[row] }] };
}

function trendingRanking(model: RankingModel, candidates: Candidates): Ranking {
  if (!hasShares(model)) return newestRanking(model, candidates);
  const { shares } = model;
  const scores = noScores(model);
  for (let row = 0; row < scores.length; row++) {
    if (isCandidate(candidates, row)) scores[row] = shares[row];
  }
  return { scores, reasonsOf: (row) => [{ why: "trending", contribution: scores[row] }] };
}

function newestRanking(model: RankingModel, candidates: Candidates): Ranking {
  const dates = model.cards.map(({ publishedAt }) => publishedAt ?? "");
  const times = dates.map((date) => Date.parse(date));
  // Without a date, or with one that says nothing, an item comes after those with one.
  const order = times.map((_, row) => row).sort((a, b) => (times[b] || 0) - (times[a] || 0) || a - b);
  // The score is the place from the top: 1 for the first, 0 never.
  const scores = noScores(model);
  for (const [place, row] of order.entries()) {
    if (isCandidate(candidates, row)) scores[row] = 1 - place / order.length;
  }
  return {
    scores,
    reasonsOf: (row) =>
      Number.isNaN(times[row])
        ? [{ why: "catalogue", contribution: scores[row] }]
        : [{ why: "new", publishedAt: dates[row], contribution: scores[row] }],
  };
}

/** Where no row is a candidate yet. */
function noScores({ count }: RankingModel): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

function isCandidate(candidates: Candidates, row: number): boolean {
  return candidates === undefined || candidates[row] !== 0;
}
