/** The task that a bundle calls for: its own dimensions, and what the operator settled. */

import { blockSizeFor } from "../../core/tasks/itemfactors/contribution.ts";
import { parseTask, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";

/** So long after a task expired the helper still sums for it: time for an aggregator that was down to come back. */
export const sumGraceMs = 7 * dayMs;

/** So long after a task expired its report ids, answers and sums are remembered. Longer than `sumGraceMs`. */
export const rememberMs = 30 * dayMs;

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
    | "buckets"
    | "tokenKey"
  > {
  /** Most items in a block. */
  readonly blockLimit: number;
  /** How long a task lives. */
  readonly taskDays: number;
}

/** @throws {RangeError} when the settings could let a sum wrap around. */
export function taskOn(
  { bundle, items, dim, round, atMs }: Pick<Task, "bundle" | "items" | "dim" | "round"> & { atMs: number },
  { blockLimit, taskDays, ...settings }: TaskSettings,
): Task {
  const blockSize = blockSizeFor(items, blockLimit);
  const expiresAtMs = Math.floor(atMs + taskDays * dayMs);
  return parseTask({ kind: "item-factors", bundle, round, items, dim, blockSize, expiresAtMs, ...settings });
}
