/**
 * Segments of people: centroids in a space that is made of features (featurevector.ts), and which of them a
 * person is nearest to. The device decides, and tells nobody.
 *
 *   y = A (x - center)        x: a vector of features;  A: one row an axis
 *   segment = argmin_j ||y - c_j||^2, of equals the lowest j
 */
import { dot } from "../linear.ts";
import type { FeatureValues } from "./table.ts";

/** An affine map from vectors of features to the space that centroids stand in. */
export interface SegmentSpace {
  /** As many numbers as a vector of features has. */
  readonly center: ArrayLike<number>;
  /** Flat, row-major: an axis a row, each as long as `center`. */
  readonly axes: ArrayLike<number>;
}

export interface Centroids {
  readonly count: number;
  /** Numbers of a centroid. */
  readonly dim: number;
  /** Flat, row-major: count * dim. */
  readonly centroids: ArrayLike<number>;
}

/** All that a device needs to know its segment. */
export interface Segments extends Centroids, SegmentSpace {}

/** Of whom fewer acts are known than this, hardly anything can be said: no segment, and no report on it. */
const fewestActs = 3;

/** Whether enough is known of a person. */
export function isKnownEnough({
  visits,
  actsPerVisit,
}: Pick<FeatureValues, "visits" | "actsPerVisit">): boolean {
  // Their product is a whole number but for rounding.
  return (visits ?? 0) * (actsPerVisit ?? 0) > fewestActs - 0.5;
}

/** Axes of a space: numbers of a place in it. */
export function spaceDim({ center, axes }: SegmentSpace): number {
  return axes.length / center.length;
}

/**
 * Where a vector of features stands in the space.
 *
 * @throws {RangeError} for a vector that is not as long as `center`.
 */
export function placeIn(space: SegmentSpace, vector: ArrayLike<number>): Float64Array {
  const { center, axes } = space;
  if (vector.length !== center.length) {
    throw new RangeError(`placeIn: vector must have ${center.length} numbers, got ${vector.length}`);
  }
  const moved = Float64Array.from(vector, (value, at) => value - center[at]);
  const place = new Float64Array(spaceDim(space));
  for (let axis = 0; axis < place.length; axis++) {
    place[axis] = dot(axes, axis * moved.length, moved, 0, moved.length);
  }
  return place;
}

/** The centroid nearest to a place of `dim` numbers, of equals the lowest; -1 where there are none. */
export function nearestCentroid(
  { count, dim, centroids }: Centroids,
  places: ArrayLike<number>,
  start = 0,
): number {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let centroid = 0; centroid < count; centroid++) {
    let square = 0;
    for (let k = 0; k < dim; k++) square += (places[start + k] - centroids[centroid * dim + k]) ** 2;
    if (square < least) [nearest, least] = [centroid, square];
  }
  return nearest;
}

/**
 * The segment of a person.
 *
 * @param vector as `imputedVector` makes it.
 */
export function segmentOf(segments: Segments, vector: ArrayLike<number>): number {
  return nearestCentroid(segments, placeIn(segments, vector));
}

/**
 * How a centroid differs from the crowd's mean, by feature, in units of the crowd's spread. It is told by the
 * axes alone: what they leave out is not seen.
 *
 * @param spreads standard deviation of the crowd, by feature.
 */
export function deviationsOf(
  { center, axes }: SegmentSpace,
  spreads: ArrayLike<number>,
  centroid: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: center.length }, (_, f) => {
    let sum = 0;
    for (let axis = 0; axis < centroid.length; axis++) sum += axes[axis * center.length + f] * centroid[axis];
    return sum * spreads[f];
  });
}
