/** What the catalogue says of its items, as features of people need it. */
import { firstPlace } from "../firstplace.ts";
import type { CatalogueCard } from "../model/card.ts";

export interface ItemFacts {
  readonly categories: readonly string[];
  /** In the catalogue's currency; null where it is not known. */
  readonly price: number | null;
  /**
   * Part of the catalogue's prices that are lower, and half of those that are the same; null without a price.
   */
  readonly priceLevel: number | null;
}

export interface CatalogueFacts {
  /** Null before a price is known. */
  readonly medianPrice: number | null;
  /** Null for an item that the catalogue does not have. */
  readonly factsOf: (item: string) => ItemFacts | null;
}

export function catalogueFacts(cards: readonly CatalogueCard[]): CatalogueFacts {
  const prices = Float64Array.from(cards.flatMap(({ price }) => price ?? [])).sort();
  const byItem = new Map(
    cards.map(({ item, categories, price = null }) => [
      item,
      {
        categories: [...new Set(categories)],
        price,
        priceLevel: price === null ? null : levelIn(prices, price),
      },
    ]),
  );
  return {
    medianPrice: prices.length === 0 ? null : prices[Math.floor(prices.length / 2)],
    factsOf: (item) => byItem.get(item) ?? null,
  };
}

function levelIn(ascending: Float64Array, price: number): number {
  const below = firstPlace(ascending.length, (at) => ascending[at] >= price);
  const upTo = firstPlace(ascending.length, (at) => ascending[at] > price);
  return (below + upTo) / 2 / ascending.length;
}
