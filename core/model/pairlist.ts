/**
 * A public list of unordered item pairs, by item: what a crowd is asked about, and what stands in the part `pairs`
 * (pairs.ts). Items are rows of whatever the list is of.
 */

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

/** Each pair once: those of item i with items above it, in ascending order, `degrees[i]` of them, item after item. */
export interface UpperPairs {
  readonly degrees: ArrayLike<number>;
  readonly neighbours: ArrayLike<number>;
}

/** The pattern of given unordered pairs, each once, of `count` items. Pairs are numbered in ascending order. */
export function patternOfPairs(pairs: readonly (readonly [number, number])[], count: number): PairPattern {
  const ordered = pairs
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const degrees = new Uint32Array(count);
  for (const [a] of ordered) degrees[a] += 1;
  return patternOfUpper({ degrees, neighbours: ordered.map(([, b]) => b) });
}

/** The inverse of `upperOf`. */
export function patternOfUpper({ degrees, neighbours: upper }: UpperPairs): PairPattern {
  const count = degrees.length;
  const starts = new Uint32Array(count + 1);
  for (let item = 0; item < count; item++) starts[item + 1] = degrees[item];
  for (let pair = 0; pair < upper.length; pair++) starts[upper[pair] + 1] += 1;
  for (let item = 0; item < count; item++) starts[item + 1] += starts[item];
  const next = starts.slice();
  const neighbours = new Uint32Array(2 * upper.length);
  const numbers = new Uint32Array(2 * upper.length);
  const put = (item: number, neighbour: number, pair: number): void => {
    const place = next[item]++;
    neighbours[place] = neighbour;
    numbers[place] = pair;
  };
  const each = (visit: (item: number, neighbour: number, pair: number) => void): void => {
    for (let item = 0, pair = 0; item < count; item++) {
      for (let k = 0; k < degrees[item]; k++, pair++) visit(item, upper[pair], pair);
    }
  };
  // First as the second of a pair, then as the first: each item's neighbours come in ascending order.
  each((item, neighbour, pair) => put(neighbour, item, pair));
  each((item, neighbour, pair) => put(item, neighbour, pair));
  return { starts, neighbours, pairs: numbers, pairCount: upper.length };
}

export function upperOf({ starts, neighbours, pairCount }: PairPattern): {
  readonly degrees: Uint32Array;
  readonly neighbours: Uint32Array;
} {
  const degrees = new Uint32Array(starts.length - 1);
  const upper = new Uint32Array(pairCount);
  for (let item = 0, pair = 0; item < degrees.length; item++) {
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      if (neighbours[at] < item) continue;
      upper[pair++] = neighbours[at];
      degrees[item] += 1;
    }
  }
  return { degrees, neighbours: upper };
}

/** Each unordered pair once, with its number and its items, the smaller first. */
export function eachPair(
  { starts, neighbours, pairs }: PairPattern,
  visit: (pair: number, a: number, b: number) => void,
): void {
  for (let item = 0; item + 1 < starts.length; item++) {
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      if (neighbours[at] > item) visit(pairs[at], item, neighbours[at]);
    }
  }
}

/** Place of `neighbour` among an item's neighbours in the pattern; -1 where it is none. */
export function placeOf(
  { starts, neighbours }: Pick<PairPattern, "starts" | "neighbours">,
  item: number,
  neighbour: number,
): number {
  let [low, high] = [starts[item], starts[item + 1]];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (neighbours[middle] < neighbour) low = middle + 1;
    else high = middle;
  }
  return low < starts[item + 1] && neighbours[low] === neighbour ? low : -1;
}

/** The same numbers seen from the neighbours: what stands at (a, b) stands at (b, a). */
export function transposed({ starts, neighbours }: PairPattern, values: Float64Array): Float64Array {
  const next = starts.slice();
  const turned = new Float64Array(values.length);
  // Items come in ascending order, and so does whoever has one as a neighbour.
  for (let item = 0; item + 1 < starts.length; item++) {
    for (let at = starts[item]; at < starts[item + 1]; at++) turned[next[neighbours[at]]++] = values[at];
  }
  return turned;
}
