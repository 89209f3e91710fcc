/**
 * The space that segments are told apart in: features about the crowd's mean, each in units of the crowd's
 * spread, on the principal axes of what is left (PCA; Pearson 1901).
 *
 *   M = S / n - m m^T           S: noisy second moments about the centre;  m: noisy mean way from it
 *   spread_f = sqrt(max(M_ff, least^2))
 *   axes = D^T diag(1 / spread),  D: eigenvectors of diag(1/spread) M diag(1/spread) of the largest eigenvalues
 *
 * A feature whose spread cannot be told from noise gets the least spread that could be told: it then counts
 * for little instead of being noise blown up.
 */

import type { SegmentSpace } from "../../../core/profile/segments.ts";
import { symmetricEigen } from "../../../core/psd.ts";
import { fewestPeople } from "./step.ts";
import type { SegmentSums } from "./sums.ts";

export interface LearnedSpace extends SegmentSpace {
  readonly center: Float64Array;
  readonly axes: Float64Array;
  readonly dim: number;
  /** Standard deviation of people along each axis, largest first. */
  readonly deviations: Float64Array;
  /** By feature: how far people are from the mean, as a standard deviation. */
  readonly spreads: Float64Array;
}

export interface SpaceOptions {
  readonly dim: number;
  /** In the units of the vector: a feature that varies less counts as if it varied so much. */
  readonly leastSpread: number;
}

/**
 * @param sums of a round with one centroid, at `center`, and the axes of the features themselves.
 * @throws {RangeError} for sums without a scatter.
 */
export function spaceOf(
  center: ArrayLike<number>,
  sums: SegmentSums,
  { dim, leastSpread }: SpaceOptions,
): LearnedSpace {
  const { ways, scatter, scatterVariance } = sums;
  if (scatter === null) throw new RangeError("spaceOf: sums must have a scatter, got none");
  // Noise may hide a small crowd whole: by what is left of it nothing may be divided.
  const people = Math.max(fewestPeople(sums), sums.people[0]);
  const width = center.length;
  const mean = ways.map((way) => way / people);
  const covariance = scatter.map((sum, at) => sum / people - mean[at % width] * mean[Math.floor(at / width)]);
  const least = Math.max(leastSpread ** 2, (2 * Math.sqrt(scatterVariance)) / people);
  const spreads = mean.map((_, f) => Math.sqrt(Math.max(least, covariance[f * width + f])));
  const { axes, deviations } = principalAxes(
    covariance.map((value, at) => value / (spreads[at % width] * spreads[Math.floor(at / width)])),
    width,
    dim,
  );
  return {
    center: mean.map((way, f) => center[f] + way),
    axes: axes.map((value, at) => value / spreads[at % width]),
    dim,
    deviations,
    spreads,
  };
}

export interface PrincipalAxes {
  /** Flat, a unit vector a row, of the largest eigenvalue first; its largest number is positive. */
  readonly axes: Float64Array;
  /** Roots of the eigenvalues, 0 where noise made one negative. */
  readonly deviations: Float64Array;
}

/** @param covariance width x width, both triangles. */
export function principalAxes(covariance: Float64Array, width: number, dim: number): PrincipalAxes {
  const { values, vectors } = symmetricEigen(covariance, width);
  const order = Array.from(values.keys())
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, dim);
  const rows = order.map((at) => withSign(vectors.subarray(at * width, (at + 1) * width)));
  return {
    axes: Float64Array.from(rows.flatMap((row) => Array.from(row))),
    deviations: Float64Array.from(order, (at) => Math.sqrt(Math.max(0, values[at]))),
  };
}

/** An eigenvector has no sign of its own: the one by which its largest number is positive. */
function withSign(vector: Float64Array): Float64Array {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
