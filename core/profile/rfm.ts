/**
 * Recency, frequency and monetary value of what was bought (Hughes, Strategic Database Marketing, 1994), each
 * as a score from 1 to 5. Bounds are fixed, not fifths of a crowd: a device knows no crowd, and a score means
 * the same everywhere. Money is in medians of the catalogue's prices, so that it means the same for rings and
 * for rubbers.
 */

export interface Bought {
  readonly daysSinceOrder: number;
  readonly orders: number;
  /** In units of the catalogue's median price; null where no prices are known. */
  readonly medianPrices: number | null;
}

export interface RfmScores {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number | null;
}

/** Days: 5 up to the first, 1 beyond the last. */
const recencyBounds = [14, 45, 120, 270];
const frequencyBounds = [2, 3, 6, 12];
const monetaryBounds = [3, 10, 30, 100];

export function rfmScores({ daysSinceOrder, orders, medianPrices }: Bought): RfmScores {
  return {
    recency: 5 - recencyBounds.filter((bound) => daysSinceOrder > bound).length,
    frequency: 1 + frequencyBounds.filter((bound) => orders >= bound).length,
    monetary:
      medianPrices === null ? null : 1 + monetaryBounds.filter((bound) => medianPrices >= bound).length,
  };
}
