/**
 * What a round's noisy sum says: people and mean places by centroid, and how far people are from their
 * centroids.
 */
import type { Centroids } from "../../../core/profile/segments.ts";
import { type SegmentScales, segmentLayout } from "../../../core/tasks/segments/contribution.ts";

export interface SegmentSums {
  /** By centroid; noise may make them negative. */
  readonly people: Float64Array;
  /** Flat, a centroid a row: sums of clipped ways from the centroid. */
  readonly ways: Float64Array;
  /**
   * dim x dim, both triangles: sum of the outer products of clipped ways; null where it was not asked for.
   */
  readonly scatter: Float64Array | null;
  /** No report has a longer way, so no centroid's people have one on average. */
  readonly clipL2: number;
  /**
   * Variance of the noise in a count, in a number of `ways`, and on the diagonal of `scatter` (half of it
   * elsewhere).
   */
  readonly peopleVariance: number;
  readonly wayVariance: number;
  readonly scatterVariance: number;
}

/**
 * @param sum of contributions, as numbers.
 * @param variance of the noise of all aggregators and lanes in each of them.
 * @throws {RangeError} for a sum that is not as long as the layout.
 */
export function segmentSumsOf(
  sum: Float64Array,
  {
    centroids: { count, dim },
    scales,
    variance,
  }: {
    readonly centroids: Pick<Centroids, "count" | "dim">;
    readonly scales: SegmentScales;
    readonly variance: number;
  },
): SegmentSums {
  const layout = segmentLayout({ count, dim, ...scales });
  if (sum.length !== layout.length) {
    throw new RangeError(`segmentSumsOf: the sum must have ${layout.length} numbers, got ${sum.length}`);
  }
  const people = new Float64Array(count);
  const ways = new Float64Array(count * dim);
  for (let j = 0; j < count; j++) {
    const from = j * layout.block;
    ways.set(sum.subarray(from, from + dim), j * dim);
    people[j] = sum[from + dim] / scales.countScale;
  }
  const isAsked = scales.scatterScale > 0;
  return {
    people,
    ways,
    scatter: isAsked ? scatterOf(sum.subarray(layout.scatter), dim, scales.scatterScale) : null,
    clipL2: scales.clipL2,
    peopleVariance: variance / scales.countScale ** 2,
    wayVariance: variance,
    scatterVariance: isAsked ? variance / scales.scatterScale ** 2 : 0,
  };
}

function scatterOf(triangle: Float64Array, dim: number, scale: number): Float64Array {
  const scatter = new Float64Array(dim * dim);
  let at = 0;
  for (let a = 0; a < dim; a++) {
    for (let b = 0; b < a; b++) {
      const value = triangle[at++] / (scale * Math.SQRT2);
      scatter[a * dim + b] = value;
      scatter[b * dim + a] = value;
    }
    scatter[a * dim + a] = triangle[at++] / scale;
  }
  return scatter;
}
