/**
 * One step of k-means (Lloyd 1982) from noisy sums:
 *
 *   c_j <- c_j + s_j w_j / n_j,   s_j = max(0, 1 - dim v / ||w_j||^2)
 *
 * n_j are the people nearest to centroid j, w_j is the sum of their ways from it, v the variance of the
 * noise in each of its numbers. s_j shrinks a move by the part of it that is noise (James, Stein 1961): it
 * is 1 without noise, and where all of a move may be noise the centroid stays. It stays too where it has
 * too few people to tell: fewer than three standard deviations of the noise in a count, or `leastPeople`.
 * No move is longer than half the clip, or the clip where there is one centroid alone: honest people
 * hardly make one so long, liars would (bench/segments/liars.ts). Post-processing of what is
 * published: no privacy is spent.
 */
import type { Centroids } from "../../../core/profile/segments.ts";
import type { SegmentSums } from "./sums.ts";

/** Standard deviations of a count's noise that people must exceed. */
const noiseFloor = 3;
/** A centroid of fewer people is none of a crowd, with or without noise. */
const leastPeople = 1;

/** Part of the clip. */
const longestMove = 0.5;

/** The fewest people by whom a centroid is moved. */
export function fewestPeople({ peopleVariance }: Pick<SegmentSums, "peopleVariance">): number {
  return Math.max(leastPeople, noiseFloor * Math.sqrt(peopleVariance));
}

export function stepped({ count, dim, centroids }: Centroids, sums: SegmentSums): Float64Array {
  const next = Float64Array.from(centroids);
  const fewest = fewestPeople(sums);
  const longest = count === 1 ? sums.clipL2 : longestMove * sums.clipL2;
  for (let j = 0; j < count; j++) {
    if (sums.people[j] < fewest) continue;
    const way = sums.ways.subarray(j * dim, (j + 1) * dim);
    const square = way.reduce((sum, value) => sum + value * value, 0);
    if (square === 0) continue;
    const kept = Math.max(0, 1 - (dim * sums.wayVariance) / square);
    if (kept === 0) continue;
    const length = (kept * Math.sqrt(square)) / sums.people[j];
    const move = (kept * Math.min(1, longest / length)) / sums.people[j];
    for (let k = 0; k < dim; k++) next[j * dim + k] += move * way[k];
  }
  return next;
}
