/** What a stage of ranking is given, and what it makes of it (stages.ts). */
import type { Question } from "./question.ts";
import type { Ranking } from "./score.ts";

export interface StageInput {
  readonly question: Question;
  /** One byte per row, 1 for what is listed by no call that asks this, whatever it leaves out; no stage brings it back. */
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
