/**
 * Centroids to begin with, from the crowd's mean and spread alone: k-means of a made-up crowd, drawn from the
 * normal distribution of that spread. They lie dense where people must be expected, along long axes more than
 * short ones.
 */
import type { Centroids } from "../../../core/profile/segments.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { weightedKMeans } from "./kmeans.ts";
import type { LearnedSpace } from "./space.ts";

const people = 4_000;
const seed = 20;

export interface StartingCentroids extends Centroids {
  /** Root mean square of the made-up people's distances from their centroids. */
  readonly distance: number;
}

export function normalCentroids(
  { dim, deviations }: Pick<LearnedSpace, "dim" | "deviations">,
  count: number,
): StartingCentroids {
  const points = normalCrowd(deviations, { people, seed });
  const weights = new Float64Array(people).fill(1);
  const { centroids, within } = weightedKMeans(
    { count: people, dim, points, weights },
    { k: count, restarts: 1, seed, mostSteps: 20 },
  );
  return { count, dim, centroids, distance: Math.sqrt(within / people) };
}

/** Places of the people of a normal crowd with these standard deviations, flat. */
export function normalCrowd(
  deviations: ArrayLike<number>,
  { people, seed }: { readonly people: number; readonly seed: number },
): Float64Array {
  const random = seededRandom(seed);
  const dim = deviations.length;
  // Box and Muller: 1 - random() is never 0.
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Float64Array.from({ length: people * dim }, (_, at) => deviations[at % dim] * normal());
}
