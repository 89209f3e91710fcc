/** The basket in lines: what it holds of what the shop has. */
import type { Basket } from "./basket.ts";
import type { Product } from "./products.ts";

export interface Line {
  readonly product: Product;
  readonly pieces: number;
}

/** Lines in the order of the basket; what the shop does not have any more is in none. */
export function linesOf(basket: Basket, byId: ReadonlyMap<string, Product>): readonly Line[] {
  return [...basket].flatMap(([id, pieces]) => {
    const product = byId.get(id);
    return product === undefined ? [] : [{ product, pieces }];
  });
}

/** Pence of what can be had: the sum of the lines that have a price. */
export function totalOf(lines: readonly Line[]): number {
  return lines.reduce(
    (sum, { product, pieces }) => (product.inStock ? sum + product.pence * pieces : sum),
    0,
  );
}

export function piecesIn(lines: readonly Line[]): number {
  return lines.reduce((sum, { pieces }) => sum + pieces, 0);
}
