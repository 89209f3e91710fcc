/** Central training on logs the operator owns, to begin with good factors before the crowd has reported. */
import { seededRandomOf } from "../../../core/seeded.ts";
import type { LearnedItems } from "../../kinds/itemfactors/knowledge.ts";
import type { AlsParameters } from "./als.ts";
import { interactionsOf, trainAls } from "./als.ts";
import type { PersonTastes } from "./persontastes.ts";

export interface CentralTraining extends AlsParameters {
  readonly sweeps: number;
  readonly onSweep?: (sweep: number) => void;
}

/**
 * Factors by exact ALS and counts, for these items; the rows of those that nobody has are zeros.
 *
 * @param people rows are places in `items`.
 */
export function learnCentrally(
  people: readonly PersonTastes[],
  items: readonly string[],
  training: CentralTraining,
): LearnedItems {
  const counts = new Float64Array(items.length);
  for (const { rows, freshness } of people) {
    for (const [at, row] of rows.entries()) counts[row] += freshness[at];
  }
  const persons = people.map(({ rows, weights }) => ({ items: rows, weights }));
  const factors = trainAls(interactionsOf(persons, items.length), {
    ...training,
    random: seededRandomOf("central"),
  });
  const reported = new Float64Array(items.length).fill(people.length);
  const countVariance = new Float64Array(items.length);
  return { items, factors, dim: training.dim, counts, people: reported, countVariance };
}
