/**
 * Segments of people whose features are known, as an operator knows them from logs: the same space, criterion
 * and names as of a crowd's rounds (rounds.ts), without noise, and k-means to its end instead of a few steps.
 *
 *   center = mean of what is known, by feature
 *   space  = principal axes in units of the spread (space.ts), of people whose unknown stands at the centre;
 *            by them what is unknown is told by what is not (core/profile/imputation.ts)
 *   k      = given, or by the criterion from 32 centroids of a normal crowd after two steps (merge.ts)
 *
 * Or by density (dbscan.ts): then the middles of the clusters are the centroids, and who is in none is of the
 * nearest.
 */
import type { SegmentsPart } from "../../../core/model/segments.ts";
import { featureVector, type VectorEntry, vectorEntries } from "../../../core/profile/featurevector.ts";
import { imputedVector } from "../../../core/profile/imputation.ts";
import { type Centroids, nearestCentroid, placeIn } from "../../../core/profile/segments.ts";
import type { FeatureValues } from "../../../core/profile/table.ts";
import { dbscan, densityOf } from "./dbscan.ts";
import { lloyd, type WeightedPoints, weightedKMeans } from "./kmeans.ts";
import { type CountChoice, mergedInto, mergePoints } from "./merge.ts";
import { segmentNames } from "./names.ts";
import { segmentPlan } from "./plan.ts";
import { partOfPlaced } from "./published.ts";
import { type LearnedSpace, spaceOf } from "./space.ts";
import { normalCentroids } from "./start.ts";

export type CentralChoice = CountChoice | { readonly by: "density" };

export interface CentralSegments {
  readonly part: SegmentsPart;
  /** By person. */
  readonly labels: Int32Array;
  /** Part of the people who are in no cluster; 0 where everybody is in one by how it is found. */
  readonly outside: number;
}

const steps = 100;
const exploringSteps = 2;
const restarts = 5;
const seed = 3;

/** Features that what is known of these people can tell: known of somebody, and not of everybody the same. */
export function tellingEntries(
  people: readonly FeatureValues[],
  entries: readonly VectorEntry[] = vectorEntries,
): readonly VectorEntry[] {
  return entries.filter(({ feature: { name } }) => new Set(people.map((person) => person[name])).size > 1);
}

/** @throws {RangeError} for people of whom nothing is known that differs, or in whom no cluster is found. */
export function centralSegments(
  people: readonly FeatureValues[],
  choice: CentralChoice,
  entries: readonly VectorEntry[] = tellingEntries(people),
): CentralSegments {
  if (entries.length === 0)
    throw new RangeError("centralSegments: people must differ in a feature, got none");
  const space = spaceOfPeople(people, entries);
  const points = pointsIn(people, space, (person) => imputedVector(space, person, entries));
  const atCenter = pointsIn(people, space, (person) => featureVector(person, space.center, entries));
  const { centroids, outside } =
    choice.by === "density"
      ? byDensity(points)
      : { centroids: byMeans({ points, atCenter }, space, choice), outside: 0 };
  const labels = Int32Array.from(people, (_, at) =>
    nearestCentroid(centroids, points.points, at * points.dim),
  );
  const counts = new Float64Array(centroids.count);
  let squares = 0;
  for (const [at, j] of labels.entries()) {
    counts[j] += 1;
    for (let k = 0; k < points.dim; k++) {
      squares += (points.points[at * points.dim + k] - centroids.centroids[j * points.dim + k]) ** 2;
    }
  }
  const names = segmentNames(space, centroids, { noise: new Float64Array(centroids.count), entries });
  const distance = Math.sqrt(squares / people.length);
  const placed = { space, centroids, distance, people: counts, names };
  const about = { reports: people.length, origin: "logs", before: null, entries } as const;
  return { part: partOfPlaced(placed, about), labels, outside };
}

/** As a crowd's rounds do it, k is chosen with what is unknown at the centre (rounds.ts). */
function byMeans(
  { points, atCenter }: Readonly<Record<"points" | "atCenter", WeightedPoints>>,
  space: LearnedSpace,
  choice: CountChoice,
): Centroids {
  const plan = segmentPlan({ choice, people: points.count, rho: Number.POSITIVE_INFINITY });
  const explored = lloyd(atCenter, normalCentroids(space, plan.explorers), exploringSteps);
  const least = choice.by === "operator" ? choice.k : choice.least;
  const kept = mergePoints(explored, { people: explored.weights }, { fewest: 1, least });
  const { merged } = mergedInto(kept, space, choice);
  const refined = lloyd(points, merged, steps);
  // Where k-means has several ends, the one with the least squares.
  const other = weightedKMeans(points, { k: merged.count, restarts, seed, mostSteps: steps });
  return other.within < refined.within ? other : refined;
}

function byDensity(points: WeightedPoints): { readonly centroids: Centroids; readonly outside: number } {
  const { count, labels } = dbscan(points, densityOf(points));
  if (count === 0) throw new RangeError("centralSegments: people must be dense somewhere, got no cluster");
  const { dim } = points;
  const sums = new Float64Array(count * dim);
  const people = new Float64Array(count);
  for (const [at, label] of labels.entries()) {
    if (label < 0) continue;
    people[label] += 1;
    for (let k = 0; k < dim; k++) sums[label * dim + k] += points.points[at * dim + k];
  }
  const inside = people.reduce((sum, own) => sum + own, 0);
  const centroids = sums.map((sum, at) => sum / people[Math.floor(at / dim)]);
  return { centroids: { count, dim, centroids }, outside: 1 - inside / points.count };
}

function spaceOfPeople(people: readonly FeatureValues[], entries: readonly VectorEntry[]): LearnedSpace {
  const width = entries.length;
  const unknown = new Float64Array(width).fill(Number.NaN);
  const center = new Float64Array(width);
  const known = new Float64Array(width);
  for (const person of people) {
    for (const [f, value] of featureVector(person, unknown, entries).entries()) {
      if (Number.isNaN(value)) continue;
      center[f] += value;
      known[f] += 1;
    }
  }
  for (let f = 0; f < width; f++) center[f] /= Math.max(1, known[f]);
  const scatter = new Float64Array(width * width);
  for (const person of people) {
    const moved = featureVector(person, center, entries).map((value, f) => value - center[f]);
    for (let a = 0; a < width; a++)
      for (let b = 0; b < width; b++) scatter[a * width + b] += moved[a] * moved[b];
  }
  const { dim, leastSpread } = segmentPlan({
    ...{ choice: { by: "operator", k: 1 }, people: people.length, rho: Number.POSITIVE_INFINITY },
  });
  const nothing = { clipL2: Number.POSITIVE_INFINITY, peopleVariance: 0, wayVariance: 0, scatterVariance: 0 };
  const sums = { people: Float64Array.of(people.length), ways: new Float64Array(width), scatter, ...nothing };
  return spaceOf(center, sums, { dim: Math.min(dim, width), leastSpread });
}

function pointsIn(
  people: readonly FeatureValues[],
  space: LearnedSpace,
  vectorOf: (person: FeatureValues) => Float64Array,
): WeightedPoints {
  const points = new Float64Array(people.length * space.dim);
  for (const [at, person] of people.entries()) {
    points.set(placeIn(space, vectorOf(person)), at * space.dim);
  }
  return { count: people.length, dim: space.dim, points, weights: new Float64Array(people.length).fill(1) };
}
