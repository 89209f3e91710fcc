/**
 * Truncated SVD of a sparse matrix: A ≈ U S V^T, of which S and V are returned. U S is A V.
 *
 * Randomised subspace iteration on the side of the columns (Halko, Martinsson, Tropp 2011, algorithm 4.4): Q
 * spans (A^T A)^p applied to random signs, then the small problem (A Q)^T (A Q) is solved exactly. Its cost
 * grows with the number of columns, not of rows: a hundred thousand items of a few thousand words are no more
 * work than ten thousand. The random signs come from a fixed seed and every singular vector gets a fixed
 * sign, so the same matrix gives the same answer.
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
  /** Right singular vectors as columns of a row-major matrix, columnCount x rank. */
  readonly v: Float64Array;
  /** Singular values, descending, `rank` of them. */
  readonly singularValues: Float64Array;
  /** At most the rank asked for; less when the matrix has less. */
  readonly rank: number;
}

export interface SvdOptions {
  readonly rank: number;
  /** Subspace iterations; 5 by default. */
  readonly iterations?: number;
  /** Extra directions carried along; 24 by default. */
  readonly oversampling?: number;
}

/** The `rank` largest singular values and their right vectors. */
export function truncatedSvd(
  matrix: SparseRows,
  { rank, iterations = 5, oversampling = 24 }: SvdOptions,
): TruncatedSvd {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`truncatedSvd: rank must be a positive integer, got ${rank}`);
  }
  const width = Math.min(rank + oversampling, matrix.columnCount);
  const all = width === matrix.columnCount;
  // Where all directions are carried along none is left to chance: a few random signs are soon the same.
  const start = all ? unitVectors(width) : randomSigns(width, matrix.columnCount);
  let q = all ? start : orthonormal(gramTimesEach(matrix, start));
  for (let iteration = 1; iteration < iterations && !all; iteration++) {
    q = orthonormal(gramTimesEach(matrix, q));
  }
  return rotated(q, gramTimesEach(matrix, q), rank);
}

/** Solves the small problem Q^T A^T A Q = W diag(s^2) W^T and returns V = Q W. */
function rotated(q: readonly Float64Array[], images: readonly Float64Array[], rank: number): TruncatedSvd {
  if (q.length === 0) return { v: new Float64Array(0), singularValues: new Float64Array(0), rank: 0 };
  const small = new Matrix(q.length, q.length);
  for (let i = 0; i < q.length; i++) {
    for (let j = 0; j <= i; j++) {
      const value = innerProduct(q[i], images[j]);
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
  const columnCount = q[0].length;
  const v = new Float64Array(columnCount * kept.length);
  const vector = new Float64Array(columnCount);
  for (const [place, { at }] of kept.entries()) {
    vector.fill(0);
    for (let i = 0; i < q.length; i++) addScaledInto(vector, q[i], eigen.eigenvectorMatrix.get(i, at));
    const sign = signOf(vector);
    for (let column = 0; column < columnCount; column++)
      v[column * kept.length + place] = sign * vector[column];
  }
  return { v, singularValues: Float64Array.from(kept, ({ value }) => Math.sqrt(value)), rank: kept.length };
}

/** A^T A x for each vector of columnCount numbers. */
function gramTimesEach(matrix: SparseRows, vectors: readonly Float64Array[]): Float64Array[] {
  const { starts, columns, values, columnCount } = matrix;
  const rowCount = starts.length - 1;
  return vectors.map((vector) => {
    const out = new Float64Array(columnCount);
    for (let row = 0; row < rowCount; row++) {
      let sum = 0;
      for (let at = starts[row]; at < starts[row + 1]; at++) sum += values[at] * vector[columns[at]];
      if (sum === 0) continue;
      for (let at = starts[row]; at < starts[row + 1]; at++) out[columns[at]] += values[at] * sum;
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

function unitVectors(count: number): Float64Array[] {
  return Array.from({ length: count }, (_, place) => {
    const vector = new Float64Array(count);
    vector[place] = 1;
    return vector;
  });
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
