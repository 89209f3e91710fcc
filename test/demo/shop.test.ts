import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { families } from "../../demo/catalogue/family.ts";
import { parseBasket, storedForm } from "../../demo/shop/basket.ts";
import { penceFrom, pounds } from "../../demo/shop/money.ts";
import { type Product, productsFrom, searchProducts } from "../../demo/shop/products.ts";
import { lineUnderTile } from "../../demo/shop/reason.ts";
import { addressOf, parseRoute, type Route } from "../../demo/shop/route.ts";
import type { Reason } from "../../sdk/index.ts";

const name = fc.string({ minLength: 1, unit: "grapheme" });
const pageNumber = fc.integer({ min: 1, max: 10_000 });
const routes: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>({ page: "home" }, { page: "basket" }, { page: "checkout" }, { page: "thanks" }),
  fc.record({
    page: fc.constant("family" as const),
    family: fc.constantFrom(...families),
    number: pageNumber,
  }),
  fc.record({ page: fc.constant("search" as const), query: name, number: pageNumber }),
  // The dots are path segments of their own to a browser.
  fc.record({ page: fc.constant("item" as const), id: name.filter((id) => id !== "." && id !== "..") }),
);

describe("routes", () => {
  test("parsing the address of a route gives the route", () => {
    fc.assert(
      fc.property(routes, (route) => {
        expect(parseRoute(new URL(addressOf(route), "https://shop.example"))).toEqual(route);
      }),
      { numRuns: 500 },
    );
  });

  test("every address parses; what the shop does not have is unknown", () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (pathname, search) => {
        expect(parseRoute({ pathname, search: `?${search}` }).page).toBeTypeOf("string");
      }),
    );
    for (const pathname of ["/family/nothing", "/item", "/item/1/2", "/basket/x", "/%E0%A4%A"]) {
      expect(parseRoute({ pathname, search: "" }), pathname).toEqual({ page: "unknown" });
    }
    expect(parseRoute({ pathname: "/search", search: "?q=tin&page=-3" })).toEqual({
      page: "search",
      query: "tin",
      number: 1,
    });
  });
});

describe("money", () => {
  test("pounds read as pence and written again are the same amount", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (pence) => {
        expect(penceFrom(pounds(pence).replace(/[£,]/g, ""))).toBe(pence);
      }),
    );
    expect(pounds(295)).toBe("£2.95");
    expect(penceFrom("2.1")).toBe(210);
  });

  test.each(["", "1,5", "1.234", "-1", "NaN"])("%j is not an amount of pounds", (text) => {
    expect(() => penceFrom(text)).toThrow(/^penceFrom: expected pounds/);
  });
});

describe("basket", () => {
  test("its stored form reads back as the same basket, and anything else as what is sound in it", () => {
    const item = fc.stringMatching(/^[0-9]{5}[A-Z]{0,2}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(item, fc.integer({ min: 1, max: 99 }))), (lines) => {
        const basket = new Map(lines);
        expect(parseBasket(storedForm(basket))).toEqual(basket);
      }),
    );
    expect([...parseBasket("22423 2\n20725 0\nx\n1 2 3\n20726 -1")]).toEqual([["22423", 2]]);
    expect(parseBasket(null).size).toBe(0);
  });
});

describe("search", () => {
  const header = "id,title,price,categories,publishedAt\n";
  const [redMug, blueMug, tin]: readonly Product[] = productsFrom(
    `${header}1,Red Mug,1.25,Tableware,2011\n2,"Blue, ""Big"" Mug",2.50,Tableware|Christmas,2011\n3,Mugshot Tin,3,Storage,2011\n`,
  );
  const all = [redMug, blueMug, tin];

  test("a quoted title keeps its commas and quotes", () => {
    expect(blueMug.title).toBe('Blue, "Big" Mug');
  });

  test("every word must be met; whole words come before beginnings", () => {
    expect(searchProducts(all, "mug")).toEqual([redMug, blueMug, tin]);
    expect(searchProducts(all, "MUGS red")).toEqual([redMug]);
    expect(searchProducts(all, "christm mug")).toEqual([blueMug]);
    expect(searchProducts(all, "red tin")).toEqual([]);
    expect(searchProducts(all, " & ")).toEqual([]);
  });

  test("a broken catalogue is refused with what was expected", () => {
    expect(() => productsFrom("id,title\n1,x")).toThrow(/expected the columns of the catalogue/);
    expect(() => productsFrom(`${header}1,Mug,1.25,Spoons,2011`)).toThrow(/expected a cell for each column/);
  });
});

describe("words for what happened", () => {
  const mug = { item: "1", title: "Red Mug" };

  test("the line under a tile names the strongest reason that speaks for the product", () => {
    const against: Reason = { why: "event", event: "a", kind: "dislike", ...mug, atMs: 1, contribution: -5 };
    const viewed: Reason = { why: "event", event: "b", kind: "view", ...mug, atMs: 2, contribution: 0.4 };
    expect(lineUnderTile({ reasons: [against, viewed, { why: "trending", contribution: 0.1 }] })).toBe(
      "Because you viewed “Red Mug”",
    );
    expect(lineUnderTile({ reasons: [{ why: "trending", contribution: 1 }] })).toBe(
      "In demand at the moment",
    );
    expect(lineUnderTile({ reasons: [{ why: "popular", contribution: 1 }] })).toBe("Popular with many");
    const said: Reason = { why: "said", fact: "categories", said: "Garden", contribution: 1 };
    expect(lineUnderTile({ reasons: [said] })).toBe("Because you said you like “Garden”");
    expect(lineUnderTile({ reasons: [{ why: "trending", contribution: 1 }, against, viewed] })).toBe(
      "In demand at the moment, and because you viewed “Red Mug”",
    );
    const fresh: Reason = { why: "new", publishedAt: "2011", contribution: 1 };
    expect(lineUnderTile({ reasons: [fresh] })).toBe("New in the shop");
    expect(lineUnderTile({ reasons: [viewed], again: true })).toBe("You have seen everything there is");
    expect(lineUnderTile({ reasons: [against] })).toBe("");
    expect(lineUnderTile({ reasons: [] })).toBe("");
  });
});
