/**
 * How likely each arm was to whoever came in, as statistics take it: as far as whole buckets go
 * (assignment.ts), so that a small coverage is not taken for a mismatch. Of an experiment that was widened,
 * by the coverage that it has now: who came in before is within what is dealt now, and few beside those who
 * came since.
 */
import { armShares } from "../../core/experiments/assignment.ts";
import type { Experiment } from "../../core/experiments/experiment.ts";

/** The weights themselves where nobody can come in any more. */
export function dealtShares(experiment: Pick<Experiment, "arms" | "coverage">): readonly number[] {
  const shares = armShares(experiment);
  return shares.some((share) => share > 0) ? shares : experiment.arms.map(({ weight }) => weight);
}
