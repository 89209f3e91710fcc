/** Ranking by what a text asks for (core/encoder/answer.ts); of equals, what more people want comes first. */
import type { TextAnswer } from "../encoder/answer.ts";
import { atMost } from "./explain.ts";
import type { RankingModel } from "./model.ts";
import type { RowReason } from "./reason.ts";

/** What a share of 1 adds to a score, as a part of it. */
const tieBreak = 1e-3;

/** Scores, NaN for a row that is no answer or no candidate, and what adds up to them. */
interface TextRanking {
  readonly scores: Float64Array;
  readonly reasonsOf: (rows: ArrayLike<number>, most?: number) => readonly (readonly RowReason[])[];
}

export function textRanking(
  { shares }: Pick<RankingModel, "shares">,
  answer: TextAnswer,
  candidates: Uint8Array | undefined,
): TextRanking {
  const factorOf = (row: number): number => 1 + tieBreak * shares[row];
  const scores = answer.scores.map((score, row) =>
    candidates !== undefined && candidates[row] === 0 ? Number.NaN : score * factorOf(row),
  );
  return {
    scores,
    reasonsOf: (rows, most = Number.POSITIVE_INFINITY) =>
      Array.from(rows, (row) => {
        const reasons = answer.matchesOf(row).map(({ asked, found, contribution: part }): RowReason => {
          const contribution = part * factorOf(row);
          return found === null
            ? { why: "meaning", asked, contribution }
            : { why: "search", asked, found, contribution };
        });
        return atMost(reasons, most);
      }),
  };
}
