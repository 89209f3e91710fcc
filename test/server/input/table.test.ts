import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordsOf } from "../../../server/publishing/input/table.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function read(text: string, size = 7) {
  const records: { line: number; fields: readonly string[] }[] = [];
  for await (const record of recordsOf("t.csv", inPieces(text, size))) records.push(record);
  return records;
}

describe("the records of a table", () => {
  const field = fc.stringMatching(/^[a-zé日"',;|\t \n]{0,6}$/).map((text) => text.trim());
  const rows = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 6 }));

  test("are what was written, whatever parts fields and ends lines, each with the line it begins on", async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        async (written, delimiter, end, size, isEnded) => {
          const header = ["id", "title", "a", "b"].slice(0, written[0]?.length ?? 2);
          const quoted = (text: string) =>
            /^[a-zé日']+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
          const lines = [header, ...written].map((row) => row.map(quoted).join(delimiter));
          const text = lines.join(end) + (isEnded ? end : "");
          const expected: { line: number; fields: readonly string[] }[] = [];
          let line = 1;
          for (const row of [header, ...written]) {
            if (row.some((value) => value !== "")) expected.push({ line, fields: row });
            line += 1 + row.join("").split("\n").length - 1;
          }
          expect(await read(text, size)).toEqual(expected);
        },
      ),
    );
  });

  test("are none of blank lines, wherever they stand", async () => {
    expect(await read("\n\nid,title\n\n a , b \n  \n,\nc,d\n\n\n")).toEqual([
      { line: 3, fields: ["id", "title"] },
      { line: 5, fields: ["a", "b"] },
      { line: 8, fields: ["c", "d"] },
    ]);
    expect(await read('id,title\n" "," "\na,b')).toEqual([
      { line: 1, fields: ["id", "title"] },
      { line: 3, fields: ["a", "b"] },
    ]);
    expect(await read("\n\r\nid;title\na;b", 2)).toEqual([
      { line: 3, fields: ["id", "title"] },
      { line: 4, fields: ["a", "b"] },
    ]);
  });

  test("have mixed ends of lines where a file was put together", async () => {
    expect((await read("id,title\r\na,b\nc,d\re,f")).map(({ line, fields }) => `${line} ${fields}`)).toEqual([
      "1 id,title",
      "2 a,b",
      "3 c,d",
      "4 e,f",
    ]);
  });

  test("are parted as Excel says before them", async () => {
    expect(await read("sep=;\r\nid;title\r\na;1,5")).toEqual([
      { line: 2, fields: ["id", "title"] },
      { line: 3, fields: ["a", "1,5"] },
    ]);
  });

  test("are parted as Excel says before them, also after blank lines", async () => {
    expect(await read("\n\r\nsep=;\nid;title\na;b")).toEqual([
      { line: 4, fields: ["id", "title"] },
      { line: 5, fields: ["a", "b"] },
    ]);
  });

  test("have quotes as text where two colons part the fields", async () => {
    expect(await read('1::"Great Performances" Cats (1998)::Musical\n2::"x::Drama')).toEqual([
      { line: 1, fields: ["1", '"Great Performances" Cats (1998)', "Musical"] },
      { line: 2, fields: ["2", '"x', "Drama"] },
    ]);
  });

  test("of a single column need nothing between fields", async () => {
    expect((await read("person\nann\nbob")).map(({ fields }) => fields)).toEqual([
      ["person"],
      ["ann"],
      ["bob"],
    ]);
  });

  test.each([
    ['id,title\na,"b\nc,d\n', /^t\.csv:\d+: expected CSV, got .*[Qq]uote/],
    ['id,title\na,b"c"\n', /^t\.csv:2: expected CSV, got /],
  ])("of %j are refused with a line", async (text, fault) => {
    await expect(read(text)).rejects.toThrow(fault);
  });
});
