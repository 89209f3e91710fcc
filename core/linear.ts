/**
 * Small dense symmetric systems, the only linear algebra the device needs.
 *
 * A matrix is one flat row-major Float64Array with its `dim` beside it. Of a symmetric matrix only the lower
 * triangle is read and, by the Cholesky routines, overwritten; the upper triangle may hold anything.
 */

/** Columns that the Cholesky factorisation does at a time: their part of a few rows fits the fastest cache. */
const panel = 32;

/**
 * Replaces the lower triangle of the symmetric positive definite `matrix` (dim x dim) by its Cholesky factor
 * L, a panel of columns at a time (Golub and Van Loan, Matrix Computations, 4.2.9).
 *
 * @throws {RangeError} when a pivot is not positive: the matrix is not positive definite.
 */
export function choleskyInPlace(matrix: Float64Array, dim: number): void {
  for (let from = 0; from < dim; from += panel) {
    const to = Math.min(dim, from + panel);
    for (let row = from; row < dim; row++) factorRowInPlace(matrix, dim, row, from, Math.min(row, to - 1));
    subtractPanelInPlace(matrix, dim, from, to);
  }
}

/** Columns `from` to `last` of a row of L; what lies before `from` was subtracted already. */
function factorRowInPlace(matrix: Float64Array, dim: number, row: number, from: number, last: number): void {
  const rowStart = row * dim;
  for (let column = from; column <= last; column++) {
    const columnStart = column * dim;
    let rest = matrix[rowStart + column];
    for (let k = from; k < column; k++) rest -= matrix[rowStart + k] * matrix[columnStart + k];
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

/**
 * Takes what columns `from` to `to` of L explain from all columns after them. Four rows by two columns at a
 * time: eight sums for six numbers read. It may write above the diagonal.
 */
function subtractPanelInPlace(matrix: Float64Array, dim: number, from: number, to: number): void {
  let row = to;
  for (; row + 3 < dim; row += 4) {
    const [a, b, c, d] = [row * dim, (row + 1) * dim, (row + 2) * dim, (row + 3) * dim];
    for (let column = to; column < row + 4; column += 2) {
      const e = column * dim;
      const f = e + dim;
      let [ae, af, be, bf, ce, cf, de, df] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = from; k < to; k++) {
        const left = matrix[e + k];
        const right = matrix[f + k];
        const ofA = matrix[a + k];
        ae += ofA * left;
        af += ofA * right;
        const ofB = matrix[b + k];
        be += ofB * left;
        bf += ofB * right;
        const ofC = matrix[c + k];
        ce += ofC * left;
        cf += ofC * right;
        const ofD = matrix[d + k];
        de += ofD * left;
        df += ofD * right;
      }
      matrix[a + column] -= ae;
      matrix[a + column + 1] -= af;
      matrix[b + column] -= be;
      matrix[b + column + 1] -= bf;
      matrix[c + column] -= ce;
      matrix[c + column + 1] -= cf;
      matrix[d + column] -= de;
      matrix[d + column + 1] -= df;
    }
  }
  for (; row < dim; row++) {
    for (let column = to; column <= row; column++) {
      let sum = 0;
      for (let k = from; k < to; k++) sum += matrix[row * dim + k] * matrix[column * dim + k];
      matrix[row * dim + column] -= sum;
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

/**
 * The same for many right sides: `sides` holds `count` of them, one after the other. Four at a time, so that
 * the factor is walked a quarter as often.
 */
export function solveFactoredSidesInPlace(
  factor: Float64Array,
  dim: number,
  sides: Float64Array,
  count: number,
): void {
  let side = 0;
  for (; side + 3 < count; side += 4) solveFourInPlace(factor, dim, sides, side * dim);
  for (; side < count; side++) {
    solveFactoredInPlace(factor, dim, sides.subarray(side * dim, (side + 1) * dim));
  }
}

function solveFourInPlace(factor: Float64Array, dim: number, sides: Float64Array, a: number): void {
  const b = a + dim;
  const c = b + dim;
  const d = c + dim;
  for (let row = 0; row < dim; row++) {
    const rowStart = row * dim;
    let [ofA, ofB, ofC, ofD] = [sides[a + row], sides[b + row], sides[c + row], sides[d + row]];
    for (let k = 0; k < row; k++) {
      const entry = factor[rowStart + k];
      ofA -= entry * sides[a + k];
      ofB -= entry * sides[b + k];
      ofC -= entry * sides[c + k];
      ofD -= entry * sides[d + k];
    }
    const pivot = factor[rowStart + row];
    sides[a + row] = ofA / pivot;
    sides[b + row] = ofB / pivot;
    sides[c + row] = ofC / pivot;
    sides[d + row] = ofD / pivot;
  }
  for (let row = dim - 1; row >= 0; row--) {
    const rowStart = row * dim;
    const pivot = factor[rowStart + row];
    const ofA = sides[a + row] / pivot;
    const ofB = sides[b + row] / pivot;
    const ofC = sides[c + row] / pivot;
    const ofD = sides[d + row] / pivot;
    sides[a + row] = ofA;
    sides[b + row] = ofB;
    sides[c + row] = ofC;
    sides[d + row] = ofD;
    for (let k = 0; k < row; k++) {
      const entry = factor[rowStart + k];
      sides[a + k] -= entry * ofA;
      sides[b + k] -= entry * ofB;
      sides[c + k] -= entry * ofC;
      sides[d + k] -= entry * ofD;
    }
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

/** Rows that `addOuterSumInto` takes at a time. */
export const outerBlock = 64;
/** Rows of a turned block lie so far apart: a power of two would put them all in the same lines of a cache. */
const blockStride = outerBlock + 1;
/** Columns whose part of a block stays in the fastest cache while all rows pass by. */
const columnBlock = 32;

export interface WeightedRows {
  readonly count: number;
  readonly dim: number;
  /** Writes row `at` into `out` and returns its weight, at least 0. */
  readonly rowInto: (at: number, out: Float64Array) => number;
}

/** Adds the sum of weight * v v^T over all rows to the lower triangle of `matrix`; the upper may change too. */
export function addOuterSumInto(matrix: Float64Array, { count, dim, rowInto }: WeightedRows): void {
  const row = new Float64Array(dim);
  const block = new Float64Array(dim * blockStride);
  for (let from = 0; from < count; from += outerBlock) {
    const width = Math.min(outerBlock, count - from);
    for (let at = 0; at < width; at++) {
      const root = Math.sqrt(rowInto(from + at, row));
      for (let k = 0; k < dim; k++) block[k * blockStride + at] = root * row[k];
    }
    addBlockInto(matrix, dim, block, width);
  }
}

/** Four rows by two columns of the matrix at a time, as in the Cholesky factorisation. */
function addBlockInto(matrix: Float64Array, dim: number, block: Float64Array, width: number): void {
  const whole = dim - (dim % 4);
  for (let from = 0; from < whole; from += columnBlock) {
    for (let row = from; row < whole; row += 4) {
      const a = row * blockStride;
      const b = a + blockStride;
      const c = b + blockStride;
      const d = c + blockStride;
      const to = Math.min(from + columnBlock, row + 4);
      for (let column = from; column < to; column += 2) {
        const e = column * blockStride;
        const f = e + blockStride;
        let [ae, af, be, bf, ce, cf, de, df] = [0, 0, 0, 0, 0, 0, 0, 0];
        for (let k = 0; k < width; k++) {
          const left = block[e + k];
          const right = block[f + k];
          const ofA = block[a + k];
          ae += ofA * left;
          af += ofA * right;
          const ofB = block[b + k];
          be += ofB * left;
          bf += ofB * right;
          const ofC = block[c + k];
          ce += ofC * left;
          cf += ofC * right;
          const ofD = block[d + k];
          de += ofD * left;
          df += ofD * right;
        }
        const at = row * dim + column;
        matrix[at] += ae;
        matrix[at + 1] += af;
        matrix[at + dim] += be;
        matrix[at + dim + 1] += bf;
        matrix[at + 2 * dim] += ce;
        matrix[at + 2 * dim + 1] += cf;
        matrix[at + 3 * dim] += de;
        matrix[at + 3 * dim + 1] += df;
      }
    }
  }
  for (let row = whole; row < dim; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += block[row * blockStride + k] * block[column * blockStride + k];
      matrix[row * dim + column] += sum;
    }
  }
}

/** The Gram matrix V^T V (dim x dim, both triangles) of `count` rows of length `dim`. */
export function gramOf(rows: ArrayLike<number>, count: number, dim: number): Float64Array {
  const gram = new Float64Array(dim * dim);
  const rowInto = (at: number, out: Float64Array): number => {
    for (let k = 0; k < dim; k++) out[k] = rows[at * dim + k];
    return 1;
  };
  addOuterSumInto(gram, { count, dim, rowInto });
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
