/** What of word vectors goes into a word file: their directions, in int8. */

/** Turns of the power iteration; the first direction of word vectors stands out by far. */
const turns = 50;

/** Rows without their mean and without the direction in which they differ most, each of length 1. */
export function directions(rows: Float64Array, dim: number): Float64Array {
  const count = rows.length / dim;
  const out = rows.slice();
  const mean = new Float64Array(dim);
  for (let at = 0; at < out.length; at++) mean[at % dim] += out[at] / count;
  for (let at = 0; at < out.length; at++) out[at] -= mean[at % dim];
  const top = topDirection(out, dim);
  for (let row = 0; row < count; row++) {
    const vector = out.subarray(row * dim, (row + 1) * dim);
    const along = product(vector, top);
    for (let k = 0; k < dim; k++) vector[k] -= along * top[k];
    const length = Math.sqrt(product(vector, vector));
    if (length > 0) for (let k = 0; k < dim; k++) vector[k] /= length;
  }
  return out;
}

/** Each row's largest number at 127. */
export function rounded(rows: Float64Array, dim: number): Int8Array {
  const out = new Int8Array(rows.length);
  for (let from = 0; from < rows.length; from += dim) {
    let largest = 0;
    for (let k = 0; k < dim; k++) largest = Math.max(largest, Math.abs(rows[from + k]));
    if (largest > 0)
      for (let k = 0; k < dim; k++) out[from + k] = Math.round((127 * rows[from + k]) / largest);
  }
  return out;
}

/** Of length 1; begins with another number in each place, so that it is orthogonal to no direction. */
function topDirection(rows: Float64Array, dim: number): Float64Array {
  let top = Float64Array.from({ length: dim }, (_, k) => 1 + k / dim);
  for (let turn = 0; turn < turns; turn++) {
    const next = new Float64Array(dim);
    for (let from = 0; from < rows.length; from += dim) {
      const vector = rows.subarray(from, from + dim);
      const along = product(vector, top);
      for (let k = 0; k < dim; k++) next[k] += along * vector[k];
    }
    const length = Math.sqrt(product(next, next));
    if (length === 0) return next;
    top = next.map((value) => value / length);
  }
  return top;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
