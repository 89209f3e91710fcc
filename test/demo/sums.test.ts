import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { families } from "../../demo/catalogue/family.ts";
import type { Basket } from "../../demo/shop/basket.ts";
import { linesOf, piecesIn, totalOf } from "../../demo/shop/lines.ts";
import { penceFrom, pounds } from "../../demo/shop/money.ts";
import type { Product } from "../../demo/shop/products.ts";

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const product: fc.Arbitrary<Product> = fc
  .record({
    id: fc.stringMatching(/^[0-9]{5}$/),
    title: fc.constantFrom("Red Mug", "Tin", "Bird"),
    pence: fc.integer({ min: 1, max: 99_999 }),
    family: fc.constantFrom(...families),
    inStock: fc.boolean(),
  })
  .map((own) => ({ ...own, families: [own.family], publishedAt: "2011-01-01", group: undefined }));
const shop = fc
  .uniqueArray(product, { selector: ({ id }) => id, minLength: 1, maxLength: 12 })
  .map((products) => new Map(products.map((one) => [one.id, one])));

describe("parts that add up as printed", () => {
  test("the lines of a basket as printed add up to its total as printed, and their pieces to its count", () => {
    const basket = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 99 })));
    fc.assert(
      fc.property(shop, basket, (byId, chosen) => {
        const ids = [...byId.keys(), "gone"];
        const held: Basket = new Map(chosen.map(([at, pieces]) => [ids[at % ids.length], pieces]));
        const lines = linesOf(held, byId);
        const printed = (pence: number) => penceFrom(pounds(pence).replace(/[£,]/g, ""));
        const priced = lines.filter(({ product: { inStock } }) => inStock);
        expect(sumOf(priced.map(({ product: { pence }, pieces }) => printed(pence * pieces)))).toBe(
          printed(totalOf(lines)),
        );
        expect(sumOf(lines.map(({ pieces }) => pieces))).toBe(piecesIn(lines));
        expect(lines.some(({ product: { id } }) => id === "gone")).toBe(false);
      }),
    );
  });
});
