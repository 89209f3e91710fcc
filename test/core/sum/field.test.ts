import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { addInto, allInField, elementsUpTo, modulus } from "../../../core/sum/field.ts";
import { addMaskInto, keystreamBytes, maskFrom } from "../../../core/sum/share.ts";

/** Numbers of 32 bits, those about the modulus and about the signs often. */
const words = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: modulus - 3, max: modulus + 3 }),
  fc.integer({ min: 2 ** 32 - 3, max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 0xfff0_0000, 0xfff0_0001),
);

test("32 bits are an element when, as an unsigned number, they are below the modulus", () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 30 }), (numbers) => {
      const first = numbers.findIndex((number) => number >= modulus);
      const bits = Int32Array.from(numbers, (number) => number | 0);
      expect(elementsUpTo(bits, 0, bits.length)).toBe(first === -1 ? bits.length : first);
      // Within a larger buffer, as shares come.
      const whole = Uint32Array.of(2 ** 32 - 1, ...numbers, 2 ** 32 - 1);
      expect(allInField(whole.subarray(1, -1))).toBe(numbers.every((number) => number < modulus));
    }),
    { numRuns: 2000 },
  );
});

test("adding a mask from its keystream is adding the mask, wherever numbers are skipped", () => {
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 60 }), fc.nat(60), (numbers, wanted) => {
      const keystream = new Uint8Array(Uint32Array.from(numbers).buffer);
      const enough = numbers.filter((number) => number < modulus).length;
      const count = Math.min(wanted, enough);
      const start = Uint32Array.from({ length: count }, (_, k) => (k * 1_234_567_891) % modulus);
      const expected = start.slice();
      addInto(expected, maskFrom(keystream, count));
      const sum = start.slice();
      addMaskInto(sum, keystream);
      expect(sum).toEqual(expected);
      const tooLong = new Uint32Array(enough + 1);
      expect(() => addMaskInto(tooLong, keystream)).toThrow(`expected ${enough + 1} field elements`);
    }),
    { numRuns: 1000 },
  );
});

test("a long keystream is read as its mask is", () => {
  const count = 34_000;
  const keystream = new Uint8Array(keystreamBytes(count));
  keystream.set(randomBytes(keystream.length));
  const sum = new Uint32Array(count);
  addMaskInto(sum, keystream);
  expect(sum).toEqual(maskFrom(keystream, count));
});
