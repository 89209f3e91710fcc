/**
 * What stands between a liar and the factors, and how strong each of it is: the buckets of a batch become one sum (robust.ts),
 * and a round moves an item within limits (stepclip.ts). What follows is the gate (gate.ts). bench/poison.ts measures it.
 */

import { addInto, fromField } from "../../../core/sum/field.ts";
import { decodeFixed } from "../../../core/sum/fixedpoint.ts";
import { sensitivityOf } from "../../../core/tasks/itemfactors/contribution.ts";
import { sigmaOf, type Task, vectorLengthOf } from "../../../core/tasks/task.ts";
import type { BucketSum } from "../../store/batches.ts";
import { type RobustSum, robustSum } from "./robust.ts";
import type { CountLimit, MoveLimits, PullLimit } from "./stepclip.ts";

export interface Defences extends MoveLimits, PullLimit, CountLimit {
  /** "none" adds buckets up as they are: for measuring what the other one is worth. */
  readonly buckets: "robust" | "none";
  /** An item moves with support of minPeople and so many standard deviations of the noise in its count. */
  readonly minDeviations: number;
}

export const standardDefences: Defences = {
  buckets: "robust",
  minPeople: 2,
  minDeviations: 0.5,
  longestPull: 3,
  longestMove: 2,
  longestRow: 2,
  longestCount: 1.5,
};

/** Adds up and steps, whatever comes: what the others are measured against. */
export const noDefences: Defences = {
  buckets: "none",
  minPeople: 0,
  minDeviations: Number.NEGATIVE_INFINITY,
  longestPull: Number.POSITIVE_INFINITY,
  longestMove: Number.POSITIVE_INFINITY,
  longestRow: Number.POSITIVE_INFINITY,
  longestCount: Number.POSITIVE_INFINITY,
};

/** What of a block's buckets counted. */
export interface Heard {
  readonly block: number;
  readonly buckets: number;
  /** Reports in the buckets that count. */
  readonly reports: number;
  /** Buckets that were dropped, and why. */
  readonly dropped: RobustSum["dropped"];
}

export interface HeardSum extends Omit<Heard, "block"> {
  /** One sum of the buckets that count, as reals. */
  readonly values: Float64Array;
  /** How many buckets count. */
  readonly kept: number;
}

export function heardOf(buckets: readonly BucketSum[], task: Task, defences: Defences): HeardSum {
  const decoded = (sum: Uint32Array) => decodeFixed(fromField(sum), task);
  if (defences.buckets === "none") {
    const sum = new Uint32Array(vectorLengthOf(task));
    for (const bucket of buckets) addInto(sum, bucket.sum);
    const reports = buckets.reduce((total, bucket) => total + bucket.reports, 0);
    return { buckets: buckets.length, kept: buckets.length, reports, dropped: [], values: decoded(sum) };
  }
  const { values, reports, dropped } = robustSum(
    buckets.map(({ reports, sum }) => ({ reports, values: decoded(sum) })),
    {
      sensitivity: sensitivityOf(task),
      // Both aggregators add theirs to every bucket.
      sigma: (Math.SQRT2 * sigmaOf(task)) / 2 ** task.fractionBits,
    },
  );
  return { buckets: buckets.length, kept: buckets.length - dropped.length, reports, dropped, values };
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
