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

export interface NearestSettings {
  readonly nearest: number;
  /** Every row has fewer nearest ones, the nearest of them, where there would be more pairs; no limit unless given. */
  readonly mostPairs?: number;
}

/**
 * Each row with the `nearest` others of the largest inner product above 0 (of equals the first), and with those that have
 * it among theirs.
 */
export function patternOf(
  rows: PublicRows,
  { nearest, mostPairs = Number.POSITIVE_INFINITY }: NearestSettings,
): PairPattern {
  const { count } = rows;
  const near = nearestOf(rows, nearest);
  for (let most = nearest; ; most--) {
    const pairs = new Set<number>();
    for (const [row, others] of near.entries()) {
      for (const other of others.slice(0, most)) {
        pairs.add(Math.min(row, other) * count + Math.max(row, other));
      }
    }
    if (pairs.size > mostPairs) continue;
    return patternOfPairs(
      Array.from(pairs, (pair) => [Math.floor(pair / count), pair % count]),
      count,
    );
  }
}

/** By row, the nearest first. */
function nearestOf({ values, count, dim }: PublicRows, nearest: number): readonly (readonly number[])[] {
  const near: (readonly number[])[] = [];
  for (let from = 0; from < count; from += stretch) {
    const rows = Math.min(stretch, count - from);
    const left = { values: values.subarray(from * dim, (from + rows) * dim), count: rows, dim };
    const products = new Float64Array(rows * count);
    pairProductsInto(left, { values, count, dim }, products);
    for (let row = 0; row < rows; row++) {
      near.push(largest(products.subarray(row * count, (row + 1) * count), from + row, nearest));
    }
  }
  return near;
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
