/** What of a shelf is pure: its attributes, its addresses, its keys, its prices. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelsIn } from "../../../sdk/widgets/labels.ts";
import { safeUrl } from "../../../sdk/widgets/safeurl.ts";
import { stepTo } from "../../../sdk/widgets/shelf/arrows.ts";
import { priceInWords } from "../../../sdk/widgets/shelf/card.ts";
import { columnsOf } from "../../../sdk/widgets/shelf/columns.ts";
import { faultsOf } from "../../../sdk/widgets/shelf/faults.ts";
import { askedBy, isOdd, requestOf } from "../../../sdk/widgets/shelf/request.ts";

const asked = (attributes: Readonly<Record<string, string>>) =>
  askedBy((name) => (Object.hasOwn(attributes, name) ? attributes[name] : null));

describe("attributes", () => {
  test("ask for the list they name, without what the page is about and what others show", () => {
    expect(requestOf(asked({}), [])).toEqual({ list: "recommend", count: 6, exclude: [] });
    expect(requestOf(asked({ name: "home", item: "a", count: "3" }), ["b"])).toEqual({
      list: "recommend",
      ...{ count: 3, exclude: ["a", "b"], name: "home" },
    });
    expect(requestOf(asked({ list: "similar", item: "a" }), [])).toEqual({
      ...{ list: "similar", item: "a", count: 6, exclude: ["a"] },
    });
    expect(requestOf(asked({ list: "together", items: "a, b,,a" }), ["c"])).toEqual({
      ...{ list: "goesWith", items: ["a", "b"], count: 6, exclude: ["c"] },
    });
    expect(requestOf(asked({ list: "trending" }), [])).toEqual({ list: "trending", count: 6, exclude: [] });
    expect(requestOf(asked({ list: "again" }), [])).toEqual({
      ...{ list: "recommend", again: true, count: 6, exclude: [] },
    });
  });

  test("ask for nothing about no item", () => {
    expect(requestOf(asked({ list: "similar" }), [])).toBeNull();
    expect(requestOf(asked({ list: "together", items: " , " }), [])).toBeNull();
  });

  test("whatever they are, ask for a known list of 1 to 48", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("list", "count", "item", "items", "name"), fc.string()),
        (given) => {
          const { list, count } = asked(given);
          expect(["for-you", "similar", "together", "trending", "again"]).toContain(list);
          expect(Number.isInteger(count) && count >= 1 && count <= 48).toBe(true);
        },
      ),
    );
    for (const count of ["0", "-1", "1.5", "many", "", "Infinity"]) expect(asked({ count }).count).toBe(6);
    expect(asked({ count: "1000000" }).count).toBe(48);
  });
});

describe("attributes that cannot be", () => {
  const given = (attributes: Readonly<Record<string, string>>) => (name: string) =>
    Object.hasOwn(attributes, name) ? attributes[name] : null;

  test("are odd exactly where there is something to say about them, whatever they are", () => {
    const some = (usual: readonly string[]) =>
      fc.oneof(fc.constantFrom(...usual), fc.string({ maxLength: 9 }));
    const attributes = fc.record(
      {
        list: some(["for-you", "similar", " again ", "foryou"]),
        count: some(["1", "48", "49", "4.5", " 3 "]),
        currency: some(["GBP", "eur ", "£", ""]),
        quota: some(["category:2", "a:1, b:20", "a:0", "a:b:2", ",", "a:1,"]),
        item: some(["a", " "]),
        items: some(["a,b", ","]),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(attributes, (each) => {
        expect(isOdd(given(each))).toBe(faultsOf(given(each)).size > 0);
      }),
      { numRuns: 500 },
    );
  });

  test("are told with what they may be, and what is meant", () => {
    const told = (attributes: Readonly<Record<string, string>>) => [...faultsOf(given(attributes)).values()];
    expect(told({})).toEqual([]);
    expect(told({ list: "trendign" })[0]).toMatch(
      /^tacit-shelf: list must be one of .*, got "trendign": trending is meant\?$/,
    );
    expect(told({ list: "zzzzzzzzzzzz" })[0]).toMatch(/got "zzzzzzzzzzzz"$/);
    expect(told({ list: "together" })).toEqual([
      'tacit-shelf: items must be the id of a product where list is "together", got null',
    ]);
  });

  test("a quota is of every list, and one that is not so written is of none", () => {
    const request = (list: string) =>
      requestOf(asked({ list, item: "a", quota: " category : 2,brand:1" }), []);
    for (const quota of ["category", "category:0", "a:1,", ",a:1", "a:b:2", ":2"])
      expect(requestOf(asked({ quota }), [])).not.toHaveProperty("quota");
    for (const list of ["for-you", "again", "trending", "similar", "together"])
      expect(request(list)).toMatchObject({
        quota: [
          { of: "category", most: 2 },
          { of: "brand", most: 1 },
        ],
      });
  });
});

test("columns divide the count, of fewer where there is less room, or there is no choice", () => {
  expect([4, 6, 8, 12].map(columnsOf)).toEqual([
    [4, 4],
    [6, 3],
    [8, 4],
    [6, 4],
  ]);
  for (let count = 1; count <= 48; count++) {
    const [most, some] = columnsOf(count) ?? [count, count];
    expect([count % most, count % some, most >= some, most <= 8 || columnsOf(count) === null]).toEqual([
      0,
      0,
      true,
      true,
    ]);
  }
  expect([1, 2, 3, 5, 7].map(columnsOf)).toEqual([null, null, null, null, null]);
});

test("a category has the name that the site gives it, and what is not a pair names nothing", () => {
  expect([...labelsIn(" Garden = Garten,Toys=A=B,Bags,=x,y=")]).toEqual([
    ["Garden", "Garten"],
    ["Toys", "A=B"],
  ]);
  expect(labelsIn(null).size).toBe(0);
});

describe("an address", () => {
  const base = "https://shop.example/home";

  test("of the web, or relative to the page, is as it was given", () => {
    for (const url of ["https://x.example/a", "http://x.example", "/item/1", "a?b", "//x.example/a", "#top"])
      expect(safeUrl(url, base)).toBe(url);
  });

  test("of a script, of data or of none is none, however it is written", () => {
    const written = [
      "javascript:alert(1)",
      "JaVaScRiPt:alert(1)",
      " javascript:alert(1)",
      "java\nscript:alert(1)",
    ];
    const others = [
      "\u0000javascript:x",
      "data:text/html,x",
      "vbscript:x",
      "blob:x",
      "file:///x",
      "http://[",
      "",
      " ",
    ];
    for (const url of [...written, ...others, null, undefined, 5, {}]) expect(safeUrl(url, base)).toBeNull();
  });
});

test("arrow keys go along as it is read, and stay within the row", () => {
  const step = (key: string, at: number, isRightToLeft = false) =>
    stepTo({ key, at, count: 3, isRightToLeft });
  expect([step("ArrowRight", 0), step("ArrowRight", 2), step("ArrowLeft", 0), step("ArrowLeft", 2)]).toEqual([
    1,
    null,
    null,
    1,
  ]);
  expect([step("ArrowRight", 0, true), step("ArrowRight", 2, true), step("ArrowLeft", 0, true)]).toEqual([
    null,
    1,
    1,
  ]);
  expect([step("Home", 2), step("End", 0, true), step("ArrowDown", 1), step("toString", 1)]).toEqual([
    0,
    2,
    null,
    null,
  ]);
});

test("a price is as its language writes it, and none without a number or a currency there is", () => {
  expect(priceInWords(3.5, "en-GB", "GBP")).toBe("£3.50");
  expect(priceInWords(31.39, "ar", "GBP")).not.toContain("UK");
  expect(priceInWords(3.5, "de", "EUR")).toBe("3,50\u00a0€");
  expect(priceInWords(undefined, "en", "GBP")).toBe("");
  expect(priceInWords(Number.NaN, "en", "GBP")).toBe("");
  expect(priceInWords(3, "en", "pounds")).toBe("");
});
