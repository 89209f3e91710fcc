import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { beginsJson, itemsOf } from "../../../server/publishing/input/list.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function read(text: string, size = 5): Promise<readonly { line: number; value: unknown }[]> {
  const items: { line: number; value: unknown }[] = [];
  for await (const item of itemsOf("c.json", inPieces(text, size))) items.push(item);
  return items;
}

const valuesOf = async (text: string, size?: number) => (await read(text, size)).map(({ value }) => value);

describe("the items of a JSON text", () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  const item = fc.dictionary(
    fc.string({ maxLength: 3 }).filter((key) => key !== "__proto__"),
    value,
    { maxKeys: 3 },
  );
  const size = fc.integer({ min: 1, max: 40 });

  test("of an array are its elements, however it is written", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(value), size, fc.constantFrom(0, 1, "\t"), async (values, pieces, indent) => {
        const text = JSON.stringify(values, null, indent);
        expect(await valuesOf(text, pieces)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("of JSON lines are their values, each on the line it begins on", async () => {
    const items = fc.array(item, { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(items, size, fc.constantFrom(0, 1), async (values, pieces, indent) => {
        const texts = values.map((each) => JSON.stringify(each, null, indent));
        let line = 1;
        const expected = texts.map((text) => {
          const at = line;
          line += text.split("\n").length;
          return { line: at, value: JSON.parse(text) };
        });
        expect(await read(texts.join("\n"), pieces)).toEqual(expected);
      }),
    );
  });

  test("of an object are those of the one list of items in it, wherever it stands", async () => {
    const shop = {
      data: { name: "a [shop]", tags: ["x", "y"], products: [{ id: "a" }, { id: "b", all: [{}] }] },
    };
    expect(await read(JSON.stringify(shop, null, 1), 3)).toEqual([
      { line: 9, value: { id: "a" } },
      { line: 12, value: { id: "b", all: [{}] } },
    ]);
    expect(await valuesOf('{"items":[]}')).toEqual([{ items: [] }]);
    await expect(read('{"a":[{}],"b":[{},{}]}')).rejects.toThrow(
      "c.json:1: expected an object that holds one list of items, got lists of 1 and 2",
    );
  });

  test("of a single object without a list is the object", async () => {
    expect(await valuesOf('{"id":"a","categories":["x","y"]}')).toEqual([
      { id: "a", categories: ["x", "y"] },
    ]);
  });

  test.each([
    ["[{}\n,", 'c.json:2: expected "]"'],
    ["[{},\n{", "c.json:2: expected the item to end"],
    ['[{},\n"a', "c.json:2: expected the item to end"],
    ["[{}\n", 'c.json:2: expected "]"'],
    ["[{},\n]", 'c.json:2: expected an item, got "]"'],
    ["[,{}]", 'c.json:1: expected an item, got ","'],
    ["[{}\n{}]", 'c.json:2: expected "," or "]" after an item, got "{"'],
    ["[{}]\n\nx", 'c.json:3: expected nothing after the list, got "x"'],
    ["[{},\n{a:1}]", "c.json:2: expected JSON"],
    ["[{},\n{]]", "c.json:2: expected JSON"],
    ["[1\n,nul]", "c.json:2: expected JSON"],
    ['{"a":1}\n{"a":}', "c.json:2: expected JSON"],
  ])("of %j are refused with the line of the fault", async (text, fault) => {
    for (const pieces of [1, 2, 100]) await expect(read(text, pieces)).rejects.toThrow(fault);
  });

  test("may hold texts of any length, and no more levels than any export has", async () => {
    const long = "x".repeat(20_000_000);
    const [{ id }] = JSON.parse(
      JSON.stringify(await valuesOf(`{"about":"${long}","items":[{"id":"a"}]}`, 1 << 16)),
    );
    expect(id).toBe("a");
    const nested = (levels: number) => `[{},\n${"[".repeat(levels)}${"]".repeat(levels)}]`;
    expect(await valuesOf(nested(100), 64)).toHaveLength(2);
    for (const levels of [101, 50_000]) {
      await expect(read(nested(levels), 64)).rejects.toThrow(
        "c.json:2: expected at most 100 levels in each other, got more",
      );
    }
  });

  test("begin with a bracket", () => {
    expect(["[1]", ' \n{"a":1}', "id,title", '"id","title"', ""].map(beginsJson)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
