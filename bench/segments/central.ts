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
export function centralGroups(
  people: readonly FeatureValues[],
  { k, restarts, seed }: CentralOptions,
): readonly number[] {
  const rows = standardizedRows(people);
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

/** In units of the standard deviation, about the mean of what is known; what is unknown is at the mean. */
function standardizedRows(people: readonly FeatureValues[]): number[][] {
  const nothing = new Float64Array(featureCount).fill(Number.NaN);
  const rows = people.map((person) => Array.from(featureVector(person, nothing)));
  for (let f = 0; f < featureCount; f++) {
    const known = rows.map((row) => row[f]).filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
    for (const row of rows) row[f] = Number.isNaN(row[f]) ? 0 : row[f] - mean;
    const deviation = Math.sqrt(rows.reduce((sum, row) => sum + row[f] ** 2, 0) / rows.length);
    for (const row of rows) row[f] /= deviation === 0 ? 1 : deviation;
  }
  return rows;
}

function squareTo(row: readonly number[], centroid: readonly number[]): number {
  return row.reduce((sum, value, f) => sum + (value - centroid[f]) ** 2, 0);
}
