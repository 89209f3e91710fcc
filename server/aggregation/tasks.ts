/** The task that a bundle calls for: its own dimensions, and what the operator settled. */
import { blockSizeFor } from "../../core/contribution.ts";
import { parseTask, type Task } from "../../core/sum/task.ts";

/** What of a task does not follow from the bundle. */
export interface TaskSettings
  extends Pick<
    Task,
    | "alpha0"
    | "lambda"
    | "clipL2"
    | "countScale"
    | "weightScale"
    | "fractionBits"
    | "minBatch"
    | "maxBatch"
    | "noiseMultiplier"
  > {
  /** Most items in a block. */
  readonly blockLimit: number;
}

/** @throws {RangeError} when the settings could let a sum wrap around. */
export function taskOn(
  { bundle, items, dim, round }: Pick<Task, "bundle" | "items" | "dim" | "round">,
  { blockLimit, ...settings }: TaskSettings,
): Task {
  const blockSize = blockSizeFor(items, blockLimit);
  return parseTask({ kind: "item-factors", bundle, round, items, dim, blockSize, ...settings });
}
