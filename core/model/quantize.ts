/**
 * Rows of numbers as int8 with one float32 scale each: value = scale * integer, integers in -127..127.
 *
 * A quarter of the bytes of float32, and what parts carry. The largest error of a row is scale / 2, where
 * scale is (largest magnitude of the row) / 127, rounded up to eight significant bits: two of its four bytes
 * are then zeros, which compress to nothing, at a cost of less than 1 % of precision.
 */

export interface QuantizedRows {
  /** count x dim. */
  readonly values: Int8Array;
  /** count. */
  readonly scales: Float32Array;
}

export function quantizeRows(rows: ArrayLike<number>, count: number, dim: number): QuantizedRows {
  if (rows.length !== count * dim) {
    throw new RangeError(`quantizeRows: rows must have ${count} x ${dim} numbers, got ${rows.length}`);
  }
  const values = new Int8Array(count * dim);
  const scales = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let largest = 0;
    for (let k = 0; k < dim; k++) largest = Math.max(largest, Math.abs(rows[i * dim + k]));
    scales[i] = roundedUp(largest / 127);
    // The float32 scale is what a reader will use, so it is what we divide by.
    const scale = scales[i];
    if (scale === 0) continue;
    for (let k = 0; k < dim; k++) {
      values[i * dim + k] = Math.max(-127, Math.min(127, Math.round(rows[i * dim + k] / scale)));
    }
  }
  return { values, scales };
}

const float = new DataView(new ArrayBuffer(4));

/**
 * The least number of eight significant bits that is not below `value`; 0 and what float32 cannot hold stay
 * as they are.
 */
function roundedUp(value: number): number {
  float.setFloat32(0, value);
  const nearest = float.getFloat32(0);
  if (!(nearest > 0) || nearest === Infinity) return nearest;
  const bits = float.getUint32(0);
  const cut = bits - (bits % 0x1_0000);
  float.setUint32(0, nearest >= value && cut === bits ? cut : cut + 0x1_0000);
  return float.getFloat32(0);
}

/** Rows `from` to `to` (not included) of a matrix. */
export function rowsBetween(
  { values, scales }: QuantizedRows,
  { from, to, dim }: { readonly from: number; readonly to: number; readonly dim: number },
): QuantizedRows {
  return { values: values.slice(from * dim, to * dim), scales: scales.slice(from, to) };
}

/** The rows a reader sees, count x dim. */
export function dequantizeRows({ values, scales }: QuantizedRows, dim: number): Float64Array {
  const rows = new Float64Array(values.length);
  for (let i = 0; i < scales.length; i++) {
    for (let k = i * dim; k < (i + 1) * dim; k++) rows[k] = values[k] * scales[i];
  }
  return rows;
}
