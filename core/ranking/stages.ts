/**
 * Stages: what changes the scores before the best are taken. A learned ranker and a diversity stage go into
 * the list below, and are then in force on every device, at the gate and in every bench alike.
 */
import type { Question } from "./question.ts";
import { rankerStage } from "./ranker/ranker.ts";
import type { Ranking } from "./score.ts";
import { varietyStage } from "./variety.ts";

export interface StageInput {
  readonly question: Question;
  /** One byte per row, 1 for those that will not be listed; no stage can bring them back. */
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

/** The stages in force, first to last. */
export const stagesInForce: readonly Stage[] = [rankerStage, varietyStage];
