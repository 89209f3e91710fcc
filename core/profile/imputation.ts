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
  const width = center.length;
  if (vector.length !== width) {
    throw new RangeError(`imputed: vector must have ${width} numbers, got ${vector.length}`);
  }
  const loadings = loadingsOf(shape);
  const place = placeOfKnown(shape, loadings, vector);
  return Float64Array.from(vector, (value, f) => {
    if (!Number.isNaN(value)) return value;
    let sum = 0;
    for (let k = 0; k < place.length; k++) sum += loadings[k * width + f] * place[k];
    return center[f] + spreads[f] * sum;
  });
}

/** V_kf deviation_k, flat, an axis a row: axes are in the units of features, loadings in those of their spreads. */
function loadingsOf({ axes, spreads, deviations }: CrowdShape): Float64Array {
  const width = spreads.length;
  return Float64Array.from(
    axes,
    (axis, at) => axis * spreads[at % width] * deviations[Math.floor(at / width)],
  );
}

/** y* in units of the deviations: so the prior is the identity, also along axes where nobody differs. */
function placeOfKnown(
  { center, spreads, deviations }: CrowdShape,
  loadings: Float64Array,
  vector: ArrayLike<number>,
): Float64Array {
  const width = center.length;
  const dim = deviations.length;
  const matrix = Float64Array.from({ length: dim * dim }, (_, at) => Number(at % (dim + 1) === 0));
  const right = new Float64Array(dim);
  for (let f = 0; f < width; f++) {
    if (Number.isNaN(vector[f]) || !(spreads[f] >= leastSpread)) continue;
    let explained = 0;
    for (let k = 0; k < dim; k++) explained += loadings[k * width + f] ** 2;
    // Whatever a shape says, the matrix is well conditioned: no rest is less than a part of what is explained.
    const rest = Math.max(leastRest * Math.max(1, explained), 1 - explained);
    const z = (vector[f] - center[f]) / spreads[f];
    for (let k = 0; k < dim; k++) {
      const scaled = loadings[k * width + f] / rest;
      right[k] += scaled * z;
      for (let l = 0; l <= k; l++) matrix[k * dim + l] += scaled * loadings[l * width + f];
    }
  }
  choleskyInPlace(matrix, dim);
  solveFactoredInPlace(matrix, dim, right);
  return right;
}
