/**
 * How good a ranking is, for one person (recall, precision, NDCG) and over many lists (coverage, novelty).
 *
 * A list is item indices, best first; targets are the items the person really went on to. The popularity
 * ranker stands here because it checks the evaluation: whoever does not beat it has learned nothing about the
 * person.
 */
import { dot } from "./linear.ts";
import type { Rows } from "./rows.ts";

export interface Judged {
  /** Recommended items, best first; only the first k count. */
  readonly list: ArrayLike<number>;
  readonly targets: ReadonlySet<number>;
  readonly k: number;
}

/** hits / min(k, targets): 1 when the list is as full of targets as it can be. */
export function recallAt({ list, targets, k }: Judged): number {
  requireJudgeable("recallAt", targets, k);
  return countHits(list, targets, k) / Math.min(k, targets.size);
}

/** hits / k. */
export function precisionAt({ list, targets, k }: Judged): number {
  requireJudgeable("precisionAt", targets, k);
  return countHits(list, targets, k) / k;
}

/**
 * Sum of 1 / log2(place + 1) over hits, divided by its value for an ideal list cut off at k (Järvelin and
 * Kekäläinen 2002).
 */
export function ndcgAt({ list, targets, k }: Judged): number {
  requireJudgeable("ndcgAt", targets, k);
  let gain = 0;
  let ideal = 0;
  for (let place = 1; place <= k; place++) {
    const discount = 1 / Math.log2(place + 1);
    if (place <= list.length && targets.has(list[place - 1])) gain += discount;
    if (place <= targets.size) ideal += discount;
  }
  return gain / ideal;
}

/** Share of the catalogue that stands in at least one list. */
export function catalogueCoverage(lists: readonly ArrayLike<number>[], items: number): number {
  const shown = new Set<number>();
  for (const list of lists) {
    for (let place = 0; place < list.length; place++) shown.add(list[place]);
  }
  return items === 0 ? 0 : shown.size / items;
}

/**
 * Gini coefficient of how often each item is listed, 0 (all alike) to 1: how much of what is shown falls to
 * few items.
 */
export function exposureGini(lists: readonly ArrayLike<number>[], items: number): number {
  const shown = popularityScores(lists, items).sort();
  const all = shown.reduce((sum, count) => sum + count, 0);
  if (all === 0) return 0;
  const ranked = shown.reduce((sum, count, place) => sum + (place + 1) * count, 0);
  return (2 * ranked) / (items * all) - (items + 1) / items;
}

export interface NoveltyInput {
  readonly lists: readonly ArrayLike<number>[];
  /** For each item, how many people dealt with it. */
  readonly counts: ArrayLike<number>;
  readonly people: number;
}

/**
 * Mean self-information of what is recommended, in bits: -log2 of the share of people who dealt with the
 * item. One person is added to every count and to the crowd, so that an item nobody met stays finite.
 */
export function novelty({ lists, counts, people }: NoveltyInput): number {
  let bits = 0;
  let shown = 0;
  for (const list of lists) {
    for (let place = 0; place < list.length; place++) {
      bits -= Math.log2((counts[list[place]] + 1) / (people + 1));
      shown++;
    }
  }
  return shown === 0 ? 0 : bits / shown;
}

/**
 * Mean over lists of how unlike two items of a list are: 1 - cosine of their rows, over all pairs of it; 0 of
 * lists of fewer than two.
 */
export function intraListDiversity(lists: readonly ArrayLike<number>[], rows: Rows): number {
  const { dim } = rows;
  let [sum, counted] = [0, 0];
  for (const list of lists) {
    if (list.length < 2) continue;
    const unit = new Float64Array(list.length * dim);
    for (let place = 0; place < list.length; place++) {
      const one = unit.subarray(place * dim, (place + 1) * dim);
      rows.rowInto(list[place], one);
      const length = Math.sqrt(dot(one, 0, one, 0, dim));
      if (length > 0) for (let k = 0; k < dim; k++) one[k] /= length;
    }
    let unlike = 0;
    for (let a = 0; a < list.length; a++) {
      for (let b = 0; b < a; b++) unlike += 1 - dot(unit, a * dim, unit, b * dim, dim);
    }
    sum += (2 * unlike) / (list.length * (list.length - 1));
    counted++;
  }
  return counted === 0 ? 0 : sum / counted;
}

/** Scores that rank by popularity alone: how many people dealt with each item. */
export function popularityScores(people: readonly ArrayLike<number>[], items: number): Float64Array {
  const scores = new Float64Array(items);
  for (const theirs of people) {
    for (let at = 0; at < theirs.length; at++) scores[theirs[at]]++;
  }
  return scores;
}

function countHits(list: ArrayLike<number>, targets: ReadonlySet<number>, k: number): number {
  let hits = 0;
  for (let place = 0; place < Math.min(k, list.length); place++) {
    if (targets.has(list[place])) hits++;
  }
  return hits;
}

function requireJudgeable(who: string, targets: ReadonlySet<number>, k: number): void {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`${who}: k must be a positive integer, got ${k}`);
  if (targets.size === 0) throw new RangeError(`${who}: targets must hold at least one item, got none`);
}
