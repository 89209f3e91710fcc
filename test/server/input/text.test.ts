import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Input } from "../../../server/publishing/input/input.ts";
import { textOf } from "../../../server/publishing/input/text.ts";

/** The bytes in pieces of `size`. */
function inputOf(bytes: Uint8Array, size = bytes.length, charset?: string): Input {
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += Math.max(1, size))
      yield bytes.subarray(at, at + Math.max(1, size));
  };
  return { name: "c.csv", bytes: pieces(), charset };
}

async function read(input: Input): Promise<string> {
  let all = "";
  for await (const text of textOf(input)) all += text;
  return all;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, order: "le" | "be", mark = "\ufeff"): Uint8Array => {
  const bytes = Buffer.from(mark + text, "utf16le");
  return order === "le" ? bytes : bytes.swap16();
};
const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");
const faultOf = (input: Input): Promise<string> =>
  read(input).then(
    () => "none",
    (error) => error.message,
  );

describe("the text of an input", () => {
  const text = fc.string({ unit: "grapheme" }).map((any) => any.replaceAll(/[\0\ufeff]/g, ""));

  test("is what was written, in any Unicode encoding with its mark, packed or not, in pieces of any length", async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (written, size, isPacked) => {
          for (const bytes of [
            utf8(written),
            utf8(`\ufeff${written}`),
            utf16(written, "le"),
            utf16(written, "be"),
          ]) {
            const sent = isPacked ? gzipSync(bytes) : bytes;
            expect(await read(inputOf(sent, size))).toBe(written);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is read by the charset that is said, and by the mark where both say one", async () => {
    expect(await read(inputOf(latin1("Caf\xe9"), 1, "windows-1252"))).toBe("Café");
    expect(await read(inputOf(utf16("Café", "le", ""), 3, "utf-16le"))).toBe("Café");
    expect(await read(inputOf(Buffer.from("8ea9", "hex"), 1, "shift_jis"))).toBe("自");
    expect(await read(inputOf(utf8("\ufeffCafé"), 2, "windows-1252"))).toBe("Café");
    expect(await faultOf(inputOf(utf8("a"), 1, "klingon"))).toMatch(
      /^c\.csv: charset must be one such as utf-8/,
    );
  });

  test("is refused at the first byte that the encoding does not allow, with its line and offset", async () => {
    const good = fc.array(fc.constantFrom("é", "日", "😀", "a", "\n", "\r\n", "\r"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(good, fc.integer({ min: 1, max: 7 }), async (parts, size) => {
        const before = utf8(parts.join(""));
        const line = parts.join("").split(/\r\n|\n|\r/).length;
        const bytes = Buffer.concat([before, Buffer.from([0xe9]), utf8("x")]);
        const fault = await faultOf(inputOf(bytes, size));
        expect(fault).toMatch(
          new RegExp(`^c\\.csv:${line}: expected utf-8, got byte 0xE9 at offset ${before.length};`),
        );
      }),
    );
    expect(await faultOf(inputOf(latin1("id\nCaf\xe9")))).toMatch(
      /^c\.csv:2: expected whole utf-8, got the end/,
    );
    expect(await faultOf(inputOf(latin1("a\xff")))).toMatch(
      /^c\.csv:1: expected utf-8, got byte 0xFF at offset 1;/,
    );
  });

  test("never holds a character of code 0: UTF-16 without a mark is no UTF-8", async () => {
    expect(await faultOf(inputOf(utf16("id,title\na,Mug", "le", "")))).toMatch(
      /^c\.csv:1: expected text, got a character of code 0/,
    );
  });

  test("is refused by name when it is packed otherwise, cut short, or not gzip after all", async () => {
    expect(await faultOf(inputOf(latin1("PK\x03\x04rest")))).toBe(
      "c.csv: expected text or gzip, got a zip archive: unpack it",
    );
    const packed = gzipSync("id,title\n");
    expect(await faultOf(inputOf(packed.subarray(0, -6)))).toMatch(/^c\.csv: expected whole gzip, got /);
    expect(await faultOf(inputOf(latin1("\x1f\x8bnothing")))).toMatch(/^c\.csv: expected whole gzip, got /);
  });

  test("of nothing is nothing", async () => {
    expect(await read(inputOf(new Uint8Array(0)))).toBe("");
    expect(await read(inputOf(gzipSync("")))).toBe("");
  });
});
