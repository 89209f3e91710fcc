/**
 * The public list of item pairs that a crowd is asked about: each item with those nearest to it by public rows
 * (content, or factors of an earlier edition), both ways. Server and device make the same list from the same rows.
 */
import { pairProductsInto } from "../../linear.ts";

/**
 * Neighbours by item: those of item i are neighbours[starts[i]] up to, without, neighbours[starts[i + 1]], in
 * ascending order. Whoever has a neighbour is one of its neighbours.
 */
export interface PairPattern {
  readonly starts: Uint32Array;
  readonly neighbours: Uint32Array;
  /** The number of the unordered pair at the same place of `neighbours`; a pair stands at two places. */
  readonly pairs: Uint32Array;
  readonly pairCount: number;
}

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

/** The pattern of given unordered pairs, each once, of `count` items. Pairs are numbered in ascending order. */
export function patternOfPairs(pairs: readonly (readonly [number, number])[], count: number): PairPattern {
  const ordered = pairs
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const starts = new Uint32Array(count + 1);
  for (const [a, b] of ordered) {
    starts[a + 1] += 1;
    starts[b + 1] += 1;
  }
  for (let item = 0; item < count; item++) starts[item + 1] += starts[item];
  const next = starts.slice();
  const neighbours = new Uint32Array(2 * ordered.length);
  const numbers = new Uint32Array(2 * ordered.length);
  const put = (item: number, neighbour: number, pair: number): void => {
    const place = next[item]++;
    neighbours[place] = neighbour;
    numbers[place] = pair;
  };
  // First as the second of a pair, then as the first: each item's neighbours come in ascending order.
  for (const [pair, [a, b]] of ordered.entries()) put(b, a, pair);
  for (const [pair, [a, b]] of ordered.entries()) put(a, b, pair);
  return { starts, neighbours, pairs: numbers, pairCount: ordered.length };
}

/** Place of `neighbour` among an item's neighbours in the pattern; -1 where it is none. */
export function placeOf({ starts, neighbours }: PairPattern, item: number, neighbour: number): number {
  let [low, high] = [starts[item], starts[item + 1]];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (neighbours[middle] < neighbour) low = middle + 1;
    else high = middle;
  }
  return low < starts[item + 1] && neighbours[low] === neighbour ? low : -1;
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
