import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { asciiBytes } from "../../../core/json.ts";
import { type CatalogueCard, cardSchema, plainCard } from "../../../core/model/card.ts";
import { encodeCatalogue, parseCatalogue } from "../../../core/model/catalogue.ts";
import { encodeContent, parseContent } from "../../../core/model/content.ts";
import { encodeFactors, parseFactors } from "../../../core/model/factors.ts";
import { encodeHead, fittingHead, type HeadPart, parseHead } from "../../../core/model/head.ts";
import { isWebAddress, modelLimits } from "../../../core/model/limits.ts";
import { patternOfPairs } from "../../../core/model/pairlist.ts";
import { encodePairs, parsePairs } from "../../../core/model/pairs.ts";
import { encodePart, type PartSection, type SectionType } from "../../../core/model/part.ts";
import { encodePopularity, parsePopularity } from "../../../core/model/popularity.ts";
import { encodePredicted, parsePredicted } from "../../../core/model/predicted.ts";
import { quantizeRows } from "../../../core/model/quantize.ts";
import { partsOf, randomModel } from "../../model.ts";

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }), { maxLength: 12 });
const dims = fc.integer({ min: 0, max: 9 });
/** Thousandths: numbers too small for a float32 scale are zeros to a part. */
const rowsOf = (count: number, dim: number) =>
  fc
    .array(fc.integer({ min: -2000, max: 2000 }), { minLength: count * dim, maxLength: count * dim })
    .map((numbers) =>
      quantizeRows(
        numbers.map((number) => number / 1000),
        count,
        dim,
      ),
    );
/** Eleven bits: shares that two bytes carry exactly. */
const sharesOf = (count: number) =>
  fc
    .array(fc.integer({ min: 0, max: 2047 }), { minLength: count, maxLength: count })
    .map((numbers) => Float32Array.from(numbers, (number) => number / 2048));
const cardOf = (item: string): fc.Arbitrary<CatalogueCard> =>
  fc.record(
    {
      item: fc.constant(item),
      title: fc.string({ unit: "grapheme", maxLength: 40 }),
      url: fc.constantFrom("/items/7?a=b:c", "https://shop.example/é", "items/7"),
      image: fc.constant("http://cdn.example/a.jpg"),
      price: fc.double({ noNaN: true, noDefaultInfinity: true }).map((price) => price || 0),
      categories: fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }),
      publishedAt: fc.constant("2011-03-01"),
      available: fc.boolean(),
    },
    { requiredKeys: ["item", "title", "categories"] },
  );
const cardsOf = (items: readonly string[]) => fc.tuple(...items.map(cardOf));
const learned = fc.record({ items: ids, dim: dims, round: fc.nat() }).chain(({ items, dim, round }) =>
  fc.record({
    items: fc.constant(items),
    dim: fc.constant(dim),
    round: fc.constant(round),
    rows: rowsOf(items.length, dim),
    shares: sharesOf(items.length),
    cards: cardsOf(items),
  }),
);

describe("every part parses back to what was encoded, ids and titles of any script included", () => {
  test.each<{
    kind: string;
    inverse: (value: typeof learned extends fc.Arbitrary<infer T> ? T : never) => void;
  }>([
    {
      kind: "catalogue",
      inverse: ({ cards }) => {
        expect(parseCatalogue(encodeCatalogue({ cards }))).toEqual({ cards });
      },
    },
    {
      kind: "content",
      inverse: ({ items, dim, rows }) => {
        const part = { items, dim, space: "s1", rows };
        expect(parseContent(encodeContent(part))).toEqual(part);
      },
    },
    {
      kind: "factors",
      inverse: ({ items, dim, round, rows }) => {
        const part = { items, dim, round, rows };
        expect(parseFactors(encodeFactors(part))).toEqual(part);
      },
    },
    {
      kind: "popularity",
      inverse: ({ items, shares }) => {
        expect(parsePopularity(encodePopularity({ items, shares }))).toEqual({ items, shares });
      },
    },
    {
      kind: "predicted",
      inverse: ({ items, dim, rows, shares }) => {
        const part = { items, dim, rows, shares };
        expect(parsePredicted(encodePredicted(part))).toEqual(part);
      },
    },
    {
      kind: "pairs",
      // Each item with the next: pairs of any list are in pairs.test.ts.
      inverse: ({ items, round, rows }) => {
        const neighbours = items.slice(1).map((_, item) => [item, item + 1] as const);
        const pattern = patternOfPairs(neighbours, items.length);
        const values = Int8Array.from(pattern.pairs, (pair) => 3 * pair - 7);
        const learned = { round, reports: round, asked: round, recent: null };
        const part = { items, ...learned, pattern, values, scales: rows.scales };
        expect(parsePairs(encodePairs(part))).toEqual(part);
      },
    },
    {
      kind: "head",
      inverse: ({ cards, dim, round, rows, shares }) => {
        const factors = quantizeRows(new Float64Array(cards.length * 2).fill(0.5), cards.length, 2);
        const rest = { space: "s1", contentDim: dim, content: rows, factorDim: 2, factors, shares, round };
        const head: HeadPart = { cards, ...rest };
        expect(parseHead(encodeHead(head))).toEqual(head);
      },
    },
  ])("$kind", ({ inverse }) => {
    fc.assert(fc.property(learned, inverse));
  });
});

test("the same content gives the same bytes, from any offset of a larger buffer read alike", () => {
  const { factors } = partsOf(randomModel());
  expect(partsOf(randomModel()).factors.id).toBe(factors.id);
  const shifted = new Uint8Array(factors.bytes.length + 3).fill(7);
  shifted.set(factors.bytes, 3);
  expect(parseFactors(shifted.subarray(3))).toEqual(parseFactors(factors.bytes));
});

test("a share is read to one part in 4,096, and 0 and 1 exactly", () => {
  const share = fc.double({ min: 1e-9, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, (value) => {
      const { shares } = parsePopularity(encodePopularity({ items: ["a", "b", "c"], shares: [value, 0, 1] }));
      expect(Math.abs(shares[0] - value) / value).toBeLessThanOrEqual(1 / 4096);
      expect([shares[1], shares[2]]).toEqual([0, 1]);
    }),
  );
  for (const wrong of [Number.NaN, -0.1, 1.01]) {
    expect(() => encodePopularity({ items: ["a"], shares: [wrong] })).toThrow("must be a number of 0..1");
  }
});

describe("a hostile part is refused by what was expected", () => {
  const json = (value: unknown) => asciiBytes(JSON.stringify(value));
  const floats = (...values: readonly number[]) => {
    const bytes = new Uint8Array(values.length * 4);
    for (const [k, value] of values.entries()) new DataView(bytes.buffer).setFloat32(k * 4, value, true);
    return bytes;
  };
  const section = (name: string, type: SectionType, data: Uint8Array): PartSection => ({ name, type, data });
  const factorsWith = (fields: Record<string, string | number>, ...sections: readonly PartSection[]) =>
    encodePart({ kind: "factors", fields: { items: 2, dim: 3, round: 1, ...fields }, sections });
  const twoRows = [section("values", "i8", new Uint8Array(6)), section("scales", "f32", floats(1, 2))];
  const items = section("items", "json", json(["a", "b"]));

  test.each<{ what: string; bytes: Uint8Array; fault: string }>([
    {
      what: "NaN as a scale",
      bytes: factorsWith({}, twoRows[0], section("scales", "f32", floats(1, Number.NaN)), items),
      fault: "a row's scale must be a number of 0..",
    },
    {
      what: "infinity as a scale",
      bytes: factorsWith({}, twoRows[0], section("scales", "f32", floats(Infinity, 1)), items),
      fault: "a row's scale must be a number of 0..",
    },
    {
      what: "a number beyond the limit",
      bytes: factorsWith({}, twoRows[0], section("scales", "f32", floats(1e5, 1)), items),
      fault: "a row's scale must be a number of 0..",
    },
    {
      what: "a negative scale",
      bytes: factorsWith({}, twoRows[0], section("scales", "f32", floats(-1, 1)), items),
      fault: "a row's scale must be a number of 0..",
    },
    {
      what: "an id twice",
      bytes: factorsWith({}, ...twoRows, section("items", "json", json(["a", "a"]))),
      fault: 'item ids must be unique, got "a" twice',
    },
    {
      what: "an id that is none",
      bytes: factorsWith({}, ...twoRows, section("items", "json", json(["a", 7]))),
      fault: "an item id must be 1 to 256 characters, got 7",
    },
    {
      what: "an id too long",
      bytes: factorsWith({}, ...twoRows, section("items", "json", json(["a", "b".repeat(257)]))),
      fault: "an item id must be 1 to 256 characters",
    },
    {
      what: "fewer ids than rows",
      bytes: factorsWith({}, ...twoRows, section("items", "json", json(["a"]))),
      fault: "expected a list of 2 item ids, got one of 1",
    },
    {
      what: "more ids than could be two",
      bytes: factorsWith({}, ...twoRows, section("items", "json", json(["a", "b".repeat(10_000)]))),
      fault: "2 item ids must have at most",
    },
    {
      what: "dimension 12,000",
      bytes: factorsWith({ dim: 12_000 }, ...twoRows, items),
      fault: "dim must be <=1024",
    },
    {
      what: "more items than there may be",
      bytes: factorsWith({ items: 2_000_001 }, ...twoRows, items),
      fault: "items must be <=2000000",
    },
    {
      what: "fewer numbers than rows",
      bytes: factorsWith({ dim: 4 }, ...twoRows, items),
      fault: "must have 8 bytes, got 6",
    },
    {
      what: "no scales",
      bytes: factorsWith({}, twoRows[0], items),
      fault: 'section "scales" must be there, got none',
    },
    {
      what: "scales of another type",
      bytes: factorsWith({}, twoRows[0], section("scales", "json", floats(1, 2)), items),
      fault: 'section "scales" must be of type f32, got json',
    },
    {
      what: "half a round",
      bytes: factorsWith({ round: 0.5 }, ...twoRows, items),
      fault: "round must be Invalid integer",
    },
  ])("$what", ({ bytes, fault }) => {
    expect(() => parseFactors(bytes)).toThrow(fault);
    expect(() => parseFactors(bytes)).toThrow(/^parseFactors: /);
  });

  const catalogueOf = (...cards: readonly string[]) =>
    encodePart({
      kind: "catalogue",
      fields: { items: cards.length },
      sections: [section("cards", "json", asciiBytes(cards.map((card) => `${card}\n`).join("")))],
    });
  const card = (change: object) => JSON.stringify({ item: "a", title: "A", categories: [], ...change });
  test.each([
    { what: "a javascript: address", cards: [card({ url: "javascript:alert(1)" })], fault: "url" },
    {
      what: "an address that hides its scheme",
      cards: [card({ url: "java\tscript:alert(1)" })],
      fault: "url",
    },
    { what: "a data: image", cards: [card({ image: "data:image/svg+xml,<svg/>" })], fault: "image" },
    {
      what: "a price beyond numbers",
      cards: ['{"item":"a","title":"A","categories":[],"price":1e999}'],
      fault: "price",
    },
    { what: "an item twice", cards: [card({}), card({})], fault: "unique" },
    { what: "a title beyond length", cards: [card({ title: "A".repeat(1001) })], fault: "title" },
    { what: "a card that is no JSON", cards: ['{"item":'], fault: "expected JSON" },
    { what: "a card that is no card", cards: ["7"], fault: "must be Object" },
    {
      what: "a card with a million objects in it",
      cards: [`{"item":"a","title":"A","categories":[],"x":[${"{},".repeat(1e6)}0]}`],
      fault: "a card must have 1 to 229376 bytes",
    },
    {
      what: "a card with as many objects as its line has room for",
      cards: [`{"item":"a","title":"A","categories":[],"x":[${"{},".repeat(50_000)}0]}`],
      fault: "JSON must hold at most 512 values, got more",
    },
    { what: "an empty line", cards: [card({}), ""], fault: "a card must have 1 to 229376 bytes, got 0" },
  ])("$what", ({ cards, fault }) => {
    expect(() => parseCatalogue(catalogueOf(...cards))).toThrow(fault);
    expect(() => parseCatalogue(catalogueOf(...cards))).toThrow(/^parseCatalogue: /);
  });

  test("ids that are lists and objects, before one is made", () => {
    const items = 60_000;
    const popularityWith = (ids: Uint8Array) =>
      encodePart({
        kind: "popularity",
        fields: { items },
        sections: [section("shares", "u16", new Uint8Array(items * 2)), section("items", "json", ids)],
      });
    for (const ids of [`[${"{},".repeat(6e6)}0]`, `[${"[],".repeat(6e6)}0]`, `[${"0,".repeat(9e6)}0]`]) {
      const part = popularityWith(asciiBytes(ids));
      const before = process.memoryUsage().heapUsed;
      expect(() => parsePopularity(part)).toThrow(
        "parsePopularity: JSON must hold at most 60000 values, got more",
      );
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
    }
    expect(() => parsePopularity(popularityWith(new Uint8Array(21 * 1024 * 1024)))).toThrow(
      "parsePopularity: 60000 item ids must have at most 20971520 bytes",
    );
  });

  test("cards that are not as many as the header says", () => {
    for (const [data, items, fault] of [
      [`${card({})}\n`, 2, "expected 2 cards, got 1"],
      [`${card({})}\n${card({ item: "b" })}\n`, 1, "expected 1 cards, got more"],
      [card({}), 1, "expected a card to end with its line"],
    ] as const) {
      const sections = [section("cards", "json", asciiBytes(data))];
      expect(() => parseCatalogue(encodePart({ kind: "catalogue", fields: { items }, sections }))).toThrow(
        fault,
      );
    }
  });

  test("a part cut off anywhere, of another kind, version or magic", () => {
    const { factors } = partsOf(randomModel({ items: 3 }));
    for (let length = 0; length < factors.bytes.length - 64; length += 7) {
      expect(() => parseFactors(factors.bytes.subarray(0, length))).toThrow(/^parseFactors: /);
    }
    expect(() => parseContent(factors.bytes)).toThrow('parseContent: kind must be "content", got "factors"');
    const version7 = factors.bytes.slice();
    version7[4] = 7;
    expect(() => parseFactors(version7)).toThrow("parseFactors: version must be 1, got 7");
    const other = factors.bytes.slice();
    other[0] = 0;
    expect(() => parseFactors(other)).toThrow('parseFactors: magic must be "TCTP"');
    const long = factors.bytes.slice();
    long[11] = 255;
    expect(() => parseFactors(long)).toThrow("parseFactors: the header must have at most");
  });

  test("whatever bytes come, they are refused and never more", () => {
    const { factors } = partsOf(randomModel({ items: 3 }));
    fc.assert(
      fc.property(fc.nat(factors.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = factors.bytes.slice();
        bytes[at] ^= change;
        try {
          const { rows, dim } = parseFactors(bytes);
          // What passes is within the limits: a changed number of a row, or a byte nobody reads.
          expect(rows.scales.every((scale) => scale >= 0 && scale <= modelLimits.rowNumber)).toBe(true);
          expect(dim).toBeLessThanOrEqual(modelLimits.dim);
        } catch (error) {
          expect((error as Error).message).toMatch(/^parseFactors: /);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test("keys and sections of a later version are ignored", () => {
  const { items, dim, round, rows } = parseFactors(partsOf(randomModel({ items: 2 })).factors.bytes);
  const part = encodePart({
    kind: "factors",
    fields: { items: 2, dim, round, mood: "blue" },
    sections: [
      { name: "moods", type: "u16", data: new Uint8Array(4) },
      { name: "values", type: "i8", data: new Uint8Array(rows.values) },
      { name: "scales", type: "f32", data: new Uint8Array(rows.scales.buffer) },
      { name: "items", type: "json", data: asciiBytes(JSON.stringify(items)) },
    ],
  });
  expect(parseFactors(part)).toEqual({ items, dim, round, rows });
  const cards = '{"item":"a","title":"A","categories":[],"mood":"blue"}\n';
  const catalogue = encodePart({
    kind: "catalogue",
    fields: { items: 1 },
    sections: [{ name: "cards", type: "json", data: asciiBytes(cards) }],
  });
  expect(parseCatalogue(catalogue).cards).toEqual([{ item: "a", title: "A", categories: [] }]);
});

test("the quick look at a card takes what the schema makes of it, or leaves it to the schema", () => {
  const odd = fc.oneof(
    fc.constantFrom(null, true, false, 0, -1.5, Infinity, "", "x".repeat(300), "x".repeat(3000), {}, []),
    fc.constantFrom("javascript:alert(1)", "https://a.example/b", "/path", " /x", "data:,", "2011-01-01"),
    fc.string({ maxLength: 70 }),
    fc.array(fc.oneof(fc.string(), fc.constant(1), fc.constant("c".repeat(257))), { maxLength: 3 }),
    fc.constant(Array.from({ length: 65 }, () => "c")),
  );
  const right = fc.record(
    {
      item: fc.string({ minLength: 1, maxLength: 20 }),
      title: fc.string(),
      categories: fc.array(fc.string(), { maxLength: 3 }),
      url: fc.webUrl(),
      image: fc.constant("/image.png"),
      price: fc.double({ noNaN: true, noDefaultInfinity: true }),
      publishedAt: fc.constant("2011-01-01"),
      available: fc.boolean(),
      attributes: fc.dictionary(
        fc.oneof(
          fc.string({ minLength: 1, maxLength: 70 }),
          fc.constantFrom("brand", "constructor", "__proto__"),
        ),
        fc.oneof(
          fc.string({ maxLength: 140 }),
          fc.integer(),
          fc.boolean(),
          fc.array(fc.string()),
          fc.constant(null),
        ),
        { maxKeys: 4 },
      ),
      mood: fc.anything({ maxDepth: 1 }),
    },
    { requiredKeys: ["item", "title", "categories"] },
  );
  const wrong = fc.dictionary(
    fc.constantFrom(
      "item",
      "title",
      "url",
      "image",
      "price",
      "categories",
      "publishedAt",
      "available",
      "attributes",
    ),
    odd,
  );
  let quick = 0;
  fc.assert(
    fc.property(right, fc.oneof(fc.constant({}), wrong), (card, change) => {
      const value: unknown = { ...card, ...change };
      const looked = plainCard(value);
      const parsed = v.safeParse(cardSchema, value);
      if (looked !== null) {
        quick++;
        expect(parsed.success && parsed.output).toEqual(looked);
      }
      // What is right is not left to the schema, or the quick look would be for nothing.
      expect(looked !== null).toBe(parsed.success);
    }),
    { numRuns: 2000 },
  );
  expect(quick).toBeGreaterThan(800);
  for (const value of [null, undefined, 7, "card", [], [["item", "a"]], new Map([["item", "a"]])]) {
    expect(plainCard(value)).toBeNull();
  }
});

test("the longest card, all of it escaped, is read with room for keys of a later version", () => {
  const long = (length: number) => "\u00e9".repeat(length);
  const longest: CatalogueCard = {
    item: long(modelLimits.itemId),
    title: long(modelLimits.title),
    url: `/${long(modelLimits.url - 1)}`,
    image: `/${long(modelLimits.url - 1)}`,
    price: -Number.MIN_VALUE,
    categories: Array.from({ length: modelLimits.categories }, () => long(modelLimits.category)),
    publishedAt: long(modelLimits.publishedAt),
    available: false,
    group: long(modelLimits.itemId),
    attributes: Object.fromEntries(
      Array.from({ length: modelLimits.attributes }, (_, k) => [
        String(k).padStart(modelLimits.attributeName, "\u00e9"),
        [long(modelLimits.attributeText), long(modelLimits.attributeText)],
      ]),
    ),
  };
  const bytes = encodeCatalogue({ cards: [longest] });
  expect(parseCatalogue(bytes).cards).toEqual([longest]);
  expect(bytes.length).toBeLessThan(modelLimits.cardBytes - 30_000);
});

test("ids may have what stands between values elsewhere: commas, brackets, quotes, backslashes", () => {
  const items = ['a,b,[{"c', "\\", '\\",{[', "{}"];
  const shares = new Float32Array(items.length);
  expect(parsePopularity(encodePopularity({ items, shares })).items).toEqual(items);
});

test("an address of the web is http, https or a path of the site, and nothing else", () => {
  for (const url of [
    "https://a.example/x",
    "HTTP://a.example",
    "/x:y",
    "x/y:z",
    "?a=b:c",
    "#a:b",
    "//cdn.example/x",
    "",
  ]) {
    expect(isWebAddress(url), url).toBe(true);
  }
  for (const url of [
    "javascript:x",
    "JavaScript:x",
    " javascript:x",
    "java\nscript:x",
    "\u0001javascript:x",
    "data:x",
    "blob:x",
    "https:x",
    "ftp://x",
    "x:y/z",
  ]) {
    expect(isWebAddress(url), url).toBe(false);
  }
  // Whatever a browser makes of an address that passes, it is a page of the web.
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 30 }), (url) => {
      if (!isWebAddress(url) || !URL.canParse(url, "https://shop.example/a/")) return;
      expect(new URL(url, "https://shop.example/a/").protocol).toMatch(/^https?:$/);
    }),
    { numRuns: 2000 },
  );
});

describe("bytes over the wire", () => {
  const items = 3659;
  const model = randomModel({
    items,
    contentDim: 256,
    factorDim: 64,
    spread: "normal",
    card: (row) => ({
      // As long as those of Online Retail.
      item: `${20_000 + row * 7}${"ABC"[row % 3]}`,
      title: `LARGE HEART SHAPED LANTERN No ${row} OF SET`,
      url: `/item/${20_000 + row * 7}`,
      price: 0.25 * (row % 97),
      categories: ["Home & Garden", `Kind ${row % 30}`],
      publishedAt: `2011-0${1 + (row % 9)}-01T12:00:00Z`,
    }),
  });
  const brotli = (bytes: Uint8Array) =>
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }).length;

  test("a round of 3,659 items at d = 64 takes 260 kB at most, with brotli and with gzip", () => {
    const { factors, popularity } = partsOf(model);
    for (const size of [brotli, (bytes: Uint8Array) => gzipSync(bytes).length]) {
      const total = size(factors.bytes) + size(popularity.bytes);

      expect(total).toBeGreaterThan(200_000);
      expect(total).toBeLessThanOrEqual(260_000);
    }
  });

  test("a head takes 150 kB at most, decoded, however many cards are offered, and holds as many as fit", () => {
    const { contentDim, content, factorDim, factors, popularity: shares, round, catalogue: cards } = model;
    const head = fittingHead({ cards, space: "s", contentDim, content, factorDim, factors, shares, round });
    const bytes = encodeHead(head);
    expect(bytes.length).toBeLessThanOrEqual(150_000);
    expect(bytes.length).toBeGreaterThan(145_000);
    expect(head.cards).toEqual(cards.slice(0, head.cards.length));
    expect(parseHead(bytes)).toMatchObject({
      cards: head.cards,
      content: head.content,
      factors: head.factors,
    });
    const all = { cards, space: "s", contentDim, content, factorDim, factors, shares, round };
    expect(() => encodeHead(all)).toThrow("encodeHead: expected at most 150000 bytes");
  });
});
