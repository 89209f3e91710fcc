/**
 * From many centroids to few: k-means of the centroids, each as heavy as it has people; and how many there
 * are, by the gap statistic (Tibshirani, Walther, Hastie 2001), computed from sums alone.
 *
 *   T     = n * sum of deviations^2             all people about the mean, from the round on spread
 *   W_k   = T - sum over clusters of n_c ||m_c - m||^2
 *   gap_k = log(W_k of a normal crowd with the same deviations, that went the same way) - log W_k
 *   k     = the least above 1 of which gap_k >= gap_(k+1) - tolerance;  1 where no gap exceeds the tolerance
 *
 * One more cluster lessens W_k in any crowd; only where there are groups by more than in a normal crowd,
 * which has none. That two clusters do no better than in a normal crowd does not say that there is one: four
 * groups at the corners of a square hide so. Noise moves centroids apart, which lessens W_k by about dim v /
 * n_j of each: steps (step.ts) shrink moves by as much. What the criterion finds of known groups: `npm run
 * bench:segments`.
 */
import type { Centroids } from "../../../core/profile/segments.ts";
import { type Clustered, lloyd, type WeightedPoints, weightedKMeans } from "./kmeans.ts";
import type { LearnedSpace } from "./space.ts";
import { normalCentroids, normalCrowd } from "./start.ts";
import type { SegmentSums } from "./sums.ts";

/** So many, or the best of a range by the criterion. */
export type CountChoice =
  | { readonly by: "operator"; readonly k: number }
  | { readonly by: "criterion"; readonly least: number; readonly most: number };

export interface Choice {
  readonly k: number;
  /** The gap by k; none where the operator chose. */
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
/** Chosen on crowds of known groups (bench/segments/plan.ts). */
const tolerance = 0.05;
/** The normal crowd that others are held against, and how many steps its centroids take. */
const normalPeople = 6_000;
const normalSeed = 77;
const normalSteps = 2;

/**
 * Centroids with enough people, by whom they are weighed; where these are fewer than `least`, the `least`
 * that have the most, so that noise can make segments poor but never end the learning of them.
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
  const total = peopleOf(points) * squareOf(space);
  const { clusters, scores } =
    choice.by === "operator"
      ? { clusters: clustersOf(points, choice.k), scores: [] }
      : byGap(points, space, choice);
  return {
    merged: clusters,
    choice: { k: clusters.count, scores },
    distance: Math.sqrt(withinOf(points, clusters, total) / peopleOf(points)),
  };
}

function byGap(
  points: WeightedPoints,
  space: LearnedSpace,
  { least, most }: Extract<CountChoice, { by: "criterion" }>,
): { readonly clusters: Clustered; readonly scores: Choice["scores"] } {
  const normal = normalPoints(space, points.count);
  const heavy = points.weights.filter((weight) => weight > 0).length;
  const highest = Math.min(most, heavy);
  // One more than may be chosen, where there are so many: each is judged by the next.
  const ks = Array.from({ length: Math.min(most + 1, heavy) - least + 1 }, (_, at) => least + at);
  if (ks.length === 0) {
    throw new RangeError(`mergedInto: at least ${least} centroids must have people, got ${heavy}`);
  }
  const shareWithin = (of: WeightedPoints, clusters: Clustered) => {
    const total = peopleOf(of) * squareOf(space);
    return withinOf(of, clusters, total) / total;
  };
  const tried = ks.map((k) => {
    const clusters = clustersOf(points, k);
    const score = Math.log(shareWithin(normal, clustersOf(normal, k)) / shareWithin(points, clusters));
    return { k, clusters, score };
  });
  const hasGroups = least > 1 || tried.some(({ score }) => score > tolerance);
  const enough = tried.find(
    ({ k, score }, at) => k === highest || (k > 1 && score >= tried[at + 1].score - tolerance),
  );
  const { clusters } = (hasGroups ? enough : null) ?? tried[0];
  return { clusters, scores: tried.map(({ k, score }) => ({ k, score })) };
}

function clustersOf(points: WeightedPoints, k: number): Clustered {
  return weightedKMeans(points, { k, restarts, seed });
}

/** What the same rounds make of a normal crowd: `count` centroids, and people by them. */
function normalPoints(space: LearnedSpace, count: number): WeightedPoints {
  const { dim } = space;
  const crowd = normalCrowd(space.deviations, { people: normalPeople, seed: normalSeed });
  const weights = new Float64Array(normalPeople).fill(1);
  const whole = { count: normalPeople, dim, points: crowd, weights };
  const { centroids, weights: people } = lloyd(whole, normalCentroids(space, count), normalSteps);
  return { count, dim, points: centroids, weights: people };
}

function peopleOf({ weights }: Pick<WeightedPoints, "weights">): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

function squareOf({ deviations }: Pick<LearnedSpace, "deviations">): number {
  return Math.max(
    1e-9,
    deviations.reduce((sum, value) => sum + value * value, 0),
  );
}

/** W_k, at least a thousandth of the total: noise could make it negative. */
function withinOf(points: WeightedPoints, clusters: Clustered, total: number): number {
  return Math.max(total / 1000, total - betweenOf(points, clusters));
}

function betweenOf(points: WeightedPoints, { count, dim, centroids, weights }: Clustered): number {
  const people = peopleOf(points);
  const mean = new Float64Array(dim);
  for (let j = 0; j < count; j++) {
    for (let k = 0; k < dim; k++) mean[k] += (weights[j] * centroids[j * dim + k]) / people;
  }
  let between = 0;
  for (let j = 0; j < count; j++) {
    for (let k = 0; k < dim; k++) between += weights[j] * (centroids[j * dim + k] - mean[k]) ** 2;
  }
  return between;
}
