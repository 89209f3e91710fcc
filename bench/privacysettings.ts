/**
 * The settings that a crowd of this size should learn with at this epsilon, chosen on people set aside from
 * training (docs/decisions/0005-one-round-from-content.md).
 *
 * One round of one block spends the whole budget: what a person ever sends is one report. How much of the
 * report's norm goes to counts and how many numbers a factor has follows from people / noiseMultiplier: how
 * far the crowd stands out of one aggregator's noise.
 */

import { rhoWithin } from "../core/sum/budget.ts";
import { reportedDelta } from "../core/sum/limits.ts";
import { sensitivityOf } from "../core/tasks/itemfactors/contribution.ts";
import { pairWeightFor } from "../server/publishing/pairdrafts.ts";
import type { PrivateTraining } from "./private.ts";
import type { PairSettings } from "./privatepairs.ts";

export const delta = reportedDelta;

export type PrivateSettings = Pick<
  PrivateTraining,
  "rounds" | "alpha0" | "lambda" | "clipL2" | "countScale" | "weightScale" | "noiseMultiplier" | "blockLimit"
> & { readonly dim: number };

const common = { alpha0: 0.3, lambda: 0.003, clipL2: 1 };

/** Epsilon is for all rounds together, at `delta`, counting one honest aggregator's noise. */
export function settingsFor({
  people,
  epsilon,
}: {
  readonly people: number;
  readonly epsilon: number;
}): PrivateSettings {
  const rounds = 1;
  const weightScale = 0.1;
  const sensitivity = sensitivityOf({ clipL2: common.clipL2, weightScale });
  const rhoPerRound = rhoWithin({ epsilon, delta }) / rounds;
  const noiseMultiplier = sensitivity / (common.clipL2 * Math.sqrt(2 * rhoPerRound));
  const reach = people / noiseMultiplier;
  const shape =
    reach < 2000
      ? { dim: 8, countScale: 0.8 }
      : reach < 10_000
        ? { dim: 16, countScale: 0.5 }
        : { dim: 20, countScale: 0.3 };
  return { ...common, ...shape, weightScale, rounds, noiseMultiplier, blockLimit: 4096 };
}

/** Where nothing is hidden: many rounds of blocks, as decision 0002 found best. */
export function withoutNoise(rounds: number): PrivateSettings {
  const scales = { countScale: 0.1, weightScale: 0.25 };
  return { ...common, ...scales, dim: 64, rounds, noiseMultiplier: 0, blockLimit: 1024 };
}

export interface PairsBesideContent {
  readonly settings: PairSettings;
  /** Part of the scores by pairs beside those by content, each standardised. */
  readonly part: number;
  /** Part of the scores by what is wanted lately, and how much its trend counts; none unless given. */
  readonly recentPart?: number;
  readonly recentTrend?: number;
}

const pairScales = { clipL2: 1, recentScale: 2, weightScale: 0.1 };

/**
 * The one report on pairs that spends the whole budget, and how much of its scores is mixed in, for a crowd that
 * reaches so far out of the noise (docs/decisions/0029-pairs.md). Null: no noise.
 */
export function pairSettingsFor({
  people,
  epsilon,
}: {
  readonly people: number;
  readonly epsilon: number | null;
}): PairsBesideContent {
  const noiseMultiplier =
    epsilon === null
      ? 0
      : sensitivityOf(pairScales) / (pairScales.clipL2 * Math.sqrt(2 * rhoWithin({ epsilon, delta })));
  return pairsBesideContent({ people, noiseMultiplier });
}

/** The same for noise that is given. */
export function pairsBesideContent({
  people,
  noiseMultiplier,
}: {
  readonly people: number;
  readonly noiseMultiplier: number;
}): PairsBesideContent {
  const reach = people / noiseMultiplier;
  const countScale = reach < 1000 ? 2 : reach < 7000 ? 1 : 0.5;
  const settings = { ...pairScales, countScale, nearest: 20, ridge: 0.0055, unlisted: 5, noiseMultiplier };
  return { settings, part: pairWeightFor(people, noiseMultiplier) };
}
