/** The best rows that may be listed, of each group of variants one. */
import { topK } from "./topk.ts";
import { oncePerGroup } from "./variants.ts";

export interface Listable {
  readonly scores: Float64Array;
  /** One byte per row, 1 for what is not to be listed. */
  readonly barred: Uint8Array;
  /** What the variants of one product have in common; undefined for what has none. Absent: variants are listed each. */
  readonly groupOf?: (row: number) => string | undefined;
  /** Groups of which none is listed. */
  readonly ownGroups?: ReadonlySet<string>;
}

/**
 * The list: the `count` best rows that may be listed, best first, equal scores in catalogue order; of each group the
 * best one.
 *
 * @throws {RangeError} when count is not a positive integer.
 */
export function bestRows(
  { scores, barred, groupOf, ownGroups = new Set() }: Listable,
  count: number,
): Uint32Array {
  if (groupOf === undefined) return topK({ scores, k: count, exclude: barred });
  // Groups are known of the rows that are looked at, and no more are than a list needs.
  for (let k = count; ; k *= 2) {
    const rows = topK({ scores, k, exclude: barred });
    const listed = oncePerGroup(rows, groupOf, ownGroups);
    if (listed.length >= count || rows.length < k) return listed.subarray(0, count);
  }
}

/**
 * What has to be taken from the scores of all rows but some, so that each comes behind those; 0 where they do already,
 * and where there are none of those.
 */
export function behind(scores: Float64Array, ahead: ReadonlyMap<number, { readonly score: number }>): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { score } of ahead.values()) least = Math.min(least, score);
  let best = Number.NEGATIVE_INFINITY;
  for (const [row, score] of scores.entries()) if (!ahead.has(row) && score > best) best = score;
  return best >= least ? best - least + 1 : 0;
}
