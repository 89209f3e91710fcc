/**
 * Small dense symmetric systems, the only linear algebra the device needs.
 *
 * A matrix is one flat row-major Float64Array with its `dim` beside it. Of a symmetric matrix only the lower
 * triangle is read and, by the Cholesky routines, overwritten; the upper triangle may hold anything.
 *
 * What is worth it goes through the WebAssembly kernel (kernel/kernel.ts) where there may be one; the same in
 * plain TypeScript (linear/plain.ts) gives the same but for rounding.
 */
import { kernel } from "./kernel/kernel.ts";
import { NoRoom } from "./kernel/module.ts";
import type { DenseRows, Loops, StretchedRows, VectorPart, WeightedRows } from "./linear/loops.ts";
import { plainLoops } from "./linear/plain.ts";

/** Smaller matrices are done sooner than they are copied to the kernel. */
const leastDim = 24;

/**
 * Replaces the lower triangle of the symmetric positive definite `matrix` (dim x dim) by its Cholesky factor L.
 *
 * @throws {RangeError} when a pivot is not positive: the matrix is not positive definite.
 */
export function choleskyInPlace(matrix: Float64Array, dim: number): void {
  byKernel(dim, (loops) => loops.choleskyInPlace(matrix, dim));
}

/** Solves L L^T x = b for the factor left by `choleskyInPlace`; `b` (dim numbers) becomes x. */
export function solveFactoredInPlace(factor: Float64Array, dim: number, b: Float64Array): void {
  solveFactoredSidesInPlace(factor, dim, b, 1);
}

/** The same for many right sides: `sides` holds `count` of them, one after the other. */
export function solveFactoredSidesInPlace(
  factor: Float64Array,
  dim: number,
  sides: Float64Array,
  count: number,
): void {
  byKernel(dim, (loops) => loops.solveFactoredSidesInPlace(factor, dim, sides, count));
}

/** Solves A x = b for a symmetric positive definite A. Both arguments are overwritten; `b` becomes x. */
export function solveInPlace(matrix: Float64Array, dim: number, b: Float64Array): void {
  choleskyInPlace(matrix, dim);
  solveFactoredInPlace(matrix, dim, b);
}

/** Adds the sum of weight * v v^T over all rows to the lower triangle of `matrix`; the upper may change too. */
export function addOuterSumInto(matrix: Float64Array, rows: WeightedRows): void {
  byKernel(rows.dim, (loops) => loops.addOuterSumInto(matrix, rows));
}

/** The products of each row with each other one: out[i * right.count + j] = left_i . right_j. */
export function pairProductsInto(left: DenseRows, right: DenseRows, out: Float64Array): void {
  byKernel(left.dim, (loops) => loops.pairProductsInto(left, right, out));
}

/** Adds the inner products of all rows with so many numbers of a vector to `out`. */
export function addStretchedProductsInto(rows: StretchedRows, part: VectorPart, out: Float64Array): void {
  if (rows.dim > 0) byKernel(rows.dim, (loops) => loops.addStretchedProductsInto(rows, part, out));
}

/** In the kernel where there is one and it has room. */
function byKernel(dim: number, run: (loops: Loops) => void): void {
  const loops = dim < leastDim ? null : kernel();
  if (loops === null) {
    run(plainLoops);
    return;
  }
  try {
    run(loops);
  } catch (cause) {
    if (!(cause instanceof NoRoom)) throw cause;
    run(plainLoops);
  }
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
export function mirrorInPlace(matrix: Float64Array, dim: number): void {
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
