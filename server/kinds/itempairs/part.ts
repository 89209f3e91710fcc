/** The part `pairs` from a list and what was learned on it; and a new list with what the old one knew. */
import { type PairPattern, placeOf, transposed } from "../../../core/model/pairlist.ts";
import type { PairsPart } from "../../../core/model/pairs.ts";
import { dequantizeRows, quantizeRows } from "../../../core/model/quantize.ts";
import { sharesAsRead } from "../../../core/model/sections.ts";
import { type PublicItems, publicSideFor } from "../itemfactors/knowledge.ts";
import { patternOf } from "./nearest.ts";

/** Weights as `pairWeights` has them (by the item that is spoken for), as a part carries them (by who speaks). */
export function publishedWeights(
  pattern: PairPattern,
  weights: Float64Array,
): Pick<PairsPart, "values" | "scales"> {
  return quantized(pattern, transposed(pattern, weights));
}

function quantized(
  { starts }: Pick<PairPattern, "starts">,
  weights: Float64Array,
): Pick<PairsPart, "values" | "scales"> {
  const count = starts.length - 1;
  const values = new Int8Array(weights.length);
  const scales = new Float32Array(count);
  for (let item = 0; item < count; item++) {
    const [from, to] = [starts[item], starts[item + 1]];
    const row = quantizeRows(weights.subarray(from, to), 1, to - from);
    values.set(row.values, starts[item]);
    scales[item] = row.scales[0];
  }
  return { values, scales };
}

export interface ListSettings {
  /** Each item makes pairs with so many nearest by content. */
  readonly nearest: number;
  readonly mostItems: number;
  readonly mostPairs: number;
}

export interface Wanted extends PublicItems {
  /** Share of people by row of the catalogue; zeros before the crowd has spoken. */
  readonly popularity: ArrayLike<number>;
}

/** The items of today's list: the most wanted, of equals the first, in the catalogue's order. */
export function listedItems(
  { catalogue, popularity }: Pick<Wanted, "catalogue" | "popularity">,
  { mostItems }: Pick<ListSettings, "mostItems">,
): readonly string[] {
  const rows = Array.from(catalogue.keys());
  const wanted = rows.sort((a, b) => popularity[b] - popularity[a] || a - b).slice(0, mostItems);
  return wanted.sort((a, b) => a - b).map((row) => catalogue[row].item);
}

/**
 * A list of these items: the old one where it is the same; of pairs and items that it has, what was learned stays.
 * Items that it has not are wanted lately as they always are.
 *
 * @param wanted by what items are alike, and how popular they are.
 */
export function pairsPartOf(
  items: readonly string[],
  wanted: Wanted,
  old: PairsPart | null,
  { nearest, mostPairs }: Omit<ListSettings, "mostItems">,
): PairsPart {
  const { content, contentDim: dim } = publicSideFor(items, wanted);
  const values = dequantizeRows(content, dim);
  const pattern = patternOf({ values, count: items.length, dim }, { nearest, mostPairs });
  if (old !== null && isSameList(old, items, pattern)) return old;
  if (old === null) {
    const nothing = quantized(pattern, new Float64Array(2 * pattern.pairCount));
    return { items, round: 0, reports: 0, asked: 0, recent: null, pattern, ...nothing };
  }
  const recent = old.recent === null ? null : { ...old.recent, shares: recentOver(items, wanted, old) };
  return { ...old, items, pattern, recent, ...quantized(pattern, carriedOver(items, pattern, old)) };
}

function recentOver(
  items: readonly string[],
  { catalogue, popularity }: Pick<Wanted, "catalogue" | "popularity">,
  { items: before, recent }: PairsPart,
): Float32Array {
  const always = new Map(catalogue.map(({ item }, row) => [item, popularity[row]]));
  const lately = new Map(before.map((item, row) => [item, recent?.shares[row] ?? 0]));
  return sharesAsRead(Float32Array.from(items, (item) => lately.get(item) ?? always.get(item) ?? 0));
}

function isSameList(old: PairsPart, items: readonly string[], pattern: PairPattern): boolean {
  const { starts, neighbours } = old.pattern;
  return (
    old.items.length === items.length &&
    old.items.every((item, row) => item === items[row]) &&
    starts.every((start, row) => start === pattern.starts[row]) &&
    neighbours.every((neighbour, at) => neighbour === pattern.neighbours[at])
  );
}

function carriedOver(items: readonly string[], pattern: PairPattern, old: PairsPart): Float64Array {
  const { starts, neighbours } = pattern;
  const rowOf = new Map(old.items.map((item, row) => [item, row]));
  const before = Int32Array.from(items, (item) => rowOf.get(item) ?? -1);
  const weights = new Float64Array(neighbours.length);
  for (const [item, row] of before.entries()) {
    if (row < 0) continue;
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      const other = before[neighbours[at]];
      const place = other < 0 ? -1 : placeOf(old.pattern, row, other);
      if (place >= 0) weights[at] = old.values[place] * old.scales[row];
    }
  }
  return weights;
}
