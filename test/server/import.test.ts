/** A catalogue file is taken whole or not at all, and each fault is named with its line. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCatalogue } from "../../server/publishing/import/readcatalogue.ts";
import { inputOfBytes } from "../../server/publishing/input/input.ts";

const read = (content: string, name: string) =>
  readCatalogue(inputOfBytes(name, new TextEncoder().encode(content)));

test("a table and a list of the same items give the same items", async () => {
  const text = fc.stringMatching(/^[a-zA-Zé,"|\n ]{0,12}[a-z]$/);
  const itemArb = fc.record(
    {
      title: text.map((value) => value.trim()),
      price: fc.double({ min: 0, max: 1e6, noNaN: true }),
      categories: fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 3 }),
      publishedAt: fc.constantFrom("2011-02-03", "2011-02-03T04:05:06Z"),
    },
    { requiredKeys: ["title"] },
  );
  const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(itemArb, { minLength: 1, maxLength: 8 }), async (items) => {
      const rows = items.map((item, k) => ({ id: `id${k}`, ...item }));
      const lines = rows.map(
        ({ id, title, price, categories = [], publishedAt = "" }) =>
          `${id},${cell(title)},${price ?? ""},${cell(categories.join("|"))},${publishedAt}`,
      );
      const csv = `id,title,price,categories,publishedAt\n${lines.join("\n")}\n`;
      const fromCsv = await read(csv, "c.csv");
      expect(fromCsv).toEqual(await read(JSON.stringify(rows), "c.json"));
      expect(fromCsv.ok && fromCsv.items.map(({ title }) => title)).toEqual(rows.map(({ title }) => title));
    }),
  );
});

const wayOut = (what: string): string =>
  `--map id=NAME,title=NAME,… says which ${what} is which, ` +
  "--format reads an export of shopify, woocommerce, merchant, movielens";

test("every fault of a file is told at once, each with file, line, what was expected and what came", async () => {
  const csv = [
    "id,title,price,url,publishedAt",
    'a,"two',
    'lines",1,,',
    "b,Title,free 1,,",
    ",No id,1,,",
    "c,Short",
    "a,Again,2,,",
    "d,Script,1,javascript:alert(1),",
    "e,When,1,,yesterday",
  ].join("\n");
  expect(await read(csv, "items.csv")).toEqual({
    ok: false,
    faults: [
      'items.csv:4: price must be an amount of at least 0, got "free 1"',
      "items.csv:5: id must be given, got nothing",
      "items.csv:6: a line must have 5 fields, got 2",
      'items.csv:7: id must be unique, got "a" again after items.csv:2',
      'items.csv:8: url must be an http(s) address or a path, got "javascript:alert(1)"',
      'items.csv:9: publishedAt must be an ISO 8601 date, got "yesterday"',
    ],
  });
});

test.each([
  ["", "items.csv: expected a header line, got an empty file"],
  ["id,title\n", "items.csv: expected at least one item, got none"],
  ["id,titel\na,b\n", 'items.csv:1: "titel" is not a known column, did you mean "title"?'],
  ["id,title,title\na,b,c\n", 'items.csv:1: column "title" must stand once, got it twice'],
  ["id,price\na,1\n", 'items.csv:1: column "title" must be there, got id,price'],
  [
    '[{"id":"a","title":"b","prize":1}]',
    `items.csv:1: "prize" is not a known key, did you mean "price"? (${wayOut("key")})`,
  ],
  ['[{"id":"a","title":true}]', "items.csv:1: title must be a string, got true"],
  ["[1]", "items.csv:1: an item must be an object, got 1"],
])("%j is refused: %s", async (content, fault) => {
  const result = await read(content, "items.csv");
  expect(result).toMatchObject({ ok: false });
  expect(!result.ok && result.faults[0]).toBe(fault);
});

test("a header in a shop's own names is refused with what is near, what is known, and how to name them", async () => {
  const known =
    "id, title, price, categories, url, image, publishedAt, available, group, brand, attributes, text";
  expect(await read("SKU;Titel;Bild;Preis\na;b;c;1\n", "c.csv")).toEqual({
    ok: false,
    faults: [
      'c.csv:1: "Titel" is not a known column, did you mean "title"?',
      `c.csv:1: "SKU", "Bild", "Preis" are not known columns, known are ${known}`,
      'c.csv:1: column "id" must be there, got SKU,Titel,Bild,Preis',
      'c.csv:1: column "title" must be there, got SKU,Titel,Bild,Preis',
      `c.csv:1: ${wayOut("column")}`,
    ],
  });
});

test("keys that are not known are told for each row, and how to name them once", async () => {
  const rows = ["a", "b"].map((id) => ({ id, title: "b", prize: 1 }));
  const result = await read(JSON.stringify(rows, null, 0), "c.json");
  const fault = 'c.json:1: "prize" is not a known key, did you mean "price"?';
  expect(result).toEqual({ ok: false, faults: [`${fault} (${wayOut("key")})`, fault] });
});

test("a price without a digit is no price, and is counted", async () => {
  const prices = ["auf Anfrage", "-", "2", "", "€"].map((price, k) => `${k},Mug,${price}`);
  const result = await read(`id,title,price\n${prices.join("\n")}\n`, "c.csv");
  expect(result).toMatchObject({ ok: true, unpriced: 3, faults: [] });
  expect(result.ok && result.items.map(({ price }) => price)).toEqual([
    undefined,
    undefined,
    2,
    undefined,
    undefined,
  ]);
});

test("broken quotes and broken JSON are told with the parser's own words", async () => {
  expect(await read('id,title\na,"b\nc,d\n', "x.csv")).toMatchObject({
    ok: false,
    faults: [expect.stringMatching(/^x\.csv:\d+: expected CSV, got Quote Not Closed/)],
  });
  expect(await read("[{", "x.json")).toMatchObject({
    ok: false,
    faults: [expect.stringMatching(/^x\.json:1: expected the item to end/)],
  });
});

describe("a catalogue", () => {
  const mug = { item: "a", title: "Mug, blue", categories: ["Kitchen", "Gifts"], price: 3.5 };

  test.each([
    ["commas", 'id,title,price,categories\na,"Mug, blue",3.50,Kitchen | Gifts\n'],
    ["semicolons", "id;title;price;categories\r\na;Mug, blue;3.50;Kitchen|Gifts\r\n\r\n"],
    ["tabs", "id\ttitle\tprice\tcategories\na\tMug, blue\t3.50\tKitchen|Gifts"],
    ["a list", '[{"id":"a","title":"Mug, blue","price":3.5,"categories":["Kitchen","Gifts"]}]'],
    [
      "a list within an answer",
      '{"page":1,"items":[{"id":"a","title":"Mug, blue","price":"3.5","categories":["Kitchen","Gifts"]}]}',
    ],
    ["JSON lines", '{"id":"a","title":"Mug, blue","price":3.5,"categories":["Kitchen","Gifts"]}\n'],
  ])("is read from %s, packed or not", async (_form, text) => {
    const bytes = new TextEncoder().encode(`\ufeff${text}`);
    for (const given of [bytes, gzipSync(bytes)]) {
      expect(await readCatalogue(inputOfBytes("c", given))).toMatchObject({
        ok: true,
        items: [mug],
        faults: [],
      });
    }
  });

  test("is text in the encoding that is said, and refused with line and offset when it is not", async () => {
    const bytes = Buffer.from("id,title\na,Caf\xe9\n", "latin1");
    expect(await readCatalogue(inputOfBytes("c.csv", bytes))).toEqual({
      ok: false,
      faults: [
        expect.stringMatching(
          /^c\.csv:2: expected utf-8, got byte 0xE9 at offset 14; .*--charset windows-1252$/,
        ),
      ],
    });
    const said = await readCatalogue(inputOfBytes("c.csv", bytes, "windows-1252"));
    expect(said.ok && said.items[0].title).toBe("Café");
  });

  test("has ids and titles that are numbers, days as they are, and times in UTC", async () => {
    const rows = [
      { id: 7, title: 1984, publishedAt: "2024-02-29" },
      { id: "8", title: "b", publishedAt: "2016-02-24T11:07+0100" },
      { id: "9", title: "c", publishedAt: "2016-02-24 11:07:08.5" },
    ];
    const result = await read(JSON.stringify(rows), "c.json");
    expect(
      result.ok && result.items.map(({ item, title, publishedAt }) => [item, title, publishedAt]),
    ).toEqual([
      ["7", "1984", "2024-02-29"],
      ["8", "b", "2016-02-24T10:07:00Z"],
      ["9", "c", "2016-02-24T11:07:08.500Z"],
    ]);
  });

  test.each(["2024-02-30", "20240229", "1456308420", "2024"])("has no %s for a date", async (publishedAt) => {
    const result = await read(JSON.stringify([{ id: "a", title: "b", publishedAt }]), "c.json");
    expect(!result.ok && result.faults).toEqual([
      `c.json:1: publishedAt must be an ISO 8601 date, got "${publishedAt}"`,
    ]);
  });
});
