import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dealtTo } from "../../demo/shop/dealing.ts";
import { namesakesFirst, ofItsKind } from "../../demo/shop/kind.ts";
import { productsFrom } from "../../demo/shop/products.ts";

const products = productsFrom(
  readFileSync(new URL("../../demo/data/catalogue.csv", import.meta.url), "utf8"),
);

function shelfFor(title: string): readonly string[] {
  const product = products.find((one) => one.title === title);
  if (product === undefined) throw new RangeError(`shelfFor: expected a product, got "${title}"`);
  const [shelf] = dealtTo([{ candidates: ofItsKind(products, product), count: 6 }], [product.id]);
  return shelf.map((candidate) => candidate.product.title);
}

test.each([
  ["Assorted Colours Bird Ornament", /\bbirds?\b/i],
  ["Knitted Union Flag Hot Water Bottle", /hot water bottle/i],
  ["Lunch Bag Red Retrospot", /^lunch /i],
  ["Alarm Clock Bakelike Red", /clock/i],
  ["Jumbo Bag Red Retrospot", /^jumbo bag/i],
  ["Bathroom Metal Sign", /sign/i],
  ["Paper Chain Kit 50's Christmas", /paper chain|50's christmas/i],
  ["White Hanging Heart T-Light Holder", /t-light holder/i],
])("%s stands with its kind", (title, kind) => {
  const shelf = shelfFor(title);
  expect(shelf).toHaveLength(6);
  for (const other of shelf) expect(other).toMatch(kind);
});

test("every product has a full shelf of others, without itself and its variants", () => {
  for (const product of products.filter((_, place) => place % 37 === 0)) {
    const candidates = ofItsKind(products, product);
    expect(dealtTo([{ candidates, count: 6 }], [product.id])[0], product.title).toHaveLength(6);
    for (const { product: other } of candidates) {
      expect(other.id).not.toBe(product.id);
      if (product.group !== undefined) expect(other.group).not.toBe(product.group);
    }
  }
});

test("of what is found alike, what shares a name comes first, and nothing else changes its order", () => {
  const named = (title: string) => products.filter((one) => one.title === title).slice(0, 1);
  const [ornament] = named("Assorted Colours Bird Ornament");
  const found = [
    "Assorted Colours Silk Fan",
    "Blue Square Compact Mirror",
    "Sweetheart Bird House",
    "Blue Geisha Girl",
    "Enchanted Bird Plant Cage",
  ].flatMap(named);
  const candidates = found.map((product) => ({ product, reason: "Similar" }));
  const order = [2, 4, 0, 1, 3].map((place) => candidates[place]);
  expect(namesakesFirst(products, ornament, candidates)).toEqual(order);
});
