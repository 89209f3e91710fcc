/**
 * What a feature that could not be measured probably is, by those that could: a ridge regression on the others, whose
 * coefficients follow from what a crowd's sums tell (spreads and principal axes), so that nobody needs its people.
 *
 *   z_f = (x_f - center_f) / spread_f = sum_k V_kf y_k + rest,   y_k ~ (0, deviation_k^2),  rest ~ (0, psi_f)
 *   y* = (V_o Psi_o^-1 V_o^T + diag(1 / deviation_k^2))^-1 V_o Psi_o^-1 z_o,   z_u = V_u^T y*
 *
 * o: what is known, u: what is not; psi_f = 1 - sum_k V_kf^2 deviation_k^2, what the axes leave of a feature. With
 * normal people y* is the mean of y given z_o (Bishop, Pattern Recognition and Machine Learning, 2006, 12.2), and z_u
 * that of z_u. What is known is not changed; where nothing is known everything stands at the centre.
 */
import { choleskyInPlace, solveFactoredInPlace } from "../linear.ts";
import { featureVector, type VectorEntry } from "./featurevector.ts";
import type { SegmentSpace } from "./segments.ts";
import type { FeatureValues } from "./table.ts";

/** How a crowd's features vary, and together. */
export interface CrowdShape extends SegmentSpace {
  /** Standard deviation of the crowd, by feature. */
  readonly spreads: ArrayLike<number>;
  /** Along each axis, in units of the spreads. */
  readonly deviations: ArrayLike<number>;
}

/** A feature that the axes tell all of would else count without bound. */
const leastRest = 0.05;
/** A feature in which people differ less tells nothing. */
const leastSpread = 1e-6;

/**
 * A person's features as a vector, with what could not be measured told by the rest.
 *
 * @param entries what the vector is of, as many as `center` is long.
 */
export function imputedVector(
  shape: CrowdShape,
  values: FeatureValues,
  entries: readonly VectorEntry[],
): Float64Array {
  return imputed(shape, featureVector(values, new Float64Array(entries.length).fill(Number.NaN), entries));
}

/**
 * @param vector by feature; NaN for what is not known.
 * @returns the same numbers, and others in the place of NaN.
 * @throws {RangeError} for a vector that is not as long as `center`.
 */
export function imputed(shape: CrowdShape, vector: ArrayLike<number>): Float64Array {
  const { center, spreads } = shape;
  if (vector.length !== center.length) {
    throw new RangeError(`imputed: vector must have ${center.length} numbers, got ${vector.length}`);
  }
  const place = placeOfKnown(shape, vector);
  return Float64Array.from(vector, (value, f) => {
    if (!Number.isNaN(value)) return value;
    let sum = 0;
    for (let k = 0; k < place.length; k++) sum += loadingOf(shape, k, f) * place[k];
    return center[f] + spreads[f] * sum;
  });
}

/** y* of the formula. Axes along which nobody differs have no part in it. */
function placeOfKnown(shape: CrowdShape, vector: ArrayLike<number>): Float64Array {
  const { center, spreads, deviations } = shape;
  const dim = deviations.length;
  const matrix = new Float64Array(dim * dim);
  const right = new Float64Array(dim);
  for (let f = 0; f < center.length; f++) {
    if (Number.isNaN(vector[f]) || !(spreads[f] >= leastSpread)) continue;
    const z = (vector[f] - center[f]) / spreads[f];
    const over = 1 / restOf(shape, f);
    for (let k = 0; k < dim; k++) {
      const scaled = loadingOf(shape, k, f) * deviations[k] * over;
      right[k] += scaled * z;
      for (let l = 0; l <= k; l++) matrix[k * dim + l] += scaled * loadingOf(shape, l, f) * deviations[l];
    }
  }
  // In units of the deviations the prior is the identity, also where one is 0.
  for (let k = 0; k < dim; k++) matrix[k * dim + k] += 1;
  choleskyInPlace(matrix, dim);
  solveFactoredInPlace(matrix, dim, right);
  return right.map((value, k) => value * deviations[k]);
}

/** V_kf: axes are in the units of features, loadings in those of their spreads. */
function loadingOf({ center, axes, spreads }: CrowdShape, axis: number, f: number): number {
  return axes[axis * center.length + f] * spreads[f];
}

/** psi_f; at least a part of what the axes tell, so that the matrix is well conditioned whatever a shape says. */
function restOf(shape: CrowdShape, f: number): number {
  let told = 0;
  for (let k = 0; k < shape.deviations.length; k++)
    told += (loadingOf(shape, k, f) * shape.deviations[k]) ** 2;
  return Math.max(leastRest * Math.max(1, told), 1 - told);
}
