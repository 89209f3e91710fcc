import fc from "fast-check";
import { expect, test } from "vitest";
import { type Candidate, dealtTo, type ShelfOffer } from "../../demo/shop/dealing.ts";
import { parsePositions, storedPositions } from "../../demo/shop/positions.ts";

const candidate: fc.Arbitrary<Candidate> = fc
  .record({ id: fc.nat(40), group: fc.option(fc.nat(5), { nil: undefined }), inStock: fc.boolean() })
  .map(({ id, group, inStock }) => ({
    product: {
      id: String(id),
      title: `Tin ${id}`,
      pence: 100,
      family: "Storage",
      families: ["Storage"],
      publishedAt: "2011-01-01",
      group: group === undefined ? undefined : String(group),
      inStock,
    },
    reason: "New in the shop",
  }));
const offer: fc.Arbitrary<ShelfOffer> = fc.record({
  candidates: fc.array(candidate, { maxLength: 40 }),
  count: fc.integer({ min: 1, max: 12 }),
});
const page = fc.tuple(
  fc.array(offer, { minLength: 1, maxLength: 4 }),
  fc.array(fc.nat(40).map(String), { maxLength: 8 }),
);

test("no product is on a page twice, none is out of stock, and a shelf has one of each group", () => {
  fc.assert(
    fc.property(page, ([offers, taken]) => {
      const shelves = dealtTo(offers, taken);
      const ids = shelves.flat().map(({ product: { id } }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.filter((id) => taken.includes(id))).toEqual([]);
      for (const shelf of shelves) {
        expect(shelf.every(({ product: { inStock } }) => inStock)).toBe(true);
        const groups = shelf.flatMap(({ product: { group } }) => group ?? []);
        expect(new Set(groups).size).toBe(groups.length);
      }
    }),
  );
});

test("a shelf is full unless all that is left is on the page, out of stock or a variant, and keeps its order", () => {
  fc.assert(
    fc.property(page, ([offers, taken]) => {
      const shelves = dealtTo(offers, taken);
      const before = new Set(taken);
      shelves.forEach((shelf, at) => {
        const places = shelf.map((one) => offers[at].candidates.indexOf(one));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        for (const { product } of shelf) before.add(product.id);
        if (shelf.length === offers[at].count) return;
        const groups = new Set(shelf.flatMap(({ product: { group } }) => group ?? []));
        for (const { product } of offers[at].candidates) {
          const { id, inStock, group } = product;
          expect(!inStock || before.has(id) || (group !== undefined && groups.has(group))).toBe(true);
        }
      });
    }),
  );
});

test("where pages were left reads back as it was stored, the newest fifty; anything else as nothing", () => {
  const entry = fc.stringMatching(/^[0-9]{1,13}\.[0-9]{1,3}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(entry, fc.nat(9_999_999)), { maxLength: 80 }), (left) => {
      const positions = new Map(left);
      expect(parsePositions(storedPositions(positions))).toEqual(new Map([...positions].slice(-50)));
    }),
  );
  expect([...parsePositions("a 1\nb -2\nc 3 4\n 5\nd x")]).toEqual([["a", 1]]);
  expect(parsePositions(null).size).toBe(0);
});
