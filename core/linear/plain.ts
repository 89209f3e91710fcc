/**
 * The loops of `../linear.ts` in plain TypeScript: what runs where WebAssembly may not, and what its kernel is
 * compared with (../kernel/).
 */
import { type Loops, notPositive, outerBlock, type WeightedRows } from "./loops.ts";
import { addStretchedProductsInto, pairProductsInto } from "./products.ts";

export const plainLoops: Loops = {
  choleskyInPlace,
  solveFactoredSidesInPlace,
  addOuterSumInto,
  pairProductsInto,
  addStretchedProductsInto,
};

/** Columns that the Cholesky factorisation does at a time: their part of a few rows fits the fastest cache. */
const panel = 32;

/**
 * Replaces the lower triangle of the symmetric positive definite `matrix` (dim x dim) by its Cholesky factor
 * L, a panel of columns at a time (Golub and Van Loan, Matrix Computations, 4.2.9).
 *
 * @throws {RangeError} when a pivot is not positive: the matrix is not positive definite.
 */
function choleskyInPlace(matrix: Float64Array, dim: number): void {
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
      throw notPositive(rest, row, dim);
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

/** Solves L L^T x = b; `b` (dim numbers) becomes x. */
function solveFactoredInPlace(factor: Float64Array, dim: number, b: Float64Array): void {
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

/** For many right sides: four at a time, so that the factor is walked a quarter as often. */
function solveFactoredSidesInPlace(
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

/** Rows of a turned block lie so far apart: a power of two would put them all in the same lines of a cache. */
const blockStride = outerBlock + 1;
/** Columns whose part of a block stays in the fastest cache while all rows pass by. */
const columnBlock = 32;

/** Adds the sum of weight * v v^T over all rows to the lower triangle of `matrix`; the upper may change too. */
function addOuterSumInto(matrix: Float64Array, { count, dim, rowInto }: WeightedRows): void {
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
