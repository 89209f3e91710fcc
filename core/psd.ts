/** The nearest positive semidefinite matrix: what noise made of a covariance becomes one again. */
import { addOuterInto, mirrorInPlace } from "./linear.ts";

/**
 * The nearest positive semidefinite matrix in Frobenius norm: negative eigenvalues become 0 (Higham 1988).
 *
 * @param symmetric dim x dim, both triangles; unchanged.
 */
export function nearestPsd(symmetric: Float64Array, dim: number): Float64Array {
  const { values, vectors } = symmetricEigen(symmetric, dim);
  const psd = new Float64Array(dim * dim);
  for (let k = 0; k < dim; k++) {
    if (values[k] > 0) addOuterInto(psd, dim, vectors, k * dim, values[k]);
  }
  mirrorInPlace(psd, dim);
  return psd;
}

export interface Eigen {
  /** In no order. */
  readonly values: Float64Array;
  /** Flat, a unit vector a row, in the order of the values. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and eigenvectors by cyclic Jacobi rotations: slow (dim^3 per sweep) but exact to rounding, and
 * used once per aggregate.
 *
 * @param symmetric dim x dim, both triangles; unchanged.
 */
export function symmetricEigen(symmetric: Float64Array, dim: number): Eigen {
  const a = symmetric.slice();
  const columns = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) columns[i * dim + i] = 1;
  const sizeOf = (matrix: Float64Array) => Math.sqrt(matrix.reduce((sum, value) => sum + value * value, 0));
  const tolerance = 1e-14 * sizeOf(a);
  for (let sweep = 0; sweep < 30 && offDiagonal(a, dim) > tolerance; sweep++) {
    for (let p = 0; p < dim - 1; p++) {
      for (let q = p + 1; q < dim; q++) rotateInPlace(a, columns, dim, p, q);
    }
  }
  const values = Float64Array.from({ length: dim }, (_, k) => a[k * dim + k]);
  const vectors = columns.map((_, at) => columns[(at % dim) * dim + Math.floor(at / dim)]);
  return { values, vectors };
}

function offDiagonal(a: Float64Array, dim: number): number {
  let sum = 0;
  for (let p = 0; p < dim; p++) {
    for (let q = 0; q < p; q++) sum += 2 * a[p * dim + q] * a[p * dim + q];
  }
  return Math.sqrt(sum);
}

/** One Jacobi rotation that makes a[p][q] zero (Golub and Van Loan, Matrix Computations, 8.5). */
function rotateInPlace(a: Float64Array, vectors: Float64Array, dim: number, p: number, q: number): void {
  const apq = a[p * dim + q];
  if (apq === 0) return;
  const tau = (a[q * dim + q] - a[p * dim + p]) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  for (let k = 0; k < dim; k++) {
    const akp = a[k * dim + p];
    const akq = a[k * dim + q];
    a[k * dim + p] = c * akp - s * akq;
    a[k * dim + q] = s * akp + c * akq;
  }
  for (let k = 0; k < dim; k++) {
    const apk = a[p * dim + k];
    const aqk = a[q * dim + k];
    a[p * dim + k] = c * apk - s * aqk;
    a[q * dim + k] = s * apk + c * aqk;
    const vkp = vectors[k * dim + p];
    const vkq = vectors[k * dim + q];
    vectors[k * dim + p] = c * vkp - s * vkq;
    vectors[k * dim + q] = s * vkp + c * vkq;
  }
}
