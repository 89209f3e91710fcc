/** Central training on logs the operator owns, to begin with good factors before the crowd has reported. */
import type { Bundle, CatalogueCard } from "../../../core/model/bundle.ts";
import { seededRandomOf } from "../../../core/seeded.ts";
import type { Learned } from "../../kinds/itemfactors/knowledge.ts";
import type { AlsParameters } from "./als.ts";
import { interactionsOf, trainAls } from "./als.ts";
import type { Tastes } from "./logs.ts";

export interface CentralTraining extends AlsParameters {
  readonly sweeps: number;
  readonly onSweep?: (sweep: number) => void;
}

export interface CentrallyLearned {
  readonly learned: Learned;
  /** People with at least one item of the catalogue. */
  readonly people: number;
  /** Pairs of the logs whose item is not in the catalogue: left out. */
  readonly unknownPairs: number;
}

/** Factors by exact ALS and counts, for the items of a bundle. */
export function learnCentrally(
  people: Iterable<Tastes>,
  {
    catalogue,
    items,
  }: Pick<Bundle, "items"> & { readonly catalogue: readonly Pick<CatalogueCard, "item">[] },
  training: CentralTraining,
): CentrallyLearned {
  const rowOf = new Map(catalogue.map(({ item }, row) => [item, row]));
  const counts = new Float64Array(items);
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
  const factors = trainAls(interactionsOf(persons, items), {
    ...training,
    random: seededRandomOf("central"),
  });
  const heard = new Float64Array(items).fill(persons.length);
  const countVariance = new Float64Array(items);
  return {
    learned: { factors, dim: training.dim, counts, people: heard, countVariance },
    people: persons.length,
    unknownPairs,
  };
}
