/** Central training on logs the operator owns, to begin with good factors before the crowd has reported. */
import { seededRandomOf } from "../../../core/seeded.ts";
import type { LearnedItems } from "../../kinds/itemfactors/knowledge.ts";
import { type AlsParameters, trainAls } from "./als.ts";
import type { PeopleTastes } from "./tastes.ts";

export interface CentralTraining extends AlsParameters {
  readonly sweeps: number;
  readonly onSweep?: (sweep: number) => void;
}

/**
 * Factors by exact ALS and counts, for these items; the rows of those that nobody has are zeros.
 *
 * @param people columns are places in `items`.
 */
export function learnCentrally(
  { interactions, freshness }: PeopleTastes,
  items: readonly string[],
  training: CentralTraining,
): LearnedItems {
  const { columns, starts } = interactions;
  const counts = new Float64Array(items.length);
  for (let at = 0; at < columns.length; at++) counts[columns[at]] += freshness[at];
  const factors = trainAls(interactions, { ...training, random: seededRandomOf("central") });
  const people = new Float64Array(items.length).fill(starts.length - 1);
  return { items, factors, dim: training.dim, counts, people, countVariance: new Float64Array(items.length) };
}
