/** What people have of a catalogue, as what is learned from. */
import type { Interactions } from "./als.ts";

export interface PeopleTastes {
  /** A row for each person, a column for each item; how much each counts. */
  readonly interactions: Interactions;
  /** What age has left of each entry, 0..1: how much it counts in what people want now. */
  readonly freshness: ArrayLike<number>;
}

/** Item -> weight, above 0. */
export type Tastes = ReadonlyMap<string, number>;

/** The tastes of now, of those who have something of these items. */
export function onRows(people: Iterable<Tastes>, items: readonly string[]): PeopleTastes {
  const rowOf = new Map(items.map((item, row) => [item, row]));
  const starts = [0];
  const columns: number[] = [];
  const weights: number[] = [];
  for (const tastes of people) {
    for (const [item, weight] of tastes) {
      const row = rowOf.get(item);
      if (row === undefined) continue;
      columns.push(row);
      weights.push(weight);
    }
    if (columns.length > starts[starts.length - 1]) starts.push(columns.length);
  }
  return {
    interactions: {
      starts: Uint32Array.from(starts),
      columns: Uint32Array.from(columns),
      weights: Float64Array.from(weights),
      columnCount: items.length,
    },
    freshness: new Float32Array(columns.length).fill(1),
  };
}
