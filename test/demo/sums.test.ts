import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { families } from "../../demo/catalogue/family.ts";
import { likingsOf, sourceInWords } from "../../demo/drawer/likings.ts";
import { percentages, wholeParts } from "../../demo/drawer/wholeparts.ts";
import { linesOf as whyLinesOf } from "../../demo/drawer/whylines.ts";
import type { Basket } from "../../demo/shop/basket.ts";
import { linesOf, piecesIn, totalOf } from "../../demo/shop/lines.ts";
import { penceFrom, pounds } from "../../demo/shop/money.ts";
import type { Product } from "../../demo/shop/products.ts";
import type { Reason } from "../../sdk/index.ts";

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
  const values = fc.array(fc.double({ min: -900, max: 900, noNaN: true }), { minLength: 1, maxLength: 40 });

  test("whole parts sum to the rounded sum, and each is off by less than one", () => {
    fc.assert(
      fc.property(values, (parts) => {
        const total = Math.round(sumOf(parts)) + 0;
        const whole = wholeParts(parts, total);
        expect(sumOf(whole)).toBe(total);
        whole.forEach((part, place) => {
          expect(Number.isInteger(part)).toBe(true);
          // The sum itself is rounded, which one part more may bear.
          expect(Math.abs(part - parts[place])).toBeLessThanOrEqual(1);
        });
      }),
    );
    expect(wholeParts([33.4, 33.3, 33.3], 100)).toEqual([34, 33, 33]);
  });

  test("percentages of anything sum to 100, larger amounts have no smaller ones", () => {
    const amounts = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(amounts, (given) => {
        const sorted = given.toSorted((a, b) => b - a);
        const percents = percentages(sorted);
        expect(sumOf(percents)).toBe(100);
        expect(percents).toEqual(percents.toSorted((a, b) => b - a));
      }),
    );
    expect(percentages([])).toEqual([]);
  });

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

describe("what somebody likes", () => {
  const tastes = fc.array(fc.tuple(fc.nat(30), fc.double({ min: -5, max: 5, noNaN: true })), {
    maxLength: 30,
  });

  test("it is told in families of the shop whose shares sum to 100, and what is not wanted has none", () => {
    fc.assert(
      fc.property(shop, tastes, (byId, felt) => {
        const ids = [...byId.keys(), "gone"];
        const { liked, notWanted } = likingsOf(
          felt.map(([at, weight]) => ({ item: ids[at % ids.length], weight })),
          byId,
        );
        expect(sumOf(liked.map(({ percent }) => percent))).toBe(liked.length === 0 ? 0 : 100);
        const named = [...liked.map(({ family }) => family), ...notWanted];
        expect(new Set(named).size).toBe(named.length);
        for (const family of named) expect(families).toContain(family);
      }),
    );
  });

  test("where it comes from names a product, and how many more", () => {
    expect(sourceInWords(["Red Mug"])).toBe("Red Mug");
    expect(sourceInWords(["Red Mug", "Tin", "Bird"])).toBe("Red Mug and 2 more");
  });
});

describe("why a product has its place", () => {
  test("its lines sum to what its reasons do, and what was done twice to one product is one line", () => {
    const reason: fc.Arbitrary<Reason> = fc.record({
      why: fc.constant("event" as const),
      event: fc.string(),
      kind: fc.constantFrom("view" as const, "purchase" as const),
      item: fc.constant("1"),
      title: fc.constantFrom("Red Mug", "Tin", "Bird", "Bag", "Lamp", "Card", "Clock"),
      atMs: fc.nat(),
      contribution: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(reason, { maxLength: 40 }), (reasons) => {
        const lines = whyLinesOf(reasons);
        expect(new Set(lines.map(({ text }) => text)).size).toBe(lines.length);
        expect(lines.length).toBeLessThanOrEqual(9);
        expect(sumOf(lines.map(({ contribution }) => contribution))).toBeCloseTo(
          sumOf(reasons.map(({ contribution }) => contribution)),
          9,
        );
      }),
    );
  });
});
