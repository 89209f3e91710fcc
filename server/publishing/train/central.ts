/** Central training on logs the operator owns, to begin with good factors before the crowd has reported. */
import { seededRandomOf } from "../../../core/seeded.ts";
import type { LearnedItems } from "../../kinds/itemfactors/knowledge.ts";
import type { AlsParameters } from "./als.ts";
import { interactionsOf, trainAls } from "./als.ts";
import type { Tastes } from "./logs.ts";

export interface CentralTraining extends AlsParameters {
  readonly sweeps: number;
  readonly onSweep?: (sweep: number) => void;
}

export interface CentrallyLearned {
  readonly learned: LearnedItems;
  /** People with at least one item of the catalogue. */
  readonly people: number;
  /** Pairs of the logs whose item is none of these: left out. */
  readonly unknownPairs: number;
}

/** Factors by exact ALS and counts, for these items; the rows of those that no log names are zeros. */
export function learnCentrally(
  people: Iterable<Tastes>,
  items: readonly string[],
  training: CentralTraining,
): CentrallyLearned {
  const rowOf = new Map(items.map((item, row) => [item, row]));
  const counts = new Float64Array(items.length);
  const persons: { readonly items: number[]; readonly weights: number[] }[] = [];
  let unknownPairs = 0;
  for (const tastes of people) {
    const person = { items: [] as number[], weights: [] as number[] };
    for (const [item, weight] of tastes) {
      const row = rowOf.get(item);
      if (row === undefined) unknownPairs++;
      else {
        person.items.push(row);
        person.weights.push(weight);
        counts[row]++;
      }
    }
    if (person.items.length > 0) persons.push(person);
  }
  const factors = trainAls(interactionsOf(persons, items.length), {
    ...training,
    random: seededRandomOf("central"),
  });
  const reported = new Float64Array(items.length).fill(persons.length);
  const countVariance = new Float64Array(items.length);
  return {
    learned: { items, factors, dim: training.dim, counts, people: reported, countVariance },
    people: persons.length,
    unknownPairs,
  };
}
