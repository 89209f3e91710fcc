import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeText, parseCode } from "../../../core/moving/code.ts";
import {
  encodeHeader,
  mostFileBytes,
  padded,
  parseSealedFile,
  readPadded,
} from "../../../core/moving/container.ts";

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe("a code", () => {
  test("says the same bytes, however it is typed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const text = codeText(bytes);
        expect(parseCode(text)).toEqual(Uint8Array.from(bytes));
        const typed = text.toLowerCase().replaceAll("-", " ").replaceAll("1", "l").replaceAll("0", "o");
        expect(parseCode(` ${typed}\n`)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  test("is in groups of five of Crockford's letters", () => {
    expect(codeText(Uint8Array.of(0, 1, 2, 253, 254, 255))).toBe("000G5-ZFYZW");
    expect(codeText(new Uint8Array(0))).toBe("");
  });

  test("with another letter, or bits left over, is none", () => {
    for (const text of ["U", "0000!", "00001", "Z".repeat(1_001)]) expect(parseCode(text)).toBeNull();
  });
});

describe("a file", () => {
  const header = fc.record({
    sort: fc.constantFrom("copy" as const, "move" as const),
    siteTag: bytesOf(6),
    lockTag: bytesOf(6),
    salt: bytesOf(32),
  });
  const fileOf = (head: Parameters<typeof encodeHeader>[0], box: Uint8Array): Uint8Array => {
    const start = encodeHeader(head, box.length);
    return Uint8Array.from([...start, ...box]);
  };

  test("is read as it was written", () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 100 }), (head, box) => {
        expect(parseSealedFile(fileOf(head, box))).toEqual({ ...head, box });
      }),
    );
  });

  test("that is cut, longer, of another sort or version is refused in words", () => {
    const head = {
      sort: "copy" as const,
      siteTag: new Uint8Array(6),
      lockTag: new Uint8Array(6),
      salt: new Uint8Array(32),
    };
    const file = fileOf(head, Uint8Array.of(7, 8, 9));
    for (let length = 0; length < file.length; length++) {
      expect(() => parseSealedFile(file.subarray(0, length))).toThrow(/^parseSealedFile: expected/);
    }
    expect(() => parseSealedFile(Uint8Array.from([...file, 0]))).toThrow("expected the end after");
    const changed = (at: number, value: number): Uint8Array => {
      const other = Uint8Array.from(file);
      other[at] = value;
      return other;
    };
    expect(() => parseSealedFile(changed(0, 0))).toThrow("expected a file of data to move, got another one");
    expect(() => parseSealedFile(changed(8, 2))).toThrow("expected version 1, got 2");
    expect(() => parseSealedFile(changed(9, 3))).toThrow("expected sort 1 or 2, got 3");
  });
});

describe("padding", () => {
  test("leaves one of six sizes, and is taken off again", () => {
    const sizes = new Set<number>();
    for (const length of [0, 1, 16_380, 16_381, 65_532, 65_533, 300_000, 2_000_000, 5_000_000]) {
      const content = new Uint8Array(length).fill(7);
      const bytes = padded(content);
      sizes.add(bytes.length);
      expect(bytes.length).toBeLessThan(Math.max(16_385, 4 * (length + 4)));
      // Vitest compares long arrays slowly.
      expect(Buffer.compare(readPadded(bytes), content)).toBe(0);
    }
    expect([...sizes]).toEqual([1, 4, 16, 64, 256, 1024].map((times) => times * 16_384));
  });

  test("takes no more than a file holds", () => {
    expect(() => padded(new Uint8Array(mostFileBytes))).toThrow(/^padded: content must fit in/);
    expect(() => readPadded(Uint8Array.of(9, 0, 0, 0, 1))).toThrow(/^readPadded: expected/);
  });
});
