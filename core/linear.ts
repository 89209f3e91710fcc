/**
 * Small dense symmetric systems, the only linear algebra the device needs.
 *
 * A matrix is one flat row-major Float64Array with its `dim` beside it. Of a symmetric matrix only the lower
 * triangle is read and, by the Cholesky routines, overwritten; the upper triangle may hold anything.
 */

/**
 * Replaces the lower triangle of the symmetric positive definite `matrix` (dim x dim) by its Cholesky factor
 * L.
 *
 * @throws {RangeError} when a pivot is not positive: the matrix is not positive definite.
 */
export function choleskyInPlace(matrix: Float64Array, dim: number): void {
  for (let row = 0; row < dim; row++) {
    const rowStart = row * dim;
    for (let column = 0; column <= row; column++) {
      const columnStart = column * dim;
      // Two sums break the chain of dependent additions: about 1.5x faster than one.
      let even = 0;
      let odd = 0;
      let k = 0;
      for (; k + 1 < column; k += 2) {
        even += matrix[rowStart + k] * matrix[columnStart + k];
        odd += matrix[rowStart + k + 1] * matrix[columnStart + k + 1];
      }
      if (k < column) even += matrix[rowStart + k] * matrix[columnStart + k];
      const rest = matrix[rowStart + column] - even - odd;
      if (column < row) {
        matrix[rowStart + column] = rest / matrix[columnStart + column];
      } else if (rest > 0) {
        matrix[rowStart + row] = Math.sqrt(rest);
      } else {
        throw new RangeError(
          `choleskyInPlace: the matrix must be positive definite, got pivot ${rest} at row ${row} of ${dim}`,
        );
      }
    }
  }
}

/** Solves L L^T x = b for the factor left by `choleskyInPlace`; `b` (dim numbers) becomes x. */
export function solveFactoredInPlace(factor: Float64Array, dim: number, b: Float64Array): void {
  for (let row = 0; row < dim; row++) {
    let sum = b[row];
    const rowStart = row * dim;
    for (let k = 0; k < row; k++) sum -= factor[rowStart + k] * b[k];
    b[row] = sum / factor[rowStart + row];
  }
  for (let row = dim - 1; row >= 0; row--) {
    const value = b[row] / factor[row * dim + row];
    b[row] = value;
    const rowStart = row * dim;
    for (let k = 0; k < row; k++) b[k] -= factor[rowStart + k] * value;
  }
}

/** Solves A x = b for a symmetric positive definite A. Both arguments are overwritten; `b` becomes x. */
export function solveInPlace(matrix: Float64Array, dim: number, b: Float64Array): void {
  choleskyInPlace(matrix, dim);
  solveFactoredInPlace(matrix, dim, b);
}

/** Adds weight * v v^T to the lower triangle of `matrix`; v is `dim` numbers of `rows` from `start`. */
export function addOuterInto(
  matrix: Float64Array,
  dim: number,
  rows: ArrayLike<number>,
  start: number,
  weight: number,
): void {
  for (let row = 0; row < dim; row++) {
    const scaled = weight * rows[start + row];
    const rowStart = row * dim;
    for (let column = 0; column <= row; column++) matrix[rowStart + column] += scaled * rows[start + column];
  }
}

/**
 * The Gram matrix V^T V (dim x dim, both triangles) of `count` rows of length `dim`.
 *
 * Four rows at a time: the matrix, which does not fit the fastest cache, is walked a quarter as often.
 */
export function gramOf(rows: ArrayLike<number>, count: number, dim: number): Float64Array {
  const gram = new Float64Array(dim * dim);
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const a = i * dim;
    const b = a + dim;
    const c = b + dim;
    const d = c + dim;
    for (let row = 0; row < dim; row++) {
      const [ra, rb, rc, rd] = [rows[a + row], rows[b + row], rows[c + row], rows[d + row]];
      const rowStart = row * dim;
      for (let k = 0; k <= row; k++) {
        gram[rowStart + k] += ra * rows[a + k] + rb * rows[b + k] + rc * rows[c + k] + rd * rows[d + k];
      }
    }
  }
  for (; i < count; i++) addOuterInto(gram, dim, rows, i * dim, 1);
  mirrorInPlace(gram, dim);
  return gram;
}

/** Copies the lower triangle over the upper one. */
function mirrorInPlace(matrix: Float64Array, dim: number): void {
  for (let row = 0; row < dim; row++) {
    for (let column = row + 1; column < dim; column++)
      matrix[row * dim + column] = matrix[column * dim + row];
  }
}

/** Inner product of `dim` numbers of `a` from `aStart` with `b` from `bStart`. */
export function dot(
  a: ArrayLike<number>,
  aStart: number,
  b: ArrayLike<number>,
  bStart: number,
  dim: number,
): number {
  let sum = 0;
  for (let k = 0; k < dim; k++) sum += a[aStart + k] * b[bStart + k];
  return sum;
}

/**
 * The nearest positive semidefinite matrix in Frobenius norm: negative eigenvalues become 0 (Higham 1988).
 * Cyclic Jacobi rotations: slow (dim^3 per sweep) but exact to rounding, and used once per aggregate.
 *
 * @param symmetric dim x dim, both triangles; unchanged.
 */
export function nearestPsd(symmetric: Float64Array, dim: number): Float64Array {
  const a = symmetric.slice();
  const vectors = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) vectors[i * dim + i] = 1;
  const sizeOf = (matrix: Float64Array) => Math.sqrt(matrix.reduce((sum, value) => sum + value * value, 0));
  const tolerance = 1e-14 * sizeOf(a);
  for (let sweep = 0; sweep < 30 && offDiagonal(a, dim) > tolerance; sweep++) {
    for (let p = 0; p < dim - 1; p++) {
      for (let q = p + 1; q < dim; q++) rotateInPlace(a, vectors, dim, p, q);
    }
  }
  const psd = new Float64Array(dim * dim);
  const vector = new Float64Array(dim);
  for (let k = 0; k < dim; k++) {
    const eigenvalue = a[k * dim + k];
    if (eigenvalue <= 0) continue;
    for (let i = 0; i < dim; i++) vector[i] = vectors[i * dim + k];
    addOuterInto(psd, dim, vector, 0, eigenvalue);
  }
  mirrorInPlace(psd, dim);
  return psd;
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
