/**
 * The kind `item-pairs` on the server: asks everybody once about the list in force, for as long as a round lasts, and
 * learns from all of them together. One sum of many says more than many sums of few: each has the whole noise.
 */
import { pairLimits } from "../../../core/model/pairs.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { sensitivityOf } from "../../../core/tasks/itemfactors/contribution.ts";
import { itemPairs as shape } from "../../../core/tasks/itempairs/kind.ts";
import { rhoOf, settingsOf } from "../../../core/tasks/task.ts";
import type { Config } from "../../base/config.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import type { Consumed, Question, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { paceOfDays, questionFor } from "../question.ts";
import type { PairModel, PairsInForce } from "./pairmodel.ts";

export const itemPairs: KindSetup = {
  name: shape.name,
  planned: ({ pairs }) => {
    const rho = rhoOf({ sensitivity: sensitivityOf(pairs), sigma: sigmaOf(pairs) });
    return pairs.on
      ? { kind: shape.name, rho: nullIfUnbounded(rho), reportsPer30Days: pairs.reportsPer30Days }
      : null;
  },
  section: "pairs",
  largest: (config) => {
    const { mostItems: items, mostPairs } = config.pairs;
    const pairCount = Math.min(mostPairs, pairLimits.pairs, (items * (items - 1)) / 2);
    return questionOn({ pairs: "0".repeat(64), items, pairCount: Math.max(1, pairCount) }, config);
  },
  open: ({ config, items, pairs }) => ({
    name: shape.name,
    pace: paceOfDays(config.pairs.days),
    prepare: async () => {
      // Where nobody asks about factors, nobody else takes in what has come since: counts are about what is known.
      if (!config.training.on) await items.takeInWaiting();
      await pairs.takeInWaiting();
    },
    next: () => {
      const inForce = pairs.inForce();
      // Items without any text in common make no pair.
      return inForce === null || inForce.pairCount === 0 ? null : questionOn(inForce, config);
    },
    consume: (summed) => consume(summed, pairs),
  }),
};

function questionOn({ pairs, items, pairCount }: PairsInForce, config: Config): Question {
  const { pairs: asked, round } = config;
  const { fractionBits, lanes } = asked;
  const { minBatch, maxBatch } = round;
  const { clipL2, countScale, recentDays, recentScale, weightScale } = asked;
  const scales = { clipL2, countScale, recentDays, recentScale, weightScale };
  const settings = { pairs, items, pairCount, ...scales };
  const sums = {
    sigma: sigmaOf(asked),
    fractionBits,
    minBatch,
    maxBatch,
    lanes,
    taskDays: taskDaysOf(config, "pairs"),
  };
  return questionFor(shape, settings, sums);
}

/** Standard deviation (not variance) of each aggregator's noise, in the units of the vector. */
function sigmaOf({ clipL2, noiseMultiplier }: Pick<Config["pairs"], "clipL2" | "noiseMultiplier">): number {
  return clipL2 * noiseMultiplier;
}

async function consume({ task, aggregates }: Summed, pairs: PairModel): Promise<Consumed> {
  const settings = settingsOf(task, shape);
  if (pairs.inForce()?.pairs !== settings.pairs) {
    return { outcome: "nothing learned: another list of pairs is in force" };
  }
  const lanes = aggregates.map(({ batch, sum }) => ({ reports: batch.counted, sum }));
  const { length, sensitivity, sigma, fractionBits } = task;
  try {
    const { dropped, ...consumed } = await pairs.decide({
      settings,
      round: task.round,
      task: { length, sensitivity, sigma, fractionBits },
      lanes,
    });
    // Sums that no honest reports can make are an attack or a fault: the operator sees what they cost, and why.
    const leftOut = dropped.map(({ lane, reports, why }) => ({
      batch: aggregates[lane].batch,
      leftOut: { [`lane ${why}`]: reports },
    }));
    return { ...consumed, leftOut };
  } catch (error) {
    // Sums are what strangers sent: should they have no solution, the next round must still come.
    if (!(error instanceof RangeError)) throw error;
    return { outcome: `nothing learned: ${error.message}` };
  }
}
