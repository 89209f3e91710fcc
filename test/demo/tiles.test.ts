import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { families } from "../../demo/catalogue/family.ts";
import { productsFrom } from "../../demo/shop/products.ts";
import { glyphOf } from "../../demo/tiles/glyph.ts";
import { isLight, paletteOf } from "../../demo/tiles/palette.ts";
import { tileSvg } from "../../demo/tiles/tile.ts";

const products = productsFrom(
  readFileSync(new URL("../../demo/data/catalogue.csv", import.meta.url), "utf8"),
);

describe("tiles", () => {
  test("every product's picture is well-formed and holds only numbers a renderer can read", () => {
    for (const product of products) {
      const svg = tileSvg(product);
      expect(unbalanced(svg), `${product.id} ${product.title}`).toBeNull();
      expect(svg, product.title).not.toMatch(/NaN|undefined|Infinity|null/);
      expect(svg, product.title).not.toMatch(/ style=| on\w+=|<script|href/);
    }
  });

  test("a picture refers only to what it defines itself", () => {
    for (const product of products.filter((_, place) => place % 7 === 0)) {
      const svg = tileSvg(product);
      const defined = new Set([...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
      for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(defined, product.title).toContain(id);
    }
  });

  test("ids of different products never meet, so that a page may hold them all", () => {
    const names = products.map(({ id }) => id.replace(/\W/g, ""));
    expect(new Set(names).size).toBe(products.length);
  });

  test("the same product gives the same picture, and no word of a title gets into the markup", () => {
    const product = products[10];
    expect(tileSvg({ ...product })).toBe(tileSvg(product));
    const hostile = tileSvg({ ...product, title: '"><script>alert(1)</script> red mug' });
    expect(unbalanced(hostile)).toBeNull();
    expect(hostile).not.toContain("alert");
  });

  test("the first colour named is the main colour", () => {
    const red = paletteOf("1", "RED RETROSPOT MUG");
    expect(paletteOf("2", "Red and blue mug").main).toEqual(red.main);
    expect(paletteOf("2", "Blue and red mug").accent).toEqual(red.main);
    expect(isLight(paletteOf("3", "Ivory mug").main)).toBe(true);
    expect(isLight(red.main)).toBe(false);
  });

  test("nouns win over motifs, and the shop shows at least 60 different things", () => {
    const bag = glyphOf("Lunch Bag", "Storage");
    expect(glyphOf("Lunch Bag Red Heart", "Home Decor")).toBe(bag);
    expect(glyphOf("Hanging Heart", "Home Decor")).not.toBe(bag);
    const seen = new Set(products.map(({ title, family }) => glyphOf(title, family)));
    expect(seen.size).toBeGreaterThanOrEqual(60);
    for (const family of families) expect(glyphOf("", family)).toBeTypeOf("function");
  });
});

/** The first tag out of place, or null when every tag opened is closed in order. */
function unbalanced(markup: string): string | null {
  const open: string[] = [];
  let rest = markup;
  while (rest !== "") {
    const tag = /^<(\/?)([a-zA-Z]+)((?: [\w-]+="[^"<>&]*")*)(\/?)>/.exec(rest);
    if (tag === null) return rest.slice(0, 60);
    const [whole, closes, name, , closesItself] = tag;
    if (closes === "/") {
      if (open.pop() !== name) return whole;
    } else if (closesItself === "") open.push(name);
    rest = rest.slice(whole.length);
  }
  return open.at(-1) ?? null;
}
