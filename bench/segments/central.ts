/**
 * Groups by k-means of everybody in the clear: ml-kmeans on standardized features, the best of several
 * starts.
 */
import { kmeans } from "ml-kmeans";
import { featureCount, featureVector } from "../../core/profile/featurevector.ts";
import type { FeatureValues } from "../../core/profile/table.ts";

export interface CentralOptions {
  readonly k: number;
  readonly restarts: number;
  readonly seed: number;
}

/** The group by person: of the start by k-means++ that ends with the least sum of squares. */
export function centralGroups(people: readonly FeatureValues[], options: CentralOptions): readonly number[] {
  const nothing = new Float64Array(featureCount).fill(Number.NaN);
  const rows = people.map((person) => Array.from(featureVector(person, nothing)));
  return groupsOf(scaledRows(rows, "z-score"), options);
}

/** The same of any rows. */
export function groupsOf(rows: number[][], { k, restarts, seed }: CentralOptions): readonly number[] {
  let best: { readonly squares: number; readonly groups: readonly number[] } | null = null;
  for (let start = 0; start < restarts; start++) {
    const options = { initialization: "kmeans++", seed: 100 * seed + start, maxIterations: 100 } as const;
    const { clusters: groups, centroids } = kmeans(rows, k, options);
    const squares = rows.reduce((sum, row, at) => sum + squareTo(row, centroids[groups[at]]), 0);
    if (best === null || squares < best.squares) best = { squares, groups };
  }
  if (best === null) throw new RangeError(`centralGroups: restarts must be at least 1, got ${restarts}`);
  return best.groups;
}

/**
 * About the mean of what is known, by column; what is unknown (NaN) is at the mean. By z-score in units of the
 * standard deviation, else as it is.
 */
export function scaledRows(rows: readonly (readonly number[])[], scaling: "z-score" | "range"): number[][] {
  const columns = (rows[0] ?? []).map((_, f) => {
    const known = rows.map((row) => row[f]).filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
    const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / rows.length) };
  });
  return rows.map((row) =>
    row.map((value, f) => {
      const { mean, deviation } = columns[f];
      if (Number.isNaN(value)) return 0;
      return (value - mean) / (scaling === "range" || deviation === 0 ? 1 : deviation);
    }),
  );
}

function squareTo(row: readonly number[], centroid: readonly number[]): number {
  return row.reduce((sum, value, f) => sum + (value - centroid[f]) ** 2, 0);
}
