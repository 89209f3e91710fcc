import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { plainSha256 } from "../../worker/plainsha256.ts";

const platform = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("is the platform's SHA-256 of any bytes, wherever they stand in a buffer", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (bytes, shift) => {
      const buffer = new Uint8Array(bytes.length + shift + 3).fill(0xa5);
      buffer.set(bytes, shift);
      const within = buffer.subarray(shift, shift + bytes.length);
      expect(toHex(plainSha256(within))).toBe(platform(bytes));
      expect(toHex(within)).toBe(toHex(bytes));
    }),
    { numRuns: 500 },
  );
});

test("is so at each length around a block's end", () => {
  for (let length = 0; length <= 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, k) => (k * 7 + length) % 256);
    expect(toHex(plainSha256(bytes))).toBe(platform(bytes));
  }
});

test("hashes what FIPS 180-4's example says, and a million letters", () => {
  expect(toHex(plainSha256(new TextEncoder().encode("abc")))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
  expect(toHex(plainSha256(new Uint8Array(1_000_000).fill(97)))).toBe(
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
  );
});

test("no constant is so near a whole number that an engine's root could round to another", () => {
  const primes = Array.from({ length: 311 }, (_, k) => k + 2).filter(
    (n) => !Array.from({ length: n - 2 }, (_, k) => k + 2).some((m) => n % m === 0),
  );
  expect(primes).toHaveLength(64);
  for (const prime of primes) {
    for (const root of [Math.cbrt(prime), ...(prime < 20 ? [Math.sqrt(prime)] : [])]) {
      const bits = (root % 1) * 2 ** 32;
      // An error of a hundred units in the last place of a double below 8 moves it by less than this.
      expect(Math.abs(bits - Math.round(bits))).toBeGreaterThan(100 * 2 ** -50 * 2 ** 32);
    }
  }
});
