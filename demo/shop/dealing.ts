/** Which products the shelves of a page show: none twice on the page, and of the variants of one product the best. */
import type { Product } from "./products.ts";

/** A product that a shelf may show, and why. */
export interface Candidate {
  readonly product: Product;
  readonly reason: string;
}

export interface ShelfOffer {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** As many as the shelf has room for. */
  readonly count: number;
}

/**
 * What each shelf shows, in their order on the page: an earlier shelf takes first.
 *
 * @param taken ids of what the page shows anyway.
 */
export function dealtTo(
  shelves: readonly ShelfOffer[],
  taken: Iterable<string>,
): readonly (readonly Candidate[])[] {
  const onPage = new Set(taken);
  return shelves.map(({ candidates, count }) => {
    const groups = new Set<string>();
    const shelf: Candidate[] = [];
    for (const candidate of candidates) {
      if (shelf.length === count) break;
      const { id, group, inStock } = candidate.product;
      if (!inStock || onPage.has(id) || (group !== undefined && groups.has(group))) continue;
      onPage.add(id);
      if (group !== undefined) groups.add(group);
      shelf.push(candidate);
    }
    return shelf;
  });
}
