/** A catalogue file is taken whole or not at all, and each fault is named with its line. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCatalogue } from "../../server/publishing/import/formats.ts";

test("CSV and JSON of the same items give the same items", () => {
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
  fc.assert(
    fc.property(fc.array(itemArb, { minLength: 1, maxLength: 8 }), (items) => {
      const rows = items.map((item, k) => ({ id: `id${k}`, ...item }));
      const lines = rows.map(
        ({ id, title, price, categories = [], publishedAt = "" }) =>
          `${id},${cell(title)},${price ?? ""},${cell(categories.join("|"))},${publishedAt}`,
      );
      const csv = `id,title,price,categories,publishedAt\n${lines.join("\n")}\n`;
      const fromCsv = parseCatalogue(csv, "c.csv");
      expect(fromCsv).toEqual(parseCatalogue(JSON.stringify(rows), "c.json"));
      expect(fromCsv.ok && fromCsv.items.map(({ title }) => title)).toEqual(rows.map(({ title }) => title));
    }),
  );
});

test("every fault of a file is told at once, each with file, line, what was expected and what came", () => {
  const csv = [
    "id,title,price,url,publishedAt",
    'a,"two',
    'lines",1,,',
    "b,Title,free,,",
    ",No id,1,,",
    "c,Short",
    "a,Again,2,,",
    "d,Script,1,javascript:alert(1),",
    "e,When,1,,yesterday",
  ].join("\n");
  expect(parseCatalogue(csv, "items.csv")).toEqual({
    ok: false,
    faults: [
      "items.csv:6: a line must have 5 fields, got 2",
      'items.csv:4: price must be a number of at least 0, got "free"',
      "items.csv:5: id must be given, got nothing",
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
  ['[{"id":"a","title":"b","prize":1}]', 'items.csv[0]: "prize" is not a known key, did you mean "price"?'],
  ['[{"id":"a","title":7}]', "items.csv[0]: title must be a string, got 7"],
  ["[1]", "items.csv[0]: an item must be an object, got 1"],
])("%j is refused: %s", (content, fault) => {
  const result = parseCatalogue(content, "items.csv");
  expect(result).toMatchObject({ ok: false });
  expect(!result.ok && result.faults[0]).toBe(fault);
});

test("broken quotes and broken JSON are told with the parser's own words", () => {
  expect(parseCatalogue('id,title\na,"b\nc,d\n', "x.csv")).toMatchObject({
    ok: false,
    faults: [expect.stringMatching(/^x\.csv:\d+: expected CSV, got Quote Not Closed/)],
  });
  expect(parseCatalogue("[{", "x.json")).toMatchObject({
    ok: false,
    faults: [expect.stringMatching(/^x\.json: expected JSON, got /)],
  });
});
