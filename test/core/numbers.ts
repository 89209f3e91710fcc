/** Rows as one flat list of numbers, for tests that compare them. */
import type { Rows } from "../../core/rows.ts";

export function numbersOf(rows: Rows): Float64Array {
  const { count, dim } = rows;
  const numbers = new Float64Array(count * dim);
  for (let row = 0; row < count; row++) rows.rowInto(row, numbers.subarray(row * dim, (row + 1) * dim));
  return numbers;
}
