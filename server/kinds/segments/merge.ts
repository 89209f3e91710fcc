/**
 * From many centroids to few: k-means of the centroids, each as heavy as it has people; and how many there are, by a
 * criterion that is computed from sums alone.
 *
 *   T = n * sum of deviations^2       all people about the mean, from the round on spread
 *   B_k = sum over clusters of n_c ||m_c - m||^2 of the merged centroids;   W_k = T - B_k
 *   CH_k = (B_k / (k - 1)) / (W_k / (n - k))     (Calinski, Harabasz 1974): the k of the largest is taken
 *
 * Noise moves a centroid of n_j people by a variance of v / n_j^2 in each number, and so makes B_k larger by about
 * dim v / n_j for each that is one cluster: what is merged is lighter by it.
 */
import type { Centroids } from "../../../core/profile/segments.ts";
import { type Clustered, type WeightedPoints, weightedKMeans } from "./kmeans.ts";
import type { LearnedSpace } from "./space.ts";
import type { SegmentSums } from "./sums.ts";

/** So many, or the best of a range by the criterion. */
export type CountChoice =
  | { readonly by: "operator"; readonly k: number }
  | { readonly by: "criterion"; readonly least: number; readonly most: number };

export interface Choice {
  readonly k: number;
  /** The criterion by k; none where the operator chose. */
  readonly scores: readonly { readonly k: number; readonly score: number }[];
}

export interface Merged {
  readonly merged: Centroids;
  readonly choice: Choice;
  /** Root of the mean squared distance of people from the merged centroids. */
  readonly distance: number;
}

const seed = 7;
const restarts = 50;

/**
 * Centroids with enough people, by whom they are weighed; where these are fewer than `least`, the `least` that have the
 * most, so that noise can make segments poor but never end the learning of them.
 */
export function mergePoints(
  { count, dim, centroids }: Centroids,
  { people }: Pick<SegmentSums, "people">,
  { fewest, least }: { readonly fewest: number; readonly least: number },
): WeightedPoints {
  const order = Array.from(people.keys()).sort((a, b) => people[b] - people[a] || a - b);
  const heavy = people.filter((weight) => weight >= fewest).length;
  const kept = new Set(order.slice(0, Math.max(least, heavy)));
  return {
    count,
    dim,
    points: Float64Array.from(centroids),
    weights: people.map((weight, j) => (kept.has(j) ? Math.max(1, weight) : 0)),
  };
}

/** @throws {RangeError} where there are fewer centroids with people than are to be made of them. */
export function mergedInto(points: WeightedPoints, space: LearnedSpace, choice: CountChoice): Merged {
  const people = points.weights.reduce((sum, weight) => sum + weight, 0);
  const total = people * space.deviations.reduce((sum, value) => sum + value * value, 0);
  const distanceOf = (found: Clustered) => Math.sqrt(withinOf(points, found, total) / people);
  const clustered = (k: number) => weightedKMeans(points, { k, restarts, seed });
  if (choice.by === "operator") {
    const merged = clustered(choice.k);
    return { merged, choice: { k: choice.k, scores: [] }, distance: distanceOf(merged) };
  }
  const heavy = points.weights.filter((weight) => weight > 0).length;
  const ks = Array.from(
    { length: Math.min(choice.most, heavy) - choice.least + 1 },
    (_, at) => choice.least + at,
  );
  if (ks.length === 0) {
    throw new RangeError(`mergedInto: at least ${choice.least} centroids must have people, got ${heavy}`);
  }
  const tried = ks.map((k) => ({ k, found: clustered(k) }));
  const scores = tried.map(({ k, found }) => ({ k, score: calinskiHarabasz(points, found, total) }));
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  const { found: merged } = tried[scores.indexOf(best)];
  return { merged, choice: { k: best.k, scores }, distance: distanceOf(merged) };
}

/** Of all people, by the merged centroids alone. */
export function calinskiHarabasz(points: WeightedPoints, found: Clustered, total: number): number {
  const people = points.weights.reduce((sum, weight) => sum + weight, 0);
  const within = withinOf(points, found, total);
  const between = Math.max(0, total - within);
  return between / (found.count - 1) / (within / (people - found.count));
}

/** W_k, at least a thousandth of the total: noise could make it negative. */
function withinOf(points: WeightedPoints, found: Clustered, total: number): number {
  return Math.max(total / 1000, total - betweenOf(points, found));
}

function betweenOf({ dim, points, weights }: WeightedPoints, found: Clustered): number {
  const people = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(dim);
  for (const [point, weight] of weights.entries()) {
    for (let k = 0; k < dim; k++) mean[k] += (weight * points[point * dim + k]) / people;
  }
  let between = 0;
  for (let j = 0; j < found.count; j++) {
    for (let k = 0; k < dim; k++) {
      between += found.weights[j] * (found.centroids[j * dim + k] - mean[k]) ** 2;
    }
  }
  return between;
}
