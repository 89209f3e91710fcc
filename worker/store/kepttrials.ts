/** What the device keeps of lists on trial (core/lists/servings.ts). */
import type { KeptTrials, Served } from "../../core/lists/servings.ts";
import type { Kept } from "../api.ts";

/**
 * What is served, and to be kept from now on, given what is kept of trials and of choices; null: nothing may
 * be.
 */
export type ServeOn = (trials: KeptTrials, kept: Kept) => Served | null;

export interface TrialStore {
  /** Of the days that are asked about, as of `nowMs`; lets go of the others. */
  all(nowMs: number): Promise<KeptTrials>;
  /** Resolves with what is served, once it is kept. */
  serve(serve: ServeOn): Promise<Served | null>;
  /** With what is kept of experiments: both are for contributing alone. */
  clear(): Promise<void>;
}
