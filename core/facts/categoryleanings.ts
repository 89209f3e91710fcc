/**
 * Categories that a person named, as leanings: the items of a category that the crowd wants most, all alike, stand
 * for it.
 */
import { nameKey } from "../namekey.ts";
import type { Leaning } from "../ranking/leaning.ts";

export interface CategoryModel {
  readonly cards: readonly { readonly categories: readonly string[] }[];
  /** Share of people by row. */
  readonly shares: ArrayLike<number>;
}

export interface CategoryLeaningOptions {
  /** How many items stand for a category at most. */
  readonly items?: number;
  /** What they weigh together, in units of a purchase; of all categories named together. */
  readonly weight?: number;
}

/** As first set; others were not told apart (docs/decisions/0039-facts.md). */
export const categoryLeaning: Required<CategoryLeaningOptions> = { items: 24, weight: 1 };

/** One a category that the catalogue has, in the order they were named; case does not count. */
export function categoryLeanings(
  { cards, shares }: CategoryModel,
  categories: readonly string[],
  {
    items: most = categoryLeaning.items,
    weight: together = categoryLeaning.weight,
  }: CategoryLeaningOptions = {},
): readonly Leaning[] {
  const rowsOf = new Map(categories.map((category) => [nameKey(category), [] as number[]]));
  for (const [row, card] of cards.entries()) {
    for (const category of new Set(card.categories.map(nameKey))) rowsOf.get(category)?.push(row);
  }
  const said = new Map(categories.map((category) => [nameKey(category), category]));
  const found = [...said].filter(([key]) => (rowsOf.get(key)?.length ?? 0) > 0);
  return found.map(([key, category]) => {
    const rows = rowsOf.get(key) ?? [];
    const items = rows.toSorted((a, b) => shares[b] - shares[a] || a - b).slice(0, most);
    const each = together / found.length / items.length;
    return { fact: "categories", said: category, tastes: { items, weights: items.map(() => each) } };
  });
}
