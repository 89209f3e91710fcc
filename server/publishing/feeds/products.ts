/**
 * Products whose variants stand in rows of their own: one item each, as a page shows them. Its price is that of the
 * cheapest variant, and it can be had when one of them can.
 */
import type { Values } from "../input/rows.ts";
import { amountOf } from "../values/amounts.ts";
import type { FeedRow } from "./feed.ts";

export interface Variant {
  /** As the export writes it. */
  readonly price: unknown;
  readonly available: boolean;
}

interface Product {
  readonly where: string;
  values: Values;
  source: Values;
  readonly variants: Variant[];
}

export class Products {
  readonly #products = new Map<string, Product>();

  /** What a row says of a product; what an earlier one said of it stays. */
  add(key: string, row: { readonly where: string; readonly values: Values; readonly source: Values }): void {
    const product = this.#products.get(key);
    if (product === undefined) {
      this.#products.set(key, { ...row, variants: [] });
      return;
    }
    product.values = { ...row.values, ...product.values };
    product.source = { ...row.source, ...product.source };
  }

  has(key: string): boolean {
    return this.#products.has(key);
  }

  addVariant(key: string, variant: Variant): void {
    this.#products.get(key)?.variants.push(variant);
  }

  /** In the order in which they first came. */
  *rows(): Generator<FeedRow> {
    for (const { where, values, source, variants } of this.#products.values()) {
      const price = cheapest(variants.map(({ price }) => price));
      const isOut = variants.length > 0 && variants.every(({ available }) => !available);
      yield {
        where,
        source,
        values: {
          ...(price === undefined ? {} : { price }),
          ...values,
          ...(isOut ? { available: false } : {}),
        },
      };
    }
  }
}

/** As it was written, so that what is no amount is told. */
function cheapest(prices: readonly unknown[]): unknown {
  const given = prices.filter((price) => price !== undefined && price !== "");
  const valued = given.map((price) => ({ price, amount: amountIn(price) }));
  const fault = valued.find(({ amount }) => amount === null);
  if (fault !== undefined) return fault.price;
  return valued.reduce<(typeof valued)[number] | undefined>(
    (least, next) => (least === undefined || (next.amount ?? 0) < (least.amount ?? 0) ? next : least),
    undefined,
  )?.price;
}

function amountIn(price: unknown): number | null {
  if (typeof price === "number") return price;
  const read = amountOf(String(price));
  if (read.ok) return read.amount;
  return null;
}
