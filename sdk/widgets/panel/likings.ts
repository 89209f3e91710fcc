/**
 * What somebody likes, by the site's categories: what is felt for an item counts for its first one.
 * Categories that more is felt against than for are named, and have no share; as have those of which none is
 * wanted, by a wish, where they stand.
 */
import type { Panel } from "../../../worker/api.ts";
import { percentages } from "./wholeparts.ts";

export interface Liking {
  readonly category: string;
  /** Whole percent; those of all that are liked and wanted sum to 100. Null for what is not wanted. */
  readonly percent: number | null;
  /** Items that it comes from, those that say most first. */
  readonly from: readonly { readonly item: string; readonly title: string }[];
}

/** What is liked, strongest first, then what is not. `unwanted` in lower case. */
export function likingsOf(
  tastes: Panel["tastes"],
  unwanted: ReadonlySet<string> = new Set(),
): readonly Liking[] {
  const found = new Map<
    string,
    { weight: number; readonly from: { item: string; title: string; weight: number }[] }
  >();
  for (const { item, title = item, weight, categories } of tastes) {
    const [category] = categories;
    if (category === undefined || weight === 0) continue;
    const felt = found.get(category) ?? { weight: 0, from: [] };
    felt.weight += weight;
    felt.from.push({ item, title, weight });
    found.set(category, felt);
  }
  const strongest = [...found].sort(([, a], [, b]) => Math.abs(b.weight) - Math.abs(a.weight));
  const liked = strongest.filter(([, { weight }]) => weight > 0);
  const wanted = liked.filter(([category]) => !unwanted.has(category.toLowerCase()));
  const percents = percentages(wanted.map(([, { weight }]) => weight));
  const percentOf = new Map(wanted.map(([category], place) => [category, percents[place]]));
  const rows = [...liked, ...strongest.filter(([, { weight }]) => weight < 0)];
  return rows.map(([category, { weight, from }]) => ({
    category,
    percent: percentOf.get(category) ?? null,
    from: from
      .sort((a, b) => (b.weight - a.weight) * Math.sign(weight))
      .map(({ item, title }) => ({ item, title })),
  }));
}
