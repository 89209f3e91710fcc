/** The loops that ranking spends its time in, whoever runs them. Matrices are as in ../linear.ts. */

export interface Loops {
  /** @throws {RangeError} when the matrix is not positive definite. */
  choleskyInPlace(matrix: Float64Array, dim: number): void;
  solveFactoredSidesInPlace(factor: Float64Array, dim: number, sides: Float64Array, count: number): void;
  addOuterSumInto(matrix: Float64Array, rows: WeightedRows): void;
  pairProductsInto(left: DenseRows, right: DenseRows, out: Float64Array): void;
  addStretchedProductsInto(rows: StretchedRows, part: VectorPart, out: Float64Array): void;
}

export interface WeightedRows {
  readonly count: number;
  readonly dim: number;
  /** Writes row `at` into `out` and returns its weight, at least 0; runs none of these loops itself. */
  readonly rowInto: (at: number, out: Float64Array) => number;
}

export interface DenseRows {
  /** count x dim. */
  readonly values: Float64Array;
  readonly count: number;
  readonly dim: number;
}

/** Int8 rows of which row i counts `stretches[i]` times. */
export interface StretchedRows {
  /** count x dim. */
  readonly values: Int8Array;
  readonly stretches: Float64Array;
  readonly dim: number;
}

/** Numbers of a vector from one on, as many as a row has. */
export interface VectorPart {
  readonly vector: Float64Array;
  readonly from: number;
}

/** Rows that `addOuterSumInto` takes at a time. */
export const outerBlock = 64;

/** What `choleskyInPlace` throws. */
export function notPositive(pivot: number, row: number, dim: number): RangeError {
  return new RangeError(
    `choleskyInPlace: the matrix must be positive definite, got pivot ${pivot} at row ${row} of ${dim}`,
  );
}
