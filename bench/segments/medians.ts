/** The median of each number of people's vectors, of those whose number is known: everybody in the clear. */
import { featureVector, type VectorEntry } from "../../core/profile/featurevector.ts";
import type { FeatureValues } from "../../core/profile/table.ts";

export function mediansOf(people: readonly FeatureValues[], entries: readonly VectorEntry[]): Float64Array {
  const nothing = new Float64Array(entries.length).fill(Number.NaN);
  const vectors = people.map((person) => featureVector(person, nothing, entries));
  return Float64Array.from(entries, (_, f) => {
    const known = vectors.map((vector) => vector[f]).filter((value) => !Number.isNaN(value));
    return Float64Array.from(known).sort()[Math.floor(known.length / 2)];
  });
}
