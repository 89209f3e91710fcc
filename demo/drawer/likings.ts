/**
 * What somebody likes, in the shop's own words for its products: families, as they stand over its pages.
 *
 * What is felt for a product counts for its main family. Families that more is felt against than for are named, and
 * have no share.
 */
import type { Family } from "../catalogue/family.ts";
import type { Product } from "../shop/products.ts";
import { percentages } from "./wholeparts.ts";

export interface Liking {
  readonly family: Family;
  /** Whole percent; those of all likings sum to 100. */
  readonly percent: number;
  /** Titles of the products it comes from, those that say most first. */
  readonly titles: readonly string[];
}

export interface Likings {
  /** Strongest first. */
  readonly liked: readonly Liking[];
  /** Families of which less is wanted, strongest first. */
  readonly notWanted: readonly Family[];
}

export interface Taste {
  readonly item: string;
  /** Below zero for what is not wanted. */
  readonly weight: number;
}

export function likingsOf(tastes: readonly Taste[], byId: ReadonlyMap<string, Product>): Likings {
  const found = new Map<Family, { weight: number; readonly from: [string, number][] }>();
  for (const { item, weight } of tastes) {
    const product = byId.get(item);
    if (product === undefined || weight === 0) continue;
    const felt = found.get(product.family) ?? { weight: 0, from: [] };
    felt.weight += weight;
    felt.from.push([product.title, weight]);
    found.set(product.family, felt);
  }
  const strongest = [...found].sort(([, a], [, b]) => Math.abs(b.weight) - Math.abs(a.weight));
  const liked = strongest.filter(([, { weight }]) => weight > 0);
  const percents = percentages(liked.map(([, { weight }]) => weight));
  return {
    liked: liked.map(([family, { from }], place) => ({
      family,
      percent: percents[place],
      titles: from.sort(([, a], [, b]) => b - a).map(([title]) => title),
    })),
    notWanted: strongest.filter(([, { weight }]) => weight < 0).map(([family]) => family),
  };
}

/** "Red Mug and 2 more": where a liking comes from. */
export function sourceInWords([first, ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
