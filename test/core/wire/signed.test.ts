import { createHash } from "node:crypto";
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../../core/bytes.ts";
import {
  bytesToSign,
  documentOf,
  openSigned,
  parseCanonical,
  type SignedDocument,
  signedSchema,
} from "../../../core/wire/signed.ts";
import { verifyEd25519 } from "../../../server/tasks/keys/identity.ts";

/** Signed once by OpenSSL with the secret key of RFC 8032, 7.1, test 2: the bytes must never change. */
const frozen = {
  key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
  document: '{"a":1,"b":[true,null],"c":"x y"}',
  sha256: "a782eec426d64b37cb5e5b41f5ca3f36429df5da695d1e638c143e4faf6e3e5e",
  signature:
    "c02984da05df6f42c27fc18e494b98dffc049a6e0b76e0ad0e5082f31756a50e5c44ebee8009abb6fabc680f8b8333d2f77402b726181694e251a8b51a20040f",
};
const signed: SignedDocument = { document: frozen.document, signature: frozen.signature };
const by = { key: frozen.key, verify: verifyEd25519 };

test("what is signed is the kind, the version and the text, and a frozen signature holds", async () => {
  const bytes = bytesToSign("task", frozen.document);
  expect(new TextDecoder().decode(bytes)).toBe(`tacit task v3\n${frozen.document}`);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(frozen.sha256);
  expect(await openSigned("task", signed, by)).toEqual(JSON.parse(frozen.document));
});

test("a signature is of one kind of document and one key alone", async () => {
  await expect(openSigned("keys", signed, by)).rejects.toThrow(
    "openSigned: a keys document must be signed by 3d4017c3…, got another signature",
  );
  const other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
  await expect(openSigned("task", signed, { ...by, key: other })).rejects.toThrow("got another signature");
  // The same text, signed as protocol 2 had it.
  const older =
    "8c9bc4264c5c93a98491126ae6a86c9cf3fe0a9dfd32054adfb8920ecbf98b6366a3671846c06e8c59afb49b1b30140c6e57467905fe116847590a01a9e84902";
  await expect(openSigned("task", { ...signed, signature: older }, by)).rejects.toThrow(
    "got another signature",
  );
});

test("any bit flipped in document or signature is refused", async () => {
  const text = new TextEncoder().encode(frozen.document);
  const signature = fromHex(frozen.signature);
  await fc.assert(
    fc.asyncProperty(fc.nat(8 * (text.length + 64) - 1), async (bit) => {
      const flipped = [Uint8Array.from(text), Uint8Array.from(signature)];
      const [part, at] = bit < 8 * text.length ? [0, bit] : [1, bit - 8 * text.length];
      flipped[part][at >> 3] ^= 1 << (at & 7);
      const changed = {
        document: new TextDecoder("latin1").decode(flipped[0]),
        signature: toHex(flipped[1]),
      };
      await expect(openSigned("task", changed, by)).rejects.toThrow(TypeError);
    }),
    { numRuns: 300 },
  );
});

test("a text is taken only as its value's one canonical text", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = documentOf("task", JSON.parse(JSON.stringify(value)));
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(documentOf("task", JSON.parse(text))).toBe(text);
      expect(parseCanonical("task", text)).toEqual(JSON.parse(text));
      expect(() => parseCanonical("task", ` ${text}`)).toThrow("must be canonical JSON");
    }),
  );
  expect(() => parseCanonical("task", '{"b":1,"a":2}')).toThrow("must be canonical JSON");
  expect(() => parseCanonical("task", '{"a":1,"a":2}')).toThrow("must be canonical JSON");
  expect(() => parseCanonical("task", '{"a":1.0}')).toThrow("must be canonical JSON");
  expect(() => parseCanonical("task", "{")).toThrow('openSigned: a task document must be JSON, got "{"');
});

test("a text is made exactly up to the length that readers take", () => {
  const readable = (document: string) =>
    v.safeParse(signedSchema, { ...signed, document }).success ? document : null;
  const longest = documentOf("task", "a".repeat(19_998));
  expect(readable(longest)).toBe(longest);
  expect(() => documentOf("task", "a".repeat(19_999))).toThrow(
    "documentOf: a task must have at most 20000 characters, got 20001",
  );
  // As escapes, not as characters.
  expect(() => documentOf("task", "ü".repeat(3_334))).toThrow("got 20006");
});

test("a document that is nested deeper than a function can call itself is refused in words, as any other", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  expect(parseCanonical("task", nested(65))).toBeInstanceOf(Array);
  for (const levels of [66, 9_000]) {
    expect(() => parseCanonical("task", nested(levels))).toThrow(
      "canonicalJson: expected at most 64 levels, got more",
    );
  }
});
