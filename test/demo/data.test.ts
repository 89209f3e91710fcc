import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { families, familiesOf } from "../../demo/catalogue/family.ts";
import { readableTitle } from "../../demo/catalogue/title.ts";
import { groupsOf } from "../../demo/catalogue/variant.ts";
import { productsFrom } from "../../demo/shop/products.ts";

const read = (name: string) => readFileSync(new URL(`../../demo/data/${name}`, import.meta.url));
const text = (name: string) => gunzipSync(read(name)).toString("utf8").trimEnd().split("\n").slice(1);
const products = productsFrom(read("catalogue.csv").toString("utf8"));
const ids = new Set(products.map(({ id }) => id));

const bought = new Map<number, Set<string>>();
const times: [number, number][] = [];
for (const line of text("orders.csv.gz")) {
  const [who, when, item, quantity] = line.split(",");
  const [customer, at] = [Number(who), Number(when)];
  times.push([customer, at]);
  const items = bought.get(customer) ?? new Set();
  bought.set(customer, items.add(item));
  if (!ids.has(item) || !/^[1-9]\d*$/.test(quantity)) throw new RangeError(`orders: unexpected ${line}`);
}

describe("the shop's data", () => {
  test("the shop reads the catalogue as a full CSV parser does", () => {
    const rows = parse(read("catalogue.csv"), { columns: true }) as Record<string, string>[];
    expect(products.length).toBe(3659);
    rows.forEach(({ id, title, price, categories, publishedAt }, place) => {
      const product = products[place];
      expect([product.id, product.title, product.publishedAt]).toEqual([id, title, publishedAt]);
      expect(product.families.join("|")).toBe(categories);
      expect(product.pence).toBe(Math.round(Number(price) * 100));
    });
  });

  test("every product has one to three families, which its words and code give again", () => {
    const used = new Set<string>();
    for (const { id, title, families: own } of products) {
      expect(own.length).toBeGreaterThanOrEqual(1);
      expect(own.length).toBeLessThanOrEqual(3);
      expect(new Set(own).size).toBe(own.length);
      expect(familiesOf(id, title)).toEqual(own);
      used.add(own[0]);
    }
    expect([...used].sort()).toEqual([...families].sort());
  });

  test("orders are by customer and time, of 4,076 customers numbered without a gap", () => {
    expect([...bought.keys()]).toEqual(Array.from({ length: 4076 }, (_, number) => number));
    for (let place = 1; place < times.length; place++) {
      const [before, now] = [times[place - 1], times[place]];
      if (before[0] === now[0] && before[1] > now[1]) throw new RangeError(`line ${place} is out of order`);
    }
    expect(times.length).toBe(385_589);
  });

  test("what is held out was bought by a held-out customer, and is either known or to be predicted", () => {
    const seen = new Set<string>();
    const count = { foldin: 0, target: 0 };
    for (const line of text("heldout.csv.gz")) {
      const [who, item, role] = line.split(",");
      expect(bought.get(Number(who))?.has(item)).toBe(true);
      expect(Number(who)).toBeGreaterThanOrEqual(3669);
      expect(seen.has(`${who}/${item}`)).toBe(false);
      seen.add(`${who}/${item}`);
      if (role !== "foldin" && role !== "target") throw new RangeError(`heldout: unexpected role ${role}`);
      count[role]++;
    }
    expect(count).toEqual({ foldin: 24_708, target: 6_183 });
    let pairs = 0;
    for (let held = 3669; held < 4076; held++) pairs += bought.get(held)?.size ?? 0;
    expect(pairs - seen.size).toBe(39);
  });

  test.each([
    ["WHITE HANGING HEART T-LIGHT HOLDER", "White Hanging Heart T-Light Holder"],
    ["SET/3 RED GINGHAM ROSE STORAGE BOX", "Set of 3 Red Gingham Rose Storage Box"],
    ["SET 3 RETROSPOT TEA,COFFEE,SUGAR", "Set of 3 Retrospot Tea, Coffee, Sugar"],
    ["LUNCH BAG  BLACK SKULL.", "Lunch Bag Black Skull"],
    ["GIN + TONIC DIET METAL SIGN", "Gin & Tonic Diet Metal Sign"],
    ["CHILDRENS APRON SPACEBOY DESIGN", "Children's Apron Spaceboy Design"],
    ["PENS ASSTD SPACEBALL", "Pens Assorted Spaceball"],
    ['LETTER "W" BLING KEY RING', 'Letter "W" Bling Key Ring'],
    ["ORIGAMI ROSE INCENSE/CANDL SET", "Origami Rose Incense/Candle Set"],
    ["NURSERY A,B,C PAINTED LETTERS", "Nursery A, B, C Painted Letters"],
    ["TEA TIME OVEN GLOVE W/ HEART", "Tea Time Oven Glove with Heart"],
  ])("the title %s reads %s", (raw, readable) => {
    expect(readableTitle(raw)).toBe(readable);
  });

  test("the groups of the catalogue are those that its titles give again, named by their first product", () => {
    const groups = groupsOf(products);
    const members = new Map<string, string[]>();
    for (const { id, group } of products) {
      expect(group, id).toBe(groups.get(id));
      if (group !== undefined) members.set(group, [...(members.get(group) ?? []), id]);
    }
    for (const [group, ids] of members) {
      expect(ids.length, group).toBeGreaterThan(1);
      expect(ids[0]).toBe(group);
    }
    expect([members.size, [...members.values()].flat().length]).toEqual([382, 995]);
  });

  const inOneGroup = (titles: readonly string[]) => {
    const groups = groupsOf(titles.map((title, id) => ({ id: String(id), title })));
    return titles.every((_, id) => groups.get(String(id)) === "0");
  };

  test.each([
    ['Letter "A" Bling Key Ring', 'Letter "Q" Bling Key Ring'],
    ["Letter A Fridge Magnet", "Letter I Fridge Magnet"],
    ["Alarm Clock Bakelike Green", "Alarm Clock Bakelike Chocolate"],
    ["Light Pink Flock Vase", "Blue Flock Vase"],
    ["Red/Cream Stripe Cushion", "Blue Stripe Cushion"],
    ["Number Tile Vintage Font 3", "Number Tile Vintage Font 0"],
    ["Filler Pad 60x40 cm", "Filler Pad 45x45 cm"],
    ["Heart of Wicker Small", "Large White Heart of Wicker"],
    ["Two Drawer Tidy", "Nine Drawer Tidy"],
  ])("%s and %s are variants of one product", (...titles) => {
    expect(inOneGroup(titles)).toBe(true);
  });

  test.each([
    ["Lunch Bag Black Skull", "Lunch Bag Cars Blue"],
    ["Rose Candle", "Vanilla Candle"],
    ["Fairy Light", "Pink Fairy"],
    ["Card I Love London", "Card Love London"],
    ["Chocolate Calculator", "Calculator Case"],
    ["Wicker Star", "Wicker Heart"],
    ["Roll Wrap 50's Christmas", "Roll Wrap Vintage Christmas"],
  ])("%s and %s are two products", (...titles) => {
    expect(inOneGroup(titles)).toBe(false);
  });
});
