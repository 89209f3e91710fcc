/**
 * Truncated SVD of a sparse matrix: A ≈ U S V^T, of which U and S are returned.
 *
 * Randomised subspace iteration (Halko, Martinsson, Tropp 2011, algorithms 4.4 and 5.1): Q spans the image of
 * (A A^T)^p A applied to random signs, then the small problem B B^T with B = Q^T A is solved exactly. The random
 * signs come from a fixed seed and every singular vector gets a fixed sign, so the same matrix gives the same answer.
 */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Rows of a sparse matrix one after the other: row i holds entries starts[i] .. starts[i+1] - 1. */
export interface SparseRows {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float64Array;
  readonly columnCount: number;
}

export interface TruncatedSvd {
  /** Left singular vectors as columns of a row-major matrix, rows x rank. */
  readonly u: Float64Array;
  /** Singular values, descending, `rank` of them. */
  readonly singularValues: Float64Array;
  /** At most the rank asked for; less when the matrix has less. */
  readonly rank: number;
}

export interface SvdOptions {
  readonly rank: number;
  /** Subspace iterations; 4 unless told. */
  readonly iterations?: number;
  /** Extra directions carried along; 24 unless told. */
  readonly oversampling?: number;
}

/** The `rank` largest singular values and their left vectors. */
export function truncatedSvd(
  matrix: SparseRows,
  { rank, iterations = 4, oversampling = 24 }: SvdOptions,
): TruncatedSvd {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`truncatedSvd: rank must be a positive integer, got ${rank}`);
  }
  const rowCount = matrix.starts.length - 1;
  const width = Math.min(rank + oversampling, rowCount, matrix.columnCount);
  let columns = orthonormal(timesEach(matrix, randomSigns(width, matrix.columnCount)));
  for (let iteration = 0; iteration < iterations; iteration++) {
    columns = orthonormal(timesEach(matrix, orthonormal(transposedTimesEach(matrix, columns))));
  }
  const b = transposedTimesEach(matrix, columns);
  return rotated(columns, b, rowCount, rank);
}

/** Solves the small problem B B^T = W diag(s^2) W^T and returns U = Q W. */
function rotated(
  q: readonly Float64Array[],
  b: readonly Float64Array[],
  rowCount: number,
  rank: number,
): TruncatedSvd {
  if (q.length === 0) return { u: new Float64Array(0), singularValues: new Float64Array(0), rank: 0 };
  const small = new Matrix(q.length, q.length);
  for (let i = 0; i < q.length; i++) {
    for (let j = 0; j <= i; j++) {
      const value = innerProduct(b[i], b[j]);
      small.set(i, j, value);
      small.set(j, i, value);
    }
  }
  const eigen = new EigenvalueDecomposition(small, { assumeSymmetric: true });
  const order = eigen.realEigenvalues
    .map((value, at) => ({ value, at }))
    .sort((one, two) => two.value - one.value);
  const negligible = 1e-12 * order[0].value;
  const kept = order.filter(({ value }) => value > negligible).slice(0, rank);
  const u = new Float64Array(rowCount * kept.length);
  const vector = new Float64Array(rowCount);
  for (const [column, { at }] of kept.entries()) {
    vector.fill(0);
    for (let i = 0; i < q.length; i++) addScaledInto(vector, q[i], eigen.eigenvectorMatrix.get(i, at));
    const sign = signOf(vector);
    for (let row = 0; row < rowCount; row++) u[row * kept.length + column] = sign * vector[row];
  }
  return { u, singularValues: Float64Array.from(kept, ({ value }) => Math.sqrt(value)), rank: kept.length };
}

/** A x for each vector of columnCount numbers. */
function timesEach(matrix: SparseRows, vectors: readonly Float64Array[]): Float64Array[] {
  const { starts, columns, values } = matrix;
  return vectors.map((vector) => {
    const out = new Float64Array(starts.length - 1);
    for (let row = 0; row < out.length; row++) {
      let sum = 0;
      for (let at = starts[row]; at < starts[row + 1]; at++) sum += values[at] * vector[columns[at]];
      out[row] = sum;
    }
    return out;
  });
}

/** A^T y for each vector of one number per row. */
function transposedTimesEach(matrix: SparseRows, vectors: readonly Float64Array[]): Float64Array[] {
  const { starts, columns, values, columnCount } = matrix;
  return vectors.map((vector) => {
    const out = new Float64Array(columnCount);
    for (let row = 0; row < vector.length; row++) {
      for (let at = starts[row]; at < starts[row + 1]; at++) out[columns[at]] += values[at] * vector[row];
    }
    return out;
  });
}

/**
 * Gram-Schmidt, each vector projected again while it still shrinks ("twice is enough", Parlett 1980).
 * A vector that lies in the span of those before it is dropped.
 */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const original = Math.sqrt(innerProduct(vector, vector));
    let before = original;
    let norm = original;
    do {
      before = norm;
      for (const unit of basis) addScaledInto(vector, unit, -innerProduct(unit, vector));
      norm = Math.sqrt(innerProduct(vector, vector));
    } while (norm > 1e-10 * original && norm < 0.7 * before);
    if (!(norm > 1e-10 * original)) continue;
    for (let row = 0; row < vector.length; row++) vector[row] /= norm;
    basis.push(vector);
  }
  return basis;
}

function innerProduct(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < a.length; k += 2) {
    even += a[k] * b[k];
    odd += a[k + 1] * b[k + 1];
  }
  if (k < a.length) even += a[k] * b[k];
  return even + odd;
}

function addScaledInto(target: Float64Array, source: Float64Array, factor: number): void {
  for (let k = 0; k < target.length; k++) target[k] += factor * source[k];
}

/** The sign that makes the entry of largest magnitude positive. */
function signOf(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
  return largest < 0 ? -1 : 1;
}

/** Rows of +1 and -1 from a fixed xorshift32 seed: chance that is the same everywhere. */
function randomSigns(count: number, length: number): Float64Array[] {
  let state = 0x9e3779b9;
  return Array.from({ length: count }, () =>
    Float64Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state < 0 ? -1 : 1;
    }),
  );
}
