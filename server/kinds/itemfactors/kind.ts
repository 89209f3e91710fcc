/**
 * The kind `item-factors` on the server: asks about the items in force, and takes an item step on what came.
 */
import { isNothing } from "../../../core/model/joint.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { blockSizeFor, sensitivityOf } from "../../../core/tasks/itemfactors/contribution.ts";
import { itemFactors as shape } from "../../../core/tasks/itemfactors/kind.ts";
import { rhoOf, settingsOf } from "../../../core/tasks/task.ts";
import type { Config } from "../../base/config.ts";
import type { Aggregate } from "../../store/batches.ts";
import type { Consumed, Question, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { questionFor } from "../question.ts";
import type { BlockOutcome } from "./defences.ts";
import type { ItemModel, ItemsInForce } from "./itemmodel.ts";
import type { BlockAggregate, LearnedAfter } from "./step.ts";

export const itemFactors: KindSetup = {
  name: shape.name,
  planned: ({ training }) => {
    const rho = rhoOf({ sensitivity: sensitivityOf(training), sigma: sigmaOf(training) });
    return training.on
      ? { kind: shape.name, rho: nullIfUnbounded(rho), reportsPer30Days: training.reportsPer30Days }
      : null;
  },
  section: "training",
  largest: (config) => {
    const { blockLimit: items, dim } = config.training;
    return questionOn({ factors: "0".repeat(64), items, dim }, config);
  },
  open: ({ config, items }) => ({
    name: shape.name,
    pace: config.round,
    prepare: () => items.takeInWaiting(),
    next: () => {
      const inForce = items.inForce();
      return inForce === null ? null : questionOn(inForce, config);
    },
    consume: (summed) => consume(summed, items),
  }),
};

function questionOn(
  { factors, items, dim }: Pick<ItemsInForce, "factors" | "items" | "dim">,
  { training, round }: Config,
): Question {
  const { alpha0, lambda, clipL2, countScale, weightScale, blockLimit, fractionBits, lanes } = training;
  const { minBatch, maxBatch, taskDays } = round;
  const settings = {
    factors,
    items,
    dim,
    blockSize: blockSizeFor(items, blockLimit),
    alpha0,
    lambda,
    clipL2,
    countScale,
    weightScale,
  };
  const sums = { sigma: sigmaOf(training), fractionBits, minBatch, maxBatch, lanes, taskDays };
  return questionFor(shape, settings, sums);
}

/** Standard deviation (not variance) of each aggregator's noise, in the units of the vector. */
function sigmaOf({
  clipL2,
  noiseMultiplier,
}: Pick<Config["training"], "clipL2" | "noiseMultiplier">): number {
  return clipL2 * noiseMultiplier;
}

async function consume({ task, aggregates }: Summed, items: ItemModel): Promise<Consumed> {
  const settings = settingsOf(task, shape);
  const inForce = items.inForce();
  if (inForce === null || inForce.factors !== settings.factors) {
    return { outcome: "nothing learned: other factors are in force" };
  }
  const blocks = blocksOf(aggregates);
  const { learned, steps } = inForce;
  let after: LearnedAfter;
  try {
    const { length, sensitivity, sigma, fractionBits } = task;
    const asked = { settings, task: { length, sensitivity, sigma, fractionBits } };
    after = await items.step(learned, { ...asked, aggregates: blocks, stepsBefore: steps });
  } catch (error) {
    // Sums are what strangers sent: should they have no solution, the next round must still come.
    if (!(error instanceof RangeError)) throw error;
    return { outcome: `nothing learned: ${error.message}` };
  }
  const leftOut = droppedIn(after.outcomes, aggregates);
  if (after.outcomes.every(({ reports }) => reports === 0)) {
    return { outcome: "nothing learned: no lane was within bounds", leftOut };
  }
  // With nobody's counts a first step takes every row to nothing, and nobody could report on those.
  if (isNothing(after.factors, after.dim) && !isNothing(learned.factors, learned.dim)) {
    return { outcome: "nothing learned: no factors would be left", leftOut };
  }
  return { ...(await items.decide({ ...after, items: learned.items })), leftOut };
}

/** Aggregates by block, in their order. */
function blocksOf(aggregates: readonly Aggregate[]): readonly BlockAggregate[] {
  const blocks = new Map<number, { readonly reports: number; readonly sum: Uint32Array }[]>();
  for (const { batch, sum } of aggregates) {
    const lanes = blocks.get(batch.block) ?? [];
    lanes.push({ reports: batch.counted, sum });
    blocks.set(batch.block, lanes);
  }
  return [...blocks].map(([block, lanes]) => ({ block, lanes }));
}

/**
 * Sums that no honest reports can make are an attack or a fault: the operator sees how many reports they
 * cost, and why.
 */
function droppedIn(
  outcomes: readonly BlockOutcome[],
  aggregates: readonly Aggregate[],
): NonNullable<Consumed["leftOut"]> {
  return outcomes.flatMap(({ block, dropped }) => {
    const theirs = aggregates.filter(({ batch }) => batch.block === block);
    return dropped.map(({ lane, reports, why }) => ({
      batch: theirs[lane].batch,
      leftOut: { [`lane ${why}`]: reports },
    }));
  });
}
