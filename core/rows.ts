/**
 * Rows of numbers, however they are kept: what folds in and ranks reads rows through this and nothing else.
 *
 * The products of all rows with one vector are the only loop over a whole catalogue. Four rows at a time share
 * each number of the vector, each with a sum of its own from first to last: equal rows have equal products,
 * wherever they stand.
 */

export interface Rows {
  readonly count: number;
  readonly dim: number;
  /** Writes row `row` into the first `dim` numbers of `out`. */
  rowInto(row: number, out: Float64Array): void;
  /** Writes the inner product of every row with `vector` (dim numbers) into `out` (count numbers). */
  productsInto(vector: Float64Array, out: Float64Array): void;
}

/** Rows kept as they are: `values` is count x dim. */
export function denseRows(values: Float64Array, count: number, dim: number): Rows {
  return {
    count,
    dim,
    rowInto: (row, out) => {
      for (let k = 0; k < dim; k++) out[k] = values[row * dim + k];
    },
    productsInto: (vector, out) => productsInto({ values, count, dim }, vector, out),
  };
}

/** Inner products of `count` rows of Float64 with a vector. */
export function productsInto(
  { values, count, dim }: { readonly values: Float64Array; readonly count: number; readonly dim: number },
  vector: Float64Array,
  out: Float64Array,
): void {
  let row = 0;
  for (; row + 3 < count; row += 4) {
    const a = row * dim;
    const b = a + dim;
    const c = b + dim;
    const d = c + dim;
    let ofA = 0;
    let ofB = 0;
    let ofC = 0;
    let ofD = 0;
    for (let k = 0; k < dim; k++) {
      const x = vector[k];
      ofA += values[a + k] * x;
      ofB += values[b + k] * x;
      ofC += values[c + k] * x;
      ofD += values[d + k] * x;
    }
    out[row] = ofA;
    out[row + 1] = ofB;
    out[row + 2] = ofC;
    out[row + 3] = ofD;
  }
  for (; row < count; row++) {
    let sum = 0;
    for (let k = 0; k < dim; k++) sum += values[row * dim + k] * vector[k];
    out[row] = sum;
  }
}

/** Int8 rows of which row i counts `stretches[i]` times. */
export interface StretchedRows {
  /** count x dim. */
  readonly values: Int8Array;
  readonly stretches: Float64Array;
  readonly dim: number;
}

/** Adds the inner products of all rows with `dim` numbers of `vector` from `from` to `out`. */
export function addStretchedProductsInto(
  { values, stretches, dim }: StretchedRows,
  { vector, from }: { readonly vector: Float64Array; readonly from: number },
  out: Float64Array,
): void {
  if (dim === 0) return;
  const count = stretches.length;
  let row = 0;
  for (; row + 3 < count; row += 4) {
    const a = row * dim;
    const b = a + dim;
    const c = b + dim;
    const d = c + dim;
    let ofA = 0;
    let ofB = 0;
    let ofC = 0;
    let ofD = 0;
    for (let k = 0; k < dim; k++) {
      const x = vector[from + k];
      ofA += values[a + k] * x;
      ofB += values[b + k] * x;
      ofC += values[c + k] * x;
      ofD += values[d + k] * x;
    }
    out[row] += stretches[row] * ofA;
    out[row + 1] += stretches[row + 1] * ofB;
    out[row + 2] += stretches[row + 2] * ofC;
    out[row + 3] += stretches[row + 3] * ofD;
  }
  for (; row < count; row++) {
    let sum = 0;
    for (let k = 0; k < dim; k++) sum += values[row * dim + k] * vector[from + k];
    out[row] += stretches[row] * sum;
  }
}
