/** One round of learning, pure: the aggregates of a task's batches and what was known before -> what is known now. */
import { blockSumsOf, itemStepInPlace, repairedSums } from "../../core/itemstep.ts";
import { stepSize } from "../../core/schedule.ts";
import { addInto, fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import { type Task, vectorLengthOf } from "../../core/sum/task.ts";
import type { Learned } from "./learned.ts";

export interface BlockAggregate {
  readonly block: number;
  /** Noisy sums of field elements, each of its own reports; see core/sum/buckets.ts. */
  readonly buckets: readonly { readonly reports: number; readonly sum: Uint32Array }[];
}

/** Old counts weigh this much a round later: popularity is about the last ten rounds of the crowd. */
const memory = 0.9;

/**
 * The learned state after a round; the argument is unchanged. A block whose sum holds nobody (noise can bring the weight
 * to 0 or below) stays as it was.
 *
 * @param stepsBefore item steps behind `learned`: the step size follows from it.
 */
export function learnedAfter(
  learned: Learned,
  {
    task,
    aggregates,
    stepsBefore,
  }: {
    readonly task: Task;
    readonly aggregates: readonly BlockAggregate[];
    readonly stepsBefore: number;
  },
): Learned {
  const { dim, blockSize, items, alpha0, lambda, fractionBits } = task;
  const factors = learned.factors.slice();
  const counts = learned.counts.slice();
  const people = learned.people.slice();
  for (const { block, buckets } of aggregates) {
    const sum = new Uint32Array(vectorLengthOf(task));
    for (const bucket of buckets) addInto(sum, bucket.sum);
    const heard = blockSumsOf(task, decodeFixed(fromField(sum), { fractionBits }));
    if (!(heard.u > 0)) continue;
    // Noise makes curvature indefinite, and so may a report that lies: the step must stand either.
    const sums = repairedSums(heard, dim);
    const first = block * blockSize;
    const count = Math.min(blockSize, items - first);
    itemStepInPlace(factors, { dim, first, count, sums, alpha0, lambda, eta: stepSize(stepsBefore) });
    for (let local = 0; local < count; local++) {
      // The counts as they came: flooring each round's noise at 0 would make every item look popular.
      counts[first + local] = memory * counts[first + local] + heard.n[local];
      people[first + local] = memory * people[first + local] + heard.u;
    }
  }
  return { factors, dim, counts, people };
}
