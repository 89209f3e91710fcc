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

/**
 * A row that is near to many others has no more neighbours than this: what is learned takes a system of equations as
 * large for each row (weights.ts). Titles of a real shop make fewer than four times `nearest`.
 */
const mostNeighbours = (nearest: number) => Math.max(100, 10 * nearest);

/** Rows whose products are held at a time. */
const stretch = 64;

export interface NearestSettings {
  readonly nearest: number;
  /**
   * Every row has fewer nearest ones, the nearest of them, where there would be more pairs; without room for
   * one a row the first rows have theirs. No limit unless given.
   */
  readonly mostPairs?: number;
}

/**
 * Each row with the `nearest` others of the largest inner product above 0, and with those that have it among
 * theirs. Of equals those that come next after it, around the end: many rows that are all the same do not all
 * choose the same few.
 */
export function patternOf(
  rows: PublicRows,
  { nearest, mostPairs = Number.POSITIVE_INFINITY }: NearestSettings,
): PairPattern {
  const { count } = rows;
  const near = nearestOf(rows, nearest);
  for (let most = nearest; ; most--) {
    const pairs = pairsAmong(near, most, mostNeighbours(nearest));
    if (pairs.size > mostPairs && most > 1) continue;
    const listed = Array.from(pairs).slice(0, mostPairs);
    return patternOfPairs(
      listed.map((pair) => [Math.floor(pair / count), pair % count]),
      count,
    );
  }
}

/**
 * Pairs of rows with the `most` nearest of each, as smaller * count + larger. Every row's nearest comes
 * first, then every row's second: one that has `full` neighbours already takes no more.
 */
function pairsAmong(near: readonly (readonly number[])[], most: number, full: number): ReadonlySet<number> {
  const pairs = new Set<number>();
  const neighbours = new Uint32Array(near.length);
  for (let place = 0; place < most; place++) {
    for (const [row, others] of near.entries()) {
      if (place >= others.length) continue;
      const other = others[place];
      const pair = Math.min(row, other) * near.length + Math.max(row, other);
      const isFull = Math.max(neighbours[row], neighbours[other]) >= full;
      if (isFull || pairs.has(pair)) continue;
      pairs.add(pair);
      neighbours[row] += 1;
      neighbours[other] += 1;
    }
  }
  return pairs;
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

/** Rows of the largest products above 0, of equals the next after `own`; not `own`. */
function largest(products: Float64Array, own: number, most: number): readonly number[] {
  const best: number[] = [];
  for (let step = 1; step < products.length; step++) {
    const row = (own + step) % products.length;
    const product = products[row];
    if (product <= 0) continue;
    if (best.length === most && product <= products[best[most - 1]]) continue;
    let place = best.length;
    while (place > 0 && products[best[place - 1]] < product) place -= 1;
    best.splice(place, 0, row);
    if (best.length > most) best.pop();
  }
  return best;
}
