/**
 * What the device keeps of experiments (core/experiments/kept.ts): its random number, which arms it is in, what
 * it has seen of them. Checked by whoever reads it, which is not there on every page.
 */
import type { Kept } from "../api.ts";

/** What comes of what was found, given what is kept of choices. */
export interface Changed<Answer> {
  /** To be kept from now on; absent: what was found stays. */
  readonly keep?: object;
  readonly answer: Answer;
}

export type ChangeOn<Answer> = (found: unknown, kept: Kept) => Changed<Answer>;

export interface ExperimentStore {
  /** As it was found, in whatever form; undefined: nothing is kept. */
  found(): Promise<unknown>;
  /**
   * Resolves with the answer once what comes of it is kept; null where nothing can be kept. Nothing comes
   * between its look and the writing, in whichever tab.
   */
  change<Answer>(change: ChangeOn<Answer>): Promise<Answer | null>;
}
