/**
 * Segments as they come from outside, in a task and in a part: what their vectors are of, the space, and the
 * centroids. Checked once, where they are read.
 */
import * as v from "valibot";

/** Most that anybody takes. */
export const segmentLimits = { features: 64, centroids: 64, reach: 1e3, key: 128 } as const;

const { reach } = segmentLimits;

/** A flat list of places, rows or columns. */
export const segmentNumbers = (most: number) =>
  v.pipe(
    v.array(v.pipe(v.number(), v.minValue(-reach), v.maxValue(reach))),
    v.minLength(1),
    v.maxLength(most),
  );

/** Standard deviations along axes; noise may leave none of one. */
export const deviationNumbers = v.pipe(
  v.array(v.pipe(v.number(), v.minValue(0), v.maxValue(reach))),
  v.maxLength(segmentLimits.features),
);

const dim = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(segmentLimits.features));

export const segmentEntries = {
  /**
   * What the numbers of a vector are (featurevector.ts); a device whose table has not all of these leaves it
   * alone.
   */
  features: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(segmentLimits.key))),
    v.minLength(1),
    v.maxLength(segmentLimits.features),
  ),
  /** By feature. */
  center: segmentNumbers(segmentLimits.features),
  /** Flat, an axis a row of as many numbers as `center`. */
  axes: segmentNumbers(segmentLimits.features ** 2),
  count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(segmentLimits.centroids)),
  /** Axes; numbers of a centroid. */
  dim,
  /** Flat, a centroid a row. */
  centroids: segmentNumbers(segmentLimits.centroids * segmentLimits.features),
};

type Entries = v.InferOutput<v.ObjectSchema<typeof segmentEntries, undefined>>;

/** Whether all of them are of the same features, axes and centroids. */
export function isOneShape({ features, center, axes, count, dim, centroids }: Entries): boolean {
  return (
    features.length === center.length &&
    axes.length === dim * center.length &&
    centroids.length === count * dim
  );
}
