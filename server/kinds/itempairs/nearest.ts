/**
 * Which pairs a crowd is asked about: each item with those nearest to it by public rows (content), both ways.
 */
import { pairProductsInto } from "../../../core/linear.ts";
import { type PairPattern, patternOfPairs } from "../../../core/model/pairlist.ts";

export interface PublicRows {
  /** count x dim, row-major. */
  readonly values: Float64Array;
  readonly count: number;
  readonly dim: number;
}

/** Rows whose products are held at a time. */
const stretch = 64;

/**
 * Each row with the `nearest` others of the largest inner product above 0 (of equals the first), and with those that have
 * it among theirs.
 */
export function patternOf({ values, count, dim }: PublicRows, nearest: number): PairPattern {
  const pairs = new Set<number>();
  for (let from = 0; from < count; from += stretch) {
    const rows = Math.min(stretch, count - from);
    const left = { values: values.subarray(from * dim, (from + rows) * dim), count: rows, dim };
    const products = new Float64Array(rows * count);
    pairProductsInto(left, { values, count, dim }, products);
    for (let row = 0; row < rows; row++) {
      const item = from + row;
      for (const other of largest(products.subarray(row * count, (row + 1) * count), item, nearest)) {
        pairs.add(Math.min(item, other) * count + Math.max(item, other));
      }
    }
  }
  return patternOfPairs(
    Array.from(pairs, (pair) => [Math.floor(pair / count), pair % count]),
    count,
  );
}

/** Rows of the largest products above 0, of equals the first; not `own`. */
function largest(products: Float64Array, own: number, most: number): readonly number[] {
  const best: number[] = [];
  for (let row = 0; row < products.length; row++) {
    const product = products[row];
    if (row === own || product <= 0) continue;
    if (best.length === most && product <= products[best[most - 1]]) continue;
    let place = best.length;
    while (place > 0 && products[best[place - 1]] < product) place -= 1;
    best.splice(place, 0, row);
    if (best.length > most) best.pop();
  }
  return best;
}
