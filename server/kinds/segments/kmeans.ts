/**
 * k-means of weighted points, in the clear: what the server does with the few points that noisy sums are.
 *
 * Starts by k-means++ (Arthur, Vassilvitskii 2007), steps by Lloyd until nothing changes, the best of several
 * starts by the sum of weighted squares. The same seed gives the same centroids.
 */
import { type Centroids, nearestCentroid } from "../../../core/profile/segments.ts";
import { seededRandom } from "../../../core/seeded.ts";

export interface WeightedPoints {
  readonly count: number;
  readonly dim: number;
  /** Flat, a point a row. */
  readonly points: Float64Array;
  /** By point, at least 0. */
  readonly weights: Float64Array;
}

export interface Clustered extends Centroids {
  readonly centroids: Float64Array;
  /** Sum of weight by squared distance from the nearest centroid. */
  readonly within: number;
  /** Weight by centroid. */
  readonly weights: Float64Array;
}

export interface KMeansOptions {
  /** Centroids, at most as many as points of a weight above 0. */
  readonly k: number;
  readonly restarts: number;
  readonly seed: number;
  readonly mostSteps?: number;
}

/** @throws {RangeError} where there are fewer points of a weight above 0 than centroids. */
export function weightedKMeans(
  points: WeightedPoints,
  { k, restarts, seed, mostSteps = 100 }: KMeansOptions,
): Clustered {
  const heavy = points.weights.reduce((count, weight) => count + Number(weight > 0), 0);
  if (k > heavy) throw new RangeError(`weightedKMeans: k must be at most ${heavy}, got ${k}`);
  const random = seededRandom(seed);
  let best: Clustered | null = null;
  for (let start = 0; start < restarts; start++) {
    const found = lloyd(points, plusPlus(points, k, random), mostSteps);
    if (best === null || found.within < best.within) best = found;
  }
  if (best === null) throw new RangeError(`weightedKMeans: restarts must be at least 1, got ${restarts}`);
  return best;
}

/** From given centroids; a centroid without points stays. */
export function lloyd(points: WeightedPoints, start: Centroids, mostSteps: number): Clustered {
  const { count, dim } = start;
  let centroids = Float64Array.from(start.centroids);
  for (let step = 0; ; step++) {
    const sums = new Float64Array(count * dim);
    const weights = new Float64Array(count);
    let within = 0;
    for (let point = 0; point < points.count; point++) {
      const weight = points.weights[point];
      const j = nearestCentroid({ count, dim, centroids }, points.points, point * dim);
      weights[j] += weight;
      for (let k = 0; k < dim; k++) {
        const value = points.points[point * dim + k];
        sums[j * dim + k] += weight * value;
        within += weight * (value - centroids[j * dim + k]) ** 2;
      }
    }
    const next = sums.map((sum, at) => {
      const weight = weights[Math.floor(at / dim)];
      return weight > 0 ? sum / weight : centroids[at];
    });
    if (step >= mostSteps || next.every((value, at) => value === centroids[at])) {
      return { count, dim, centroids, within, weights };
    }
    centroids = next;
  }
}

/**
 * Points drawn as first centroids, each with a chance that grows with weight by squared distance from those
 * drawn.
 */
function plusPlus(
  { count, dim, points, weights }: WeightedPoints,
  k: number,
  random: () => number,
): Centroids {
  const centroids = new Float64Array(k * dim);
  const chances = Float64Array.from(weights);
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let drawn = 0; drawn < k; drawn++) {
    const at = drawFrom(chances, random);
    const chosen = points.subarray(at * dim, (at + 1) * dim);
    centroids.set(chosen, drawn * dim);
    for (let point = 0; point < count; point++) {
      let square = 0;
      for (let d = 0; d < dim; d++) square += (points[point * dim + d] - chosen[d]) ** 2;
      nearest[point] = Math.min(nearest[point], square);
      chances[point] = weights[point] * nearest[point];
    }
  }
  return { count: k, dim, centroids };
}

function drawFrom(chances: Float64Array, random: () => number): number {
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  let left = random() * total;
  let last = 0;
  for (const [at, chance] of chances.entries()) {
    if (chance === 0) continue;
    last = at;
    left -= chance;
    if (left < 0) break;
  }
  return last;
}
