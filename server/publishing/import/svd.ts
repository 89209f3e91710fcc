/**
 * Truncated SVD of a sparse matrix: A ≈ U S V^T, of which S and V are returned. U S is A V.
 *
 * Randomised subspace iteration on the side of the columns (Halko, Martinsson, Tropp 2011, algorithm 4.4): Q
 * spans (A^T A)^p applied to random signs, then the small problem (A Q)^T (A Q) is solved exactly. Its cost
 * grows with the number of columns, not of rows: a hundred thousand items of a few thousand words are no more
 * work than ten thousand. The random signs come from a fixed seed and every singular vector gets a fixed
 * sign, so the same matrix gives the same answer.
 *
 * Vectors are the columns of row-major matrices, so that each entry of A moves a whole row of them at once.
 */
import { addOuterSumInto, mirrorInPlace, pairProductsInto } from "../../../core/linear.ts";
import { type Columns, nearlyOrthonormal, orthonormal } from "./orthonormal.ts";
import { symmetricEigen } from "./symmetriceigen.ts";

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
  /** Subspace iterations; 3 by default. */
  readonly iterations?: number;
  /** Extra directions carried along; 24 by default. */
  readonly oversampling?: number;
}

/** The `rank` largest singular values and their right vectors. */
export function truncatedSvd(
  matrix: SparseRows,
  { rank, iterations = 3, oversampling = 24 }: SvdOptions,
): TruncatedSvd {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`truncatedSvd: rank must be a positive integer, got ${rank}`);
  }
  const { columnCount } = matrix;
  const width = Math.min(rank + oversampling, columnCount);
  // Where all directions are carried along none is left to chance: a few random signs are soon the same.
  if (width === columnCount) return rotated(matrix, unitVectors(width), rank);
  let product = gramTimes(matrix, randomSigns(columnCount, width));
  for (let iteration = 1; iteration < iterations; iteration++) {
    const basis = nearlyOrthonormal(product);
    // Directions that the first product lacks, the matrix lacks: what is left is all that it has.
    if (basis.width < width) break;
    product = gramTimes(matrix, basis);
  }
  return rotated(matrix, orthonormal(product), rank);
}

/** Solves the small problem Q^T A^T A Q = W diag(s^2) W^T and returns V = Q W. */
function rotated(matrix: SparseRows, q: Columns, rank: number): TruncatedSvd {
  const { width, count } = q;
  if (width === 0) return { v: new Float64Array(0), singularValues: new Float64Array(0), rank: 0 };
  const { values, vectors } = symmetricEigen(projectedGram(matrix, q), width);
  const places = Array.from(values.keys()).sort((one, two) => values[two] - values[one]);
  const negligible = 1e-12 * values[places[0]];
  const kept = places.filter((place) => values[place] > negligible).slice(0, rank);
  const chosen = new Float64Array(kept.length * width);
  for (const [at, place] of kept.entries()) {
    chosen.set(vectors.subarray(place * width, (place + 1) * width), at * width);
  }
  const v = new Float64Array(count * kept.length);
  const right = { values: chosen, count: kept.length, dim: width };
  pairProductsInto({ values: q.values, count, dim: width }, right, v);
  fixSignsInPlace(v, kept.length);
  const singularValues = Float64Array.from(kept, (place) => Math.sqrt(values[place]));
  return { v, singularValues, rank: kept.length };
}

/** A^T A X. */
function gramTimes(matrix: SparseRows, { values: x, count, width }: Columns): Columns {
  const { starts, columns, values } = matrix;
  const out = new Float64Array(count * width);
  const image = new Float64Array(width);
  for (let row = 0; row + 1 < starts.length; row++) {
    imageInto(image, matrix, row, x);
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      const from = columns[at] * width;
      const value = values[at];
      for (let k = 0; k < width; k++) out[from + k] += value * image[k];
    }
  }
  return { values: out, count, width };
}

/** (A X)^T (A X), both triangles. */
function projectedGram(matrix: SparseRows, { values, width }: Columns): Float64Array {
  const gram = new Float64Array(width * width);
  const rowInto = (row: number, out: Float64Array): number => {
    imageInto(out, matrix, row, values);
    return 1;
  };
  addOuterSumInto(gram, { count: matrix.starts.length - 1, dim: width, rowInto });
  mirrorInPlace(gram, width);
  return gram;
}

/** Row `row` of A X. */
function imageInto(out: Float64Array, { starts, columns, values }: SparseRows, row: number, x: Float64Array) {
  const width = out.length;
  out.fill(0);
  for (let at = starts[row]; at < starts[row + 1]; at++) {
    const from = columns[at] * width;
    const value = values[at];
    for (let k = 0; k < width; k++) out[k] += value * x[from + k];
  }
}

/** Each column gets the sign that makes its entry of largest magnitude positive. */
function fixSignsInPlace(v: Float64Array, width: number): void {
  const largest = new Float64Array(width);
  for (let start = 0; start < v.length; start += width) {
    for (let k = 0; k < width; k++) {
      if (Math.abs(v[start + k]) > Math.abs(largest[k]) * (1 + 1e-9)) largest[k] = v[start + k];
    }
  }
  for (let start = 0; start < v.length; start += width) {
    for (let k = 0; k < width; k++) if (largest[k] < 0) v[start + k] = -v[start + k];
  }
}

function unitVectors(count: number): Columns {
  const values = new Float64Array(count * count);
  for (let place = 0; place < count; place++) values[place * count + place] = 1;
  return { values, count, width: count };
}

/** +1 and -1 from a fixed xorshift32 seed: chance that is the same everywhere. */
function randomSigns(count: number, width: number): Columns {
  let state = 0x9e3779b9;
  const values = new Float64Array(count * width);
  for (let at = 0; at < values.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[at] = state < 0 ? -1 : 1;
  }
  return { values, count, width };
}
