/**
 * Products of many rows with a vector, in plain TypeScript. Four rows at a time share each number of the vector,
 * each with a sum of its own from first to last: equal rows have equal products, wherever they stand.
 */
import type { DenseRows, StretchedRows, VectorPart } from "./loops.ts";

/** Inner products of `count` rows of Float64 with a vector. */
export function productsInto(
  { values, count, dim }: DenseRows,
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

/** out[i * right.count + j] = left_i . right_j */
export function pairProductsInto(left: DenseRows, right: DenseRows, out: Float64Array): void {
  const { dim } = left;
  for (let at = 0; at < left.count; at++) {
    const row = left.values.subarray(at * dim, (at + 1) * dim);
    productsInto(right, row, out.subarray(at * right.count, (at + 1) * right.count));
  }
}

/** Adds the inner products of all rows with `dim` numbers of `vector` from `from` to `out`. */
export function addStretchedProductsInto(
  { values, stretches, dim }: StretchedRows,
  { vector, from }: VectorPart,
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
