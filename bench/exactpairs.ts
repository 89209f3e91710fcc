/**
 * Pairs from the logs themselves, without clip and noise: what private sums of pairs are measured against.
 * Neighbours are the nearest by content, and by factors where these are known too.
 */

import { eachPair, type PairPattern, patternOfPairs } from "../core/model/pairlist.ts";
import { type PublicRows, patternOf } from "../server/kinds/itempairs/nearest.ts";
import { pairWeights } from "../server/kinds/itempairs/weights.ts";
import type { Person } from "./data.ts";
import { chanceOf, type ListedWeights } from "./privatepairs.ts";

/** In people. */
const ridge = 20;

export function exactPairs(people: readonly Person[], pattern: PairPattern): ListedWeights {
  const count = pattern.starts.length - 1;
  const shares = new Float64Array(count);
  const pairs = new Float64Array(pattern.pairCount);
  const has = new Uint8Array(count);
  for (const { items } of people) {
    for (const item of items) {
      has[item] = 1;
      shares[item] += 1 / people.length;
    }
    for (const item of items) {
      for (let at = pattern.starts[item]; at < pattern.starts[item + 1]; at++) {
        const other = pattern.neighbours[at];
        if (other > item && has[other] === 1) pairs[pattern.pairs[at]] += 1;
      }
    }
    for (const item of items) has[item] = 0;
  }
  const gram = { pattern, shares, pairs, people: people.length, unlisted: chanceOf(people) };
  return { pattern, weights: pairWeights(gram, ridge) };
}

/** Each item with its nearest by any of these rows. */
export function nearestByAny(rows: readonly PublicRows[], nearest: number): PairPattern {
  const { count } = rows[0];
  const listed = new Set<number>();
  for (const some of rows) {
    eachPair(patternOf(unitRows(some), { nearest }), (_, a, b) => listed.add(a * count + b));
  }
  return patternOfNumbers(listed, count);
}

/** Each item with these neighbours, and with those that have it among theirs. */
export function patternOfNearest(near: readonly ArrayLike<number>[]): PairPattern {
  const count = near.length;
  const listed = new Set<number>();
  for (const [item, others] of near.entries()) {
    for (let at = 0; at < others.length; at++) {
      listed.add(Math.min(item, others[at]) * count + Math.max(item, others[at]));
    }
  }
  return patternOfNumbers(listed, count);
}

/** Of pairs as smaller * count + larger. */
function patternOfNumbers(listed: ReadonlySet<number>, count: number): PairPattern {
  return patternOfPairs(
    Array.from(listed, (pair) => [Math.floor(pair / count), pair % count]),
    count,
  );
}

/** So that the inner product is the cosine. */
function unitRows({ values, count, dim }: PublicRows): PublicRows {
  const unit = values.slice();
  for (let row = 0; row < count; row++) {
    const one = unit.subarray(row * dim, (row + 1) * dim);
    const length = Math.hypot(...one);
    if (length > 0) for (let k = 0; k < dim; k++) one[k] /= length;
  }
  return { values: unit, count, dim };
}
