/** Experiments as this kind needs them: those that people may be in, in force with an edition. */
import type { Experiment } from "../../../core/experiments/experiment.ts";

/** Handed in by what publishes: kinds know nothing of it. */
export interface ExperimentModel {
  /** Puts these in force, where others are; nothing without an edition. */
  readonly publish: (experiments: readonly Experiment[]) => Promise<void>;
}
