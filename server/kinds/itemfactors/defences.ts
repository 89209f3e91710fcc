/**
 * What keeps a liar from the factors, and how strong each of it is: the lanes of a block become one sum
 * (kinds/robust.ts), and a round moves an item within limits (stepclip.ts). What follows is the gate (gate.ts).
 * bench/poison.ts measures it.
 */

import { addInto, fromField } from "../../../core/sum/field.ts";
import { decodeFixed } from "../../../core/sum/fixedpoint.ts";
import type { Task } from "../../../core/tasks/task.ts";
import { type RobustSum, robustSum } from "../robust.ts";
import type { CountLimit, MoveLimits, PullLimit } from "./stepclip.ts";

export interface Defences extends MoveLimits, PullLimit, CountLimit {
  /** "none" adds lanes up as they are: for measuring what the other one is worth. */
  readonly lanes: "robust" | "none";
  /** An item moves with support of minPeople and so many standard deviations of the noise in its count. */
  readonly minDeviations: number;
}

export const standardDefences: Defences = {
  lanes: "robust",
  minPeople: 2,
  minDeviations: 0.5,
  longestPull: 3,
  longestMove: 2,
  longestRow: 2,
  longestCount: 1.5,
};

/** Adds up and steps, whatever comes: what the others are measured against. */
export const noDefences: Defences = {
  lanes: "none",
  minPeople: 0,
  minDeviations: Number.NEGATIVE_INFINITY,
  longestPull: Number.POSITIVE_INFINITY,
  longestMove: Number.POSITIVE_INFINITY,
  longestRow: Number.POSITIVE_INFINITY,
  longestCount: Number.POSITIVE_INFINITY,
};

/** A released sum of a block. */
export interface LaneAggregate {
  /** Reports in it. */
  readonly reports: number;
  /** Field elements, with the noise of both aggregators. */
  readonly sum: Uint32Array;
}

/** What became of a block's lanes. */
export interface BlockOutcome {
  readonly block: number;
  readonly lanes: number;
  /** Reports in the lanes that count. */
  readonly reports: number;
  /** Lanes that were dropped, by their places among the block's, and why. */
  readonly dropped: RobustSum["dropped"];
}

export interface SumOfLanes extends Omit<BlockOutcome, "block"> {
  /** One sum of the lanes that count, as reals. */
  readonly values: Float64Array;
  /** How many lanes count. */
  readonly kept: number;
}

export function sumOfLanes(
  lanes: readonly LaneAggregate[],
  task: Pick<Task, "length" | "sensitivity" | "sigma" | "fractionBits">,
  defences: Defences,
): SumOfLanes {
  const decoded = (sum: Uint32Array) => decodeFixed(fromField(sum), task);
  if (defences.lanes === "none") {
    const total = new Uint32Array(task.length);
    for (const { sum } of lanes) addInto(total, sum);
    const reports = lanes.reduce((count, lane) => count + lane.reports, 0);
    return { lanes: lanes.length, kept: lanes.length, reports, dropped: [], values: decoded(total) };
  }
  const { values, reports, dropped } = robustSum(
    lanes.map(({ reports, sum }) => ({ reports, values: decoded(sum) })),
    // Both aggregators add their noise to every lane.
    { sensitivity: task.sensitivity, sigma: Math.SQRT2 * task.sigma },
  );
  return { lanes: lanes.length, kept: lanes.length - dropped.length, reports, dropped, values };
}

/**
 * The noisy count that an item must reach to move.
 *
 * @param meanWeight of a person in the sums: clipping makes it less than 1.
 * @param countSigma standard deviation of the noise in a count.
 */
export function neededSupport(meanWeight: number, countSigma: number, defences: Defences): number {
  const { minPeople, minDeviations } = defences;
  const forNoise = countSigma === 0 ? 0 : minDeviations * countSigma;
  return minPeople * meanWeight + forNoise;
}
