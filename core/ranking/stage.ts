/** What a stage of ranking is given, and what it makes of it (stages.ts). */
import type { Question } from "./question.ts";
import type { Ranking } from "./score.ts";

export interface StageInput {
  readonly question: Question;
  /** One byte per row (best.ts), 0 for what calls that ask this may list, whatever they leave out beside. */
  readonly barred: Uint8Array;
}

export interface Stage {
  readonly name: string;
  /**
   * Another ranking of the same rows. Its reasons sum to its scores; a row that was no candidate (NaN) stays
   * none. It does not know how many rows will be listed, so that a list, a longer list and an explanation
   * agree.
   */
  readonly apply: (ranking: Ranking, input: StageInput) => Ranking;
}
