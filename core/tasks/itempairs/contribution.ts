/**
 * A person's contribution to sums of pairs: the plaintext that never leaves the device.
 *
 *   g_p = 1           for each listed pair p of which the person has both items (or had them in one basket)
 *   n_i = countScale  for each item i that the person has
 *   r_i = recentScale for each of them that the person dealt with lately
 *
 * and the whole vector is scaled by w = min(1, C / ||(g, n, r)||); its last number is w times weightScale, so
 * that the crowd adds up weighted people, who stay comparable. w is bounded by 1: the L2 sensitivity of a
 * contribution is sqrt(C^2 + weightScale^2). Nearly all of it is zeros: what is not is given by place.
 */
import type { PairPattern } from "../../model/pairlist.ts";

/** Where the parts of a contribution start; pairs begin at 0. */
export interface PairLayout {
  readonly counts: number;
  readonly recent: number;
  readonly weight: number;
  readonly length: number;
}

export function pairLayout({ pairCount, starts }: Pick<PairPattern, "pairCount" | "starts">): PairLayout {
  const items = starts.length - 1;
  return {
    counts: pairCount,
    recent: pairCount + items,
    weight: pairCount + 2 * items,
    length: pairLength({ items, pairCount }),
  };
}

/** Numbers of a contribution on a list of so many items and pairs. */
export function pairLength({
  items,
  pairCount,
}: {
  readonly items: number;
  readonly pairCount: number;
}): number {
  return pairCount + 2 * items + 1;
}

export interface PairScales {
  readonly clipL2: number;
  /** Multiply n and r in the vector, so that no part dominates the norm. */
  readonly countScale: number;
  readonly recentScale: number;
  /** Multiplies w in the vector. */
  readonly weightScale: number;
}

export interface PairContribution {
  /** Ascending places in the vector, and the numbers at them. */
  readonly places: Uint32Array;
  readonly values: Float64Array;
  /** w, above 0 and at most 1. */
  readonly weight: number;
}

/** What a person has, as rows of the list. */
export interface Had {
  readonly items: ArrayLike<number>;
  /** Which of them lately; none unless given. */
  readonly recent?: ArrayLike<number>;
}

/**
 * Pairs of everything that a person has.
 *
 * @throws {RangeError} for an item that the pattern does not have: it would stand in another one's place; and for one
 * had lately that is not had.
 */
export function pairContributionOf(
  pattern: PairPattern,
  { items, recent = [] }: Had,
  scales: PairScales,
): PairContribution {
  return contributionOf(pattern, { baskets: [items], recent }, scales);
}

/**
 * Pairs of what stood together in at least one of a person's baskets: g_p is 1 for those alone, n as ever. One report
 * for all baskets, of the same sensitivity, however many they are.
 *
 * @param baskets the person's; an item may stand in several.
 * @throws {RangeError} as `pairContributionOf` does.
 */
export function basketContributionOf(
  pattern: PairPattern,
  baskets: readonly ArrayLike<number>[],
  scales: PairScales,
): PairContribution {
  return contributionOf(pattern, { baskets, recent: [] }, scales);
}

interface HadTogether {
  readonly baskets: readonly ArrayLike<number>[];
  readonly recent: ArrayLike<number>;
}

function contributionOf(
  pattern: PairPattern,
  { baskets, recent }: HadTogether,
  { clipL2, countScale, recentScale, weightScale }: PairScales,
): PairContribution {
  const layout = pairLayout(pattern);
  const items = new Set<number>();
  const together = new Set<number>();
  for (const basket of baskets) {
    const has = new Set(Array.from(basket));
    for (const item of has) items.add(requireItem(pattern, item));
    for (const pair of pairsWithin(pattern, has)) together.add(pair);
  }
  const lately = new Set(Array.from(recent));
  for (const item of lately) {
    if (!items.has(item)) throw new RangeError(`pairContributionOf: item ${item} is had lately, and not had`);
  }
  const norm = Math.sqrt(together.size + items.size * countScale ** 2 + lately.size * recentScale ** 2);
  const weight = norm > clipL2 ? clipL2 / norm : 1;
  const blocks = [
    { at: 0, numbers: together, scale: 1 },
    { at: layout.counts, numbers: items, scale: countScale },
    { at: layout.recent, numbers: lately, scale: recentScale },
    { at: layout.weight, numbers: [0], scale: weightScale },
  ];
  return {
    places: Uint32Array.from(
      blocks.flatMap(({ at, numbers }) => Array.from(numbers, (number) => at + number).sort((a, b) => a - b)),
    ),
    values: Float64Array.from(
      blocks.flatMap(({ numbers, scale }) => Array.from(numbers, () => weight * scale)),
    ),
    weight,
  };
}

function pairsWithin({ starts, neighbours, pairs }: PairPattern, has: ReadonlySet<number>): number[] {
  const found: number[] = [];
  for (const item of has) {
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      if (neighbours[at] > item && has.has(neighbours[at])) found.push(pairs[at]);
    }
  }
  return found;
}

function requireItem({ starts }: PairPattern, item: number): number {
  const count = starts.length - 1;
  if (!Number.isInteger(item) || item < 0 || item >= count) {
    throw new RangeError(`pairContributionOf: an item must be an integer from 0 below ${count}, got ${item}`);
  }
  return item;
}
