/**
 * What goes well with some items, by counts of who or what had two of them together.
 *
 *   score_j = sum over q of the query of  n_qj / (n_q^a n_j^b)
 *
 * n_qj counts both, n_j one. a = b = 0 are plain counts, a = b = 1/2 the cosine, a = b = 1 the lift. How much
 * an item of the query says is told by a; how far the much wanted are held back, by b.
 */

import { eachPair, type PairPattern } from "../core/model/pairlist.ts";
import type { Basket } from "./basketdata.ts";
import type { ScoresOf } from "./judge.ts";

/** How often items stand together, and how often each stands. */
export interface CoCounts {
  /** items x items, symmetric, row-major; nothing on the diagonal. */
  readonly together: Float32Array;
  readonly counts: Float64Array;
}

export interface Normalising {
  readonly a: number;
  readonly b: number;
}

/** Counts of baskets, a pair of each at the weight that its length (in items) has. */
export function coCounts(
  baskets: readonly Basket[],
  items: number,
  weightOf: (length: number) => number,
): CoCounts {
  const together = new Float32Array(items * items);
  const counts = new Float64Array(items);
  for (const basket of baskets) {
    const weight = weightOf(basket.length);
    for (const row of basket) {
      counts[row] += 1;
      for (const other of basket) if (other !== row) together[row * items + other] += weight;
    }
  }
  return { together, counts };
}

/** Counts of listed pairs, by number of the pair; nothing for the others. */
export function listedCounts(pattern: PairPattern, pairs: Float64Array, counts: Float64Array): CoCounts {
  const items = counts.length;
  const together = new Float32Array(items * items);
  eachPair(pattern, (pair, one, other) => {
    together[one * items + other] = pairs[pair];
    together[other * items + one] = pairs[pair];
  });
  return { together, counts };
}

/** Of all counts those of listed pairs alone, by number of the pair. */
export function countsOfPairs(pattern: PairPattern, { together, counts }: CoCounts): Float64Array {
  const pairs = new Float64Array(pattern.pairCount);
  eachPair(pattern, (pair, one, other) => {
    pairs[pair] = together[one * counts.length + other];
  });
  return pairs;
}

/** Each item with so many others that it stands together with most, by cosine: what no public list can know. */
export function nearestTogether(
  { together, counts }: CoCounts,
  nearest: number,
): readonly [number, number][] {
  const items = counts.length;
  const found = new Set<number>();
  for (let row = 0; row < items; row++) {
    const cosines = counts.map((count, other) => together[row * items + other] / Math.sqrt(count));
    const best = Array.from(counts.keys())
      .filter((other) => cosines[other] > 0)
      .sort((x, y) => cosines[y] - cosines[x] || x - y)
      .slice(0, nearest);
    for (const other of best) found.add(Math.min(row, other) * items + Math.max(row, other));
  }
  return Array.from(found, (pair) => [Math.floor(pair / items), pair % items]);
}

export function togetherScores({ together, counts }: CoCounts, { a, b }: Normalising): ScoresOf {
  const items = counts.length;
  const parts = counts.map((count) => (count > 0 ? count ** -b : 0));
  return ({ items: query }) => {
    const scores = new Float64Array(items);
    for (const row of query) {
      const part = counts[row] > 0 ? counts[row] ** -a : 0;
      for (let other = 0; other < items; other++) {
        scores[other] += together[row * items + other] * part * parts[other];
      }
    }
    return scores;
  };
}

/** Above all others what `first` says something for, in its order; the others as `second` has them. */
export function fallingBack(first: ScoresOf, second: ScoresOf): ScoresOf {
  return (known) => {
    const [scores, beneath] = [first(known), second(known)];
    const most = beneath.reduce((largest, score) => Math.max(largest, score), 0);
    return scores.map((score, item) => (score > 0 ? most + score : beneath[item]));
  };
}
