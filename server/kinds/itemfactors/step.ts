/**
 * One round of learning, pure: the aggregates of a task's batches and what was known before -> what is known
 * now.
 */
import { blockSumsOf, itemStepInPlace, repairedSums } from "../../../core/tasks/itemfactors/itemstep.ts";
import type { ItemFactorsSettings } from "../../../core/tasks/itemfactors/kind.ts";
import { stepSize } from "../../../core/tasks/itemfactors/schedule.ts";
import type { Task } from "../../../core/tasks/task.ts";
import {
  type BlockOutcome,
  type Defences,
  type LaneAggregate,
  neededSupport,
  standardDefences,
  sumOfLanes,
} from "./defences.ts";
import type { Learned } from "./knowledge.ts";
import { limitedCounts, limitedGradients, limitMovesInPlace } from "./stepclip.ts";

export interface BlockAggregate {
  readonly block: number;
  /** Each of its own reports; see core/sum/lanes.ts. */
  readonly lanes: readonly LaneAggregate[];
}

/** Old counts weigh this much a round later: popularity is about the last ten rounds of the crowd. */
const memory = 0.9;

/** What was learned, and what became of each block's lanes. */
export interface LearnedAfter extends Learned {
  readonly outcomes: readonly BlockOutcome[];
}

/** What came of a round, and what it was asked with. */
export interface LearnFrom {
  readonly settings: ItemFactorsSettings;
  readonly task: Pick<Task, "length" | "sensitivity" | "sigma" | "fractionBits">;
  readonly aggregates: readonly BlockAggregate[];
  /** Item steps behind what was learned: the step size follows from it. */
  readonly stepsBefore: number;
  readonly defences?: Defences;
}

/**
 * The learned state after a round; the argument is unchanged. A block whose sum holds nobody (noise can bring
 * the weight to 0 or below, and every lane may have been dropped) stays as it was.
 */
export function learnedAfter(
  learned: Learned,
  { settings, task, aggregates, stepsBefore, defences = standardDefences }: LearnFrom,
): LearnedAfter {
  const { dim, blockSize, items, alpha0, lambda, countScale } = settings;
  const factors = learned.factors.slice();
  const counts = learned.counts.slice();
  const people = learned.people.slice();
  const countVariance = learned.countVariance.slice();
  const outcomes: BlockOutcome[] = [];
  for (const { block, lanes } of aggregates) {
    const sum = sumOfLanes(lanes, task, defences);
    outcomes.push({ block, lanes: sum.lanes, reports: sum.reports, dropped: sum.dropped });
    const noisy = blockSumsOf(settings, sum.values);
    if (!(noisy.u > 0)) continue;
    const support = noisy.n;
    const first = block * blockSize;
    const count = Math.min(blockSize, items - first);
    // Both aggregators add theirs to every lane.
    const noiseSigma = Math.sqrt(2 * sum.kept) * task.sigma;
    const eta = stepSize(stepsBefore);
    const needed = neededSupport(noisy.u / sum.reports, noiseSigma / countScale, defences);
    const g = limitedGradients(noisy.g, { ...defences, dim, count, support, needed, noiseSigma });
    // Noise makes curvature indefinite, and so may a report that lies: the step must stand either.
    const sums = repairedSums({ ...noisy, g }, dim);
    itemStepInPlace(factors, { dim, first, count, sums, alpha0, lambda, eta, noiseSigma });
    limitMovesInPlace(factors, learned.factors, {
      ...defences,
      dim,
      first,
      count,
      support,
      needed,
    });
    const limited = limitedCounts(noisy.n.subarray(0, count), defences);
    for (let local = 0; local < count; local++) {
      // The counts as they came: flooring each round's noise at 0 would make every item look popular.
      counts[first + local] = memory * counts[first + local] + limited[local];
      people[first + local] = memory * people[first + local] + noisy.u;
      countVariance[first + local] =
        memory ** 2 * countVariance[first + local] + (noiseSigma / countScale) ** 2;
    }
  }
  return { factors, dim, counts, people, countVariance, outcomes };
}
