/**
 * A task on items as a server would open it, for benches that run without one: its settings, and what
 * aggregators read.
 */
import type { Lanes } from "../core/sum/lanes.ts";
import { blockSizeFor } from "../core/tasks/itemfactors/contribution.ts";
import { type ItemFactorsSettings, itemFactors } from "../core/tasks/itemfactors/kind.ts";
import { parseTask, type Task } from "../core/tasks/task.ts";

export interface ItemTask {
  readonly settings: ItemFactorsSettings;
  readonly task: Task;
}

export interface ItemTaskInput
  extends Omit<ItemFactorsSettings, "factors" | "blockSize">,
    Pick<Task, "fractionBits" | "minBatch" | "maxBatch"> {
  /** Most items in a block. */
  readonly blockLimit: number;
  /** Standard deviation of each aggregator's noise, as a multiple of clipL2. */
  readonly noiseMultiplier: number;
  readonly lanes: Lanes;
  readonly round: number;
}

/** @throws {RangeError} when a sum of maxBatch reports could wrap around the modulus. */
export function itemTask(input: ItemTaskInput): ItemTask {
  const { items, dim, alpha0, lambda, clipL2, countScale, weightScale, blockLimit } = input;
  const { noiseMultiplier, fractionBits, minBatch, maxBatch, lanes, round } = input;
  const settings = {
    factors: "0".repeat(64),
    items,
    dim,
    blockSize: blockSizeFor(items, blockLimit),
    alpha0,
    lambda,
    clipL2,
    countScale,
    weightScale,
  };
  const task = parseTask({
    version: 3,
    kind: itemFactors.name,
    settings,
    round,
    ...itemFactors.layoutOf(settings),
    sigma: noiseMultiplier * clipL2,
    fractionBits,
    minBatch,
    maxBatch,
    lanes,
    laneCommitment: "0".repeat(64),
    tokenKey: null,
    expiresAtMs: 0,
  });
  return { settings, task };
}
