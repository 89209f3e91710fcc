import { randomFillSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { modulus } from "../../../core/sum/field.ts";
import {
  clipBeforeRounding,
  clippedForRounding,
  decodeFixed,
  encodeFixed,
  maxReportsWithoutOverflow,
} from "../../../core/sum/fixedpoint.ts";

const fill = (bytes: Uint8Array) => void randomFillSync(bytes);

test("a rounded vector never exceeds the clip, whatever the dice say", () => {
  const vectors = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 });
  // Dice that always round away from zero are the worst case.
  const always = (bytes: Uint8Array) => void bytes.fill(0);
  const never = (bytes: Uint8Array) => void bytes.fill(0xff);
  fc.assert(
    fc.property(
      vectors,
      fc.integer({ min: 8, max: 20 }),
      fc.constantFrom(always, never, fill),
      (raw, fractionBits, dice) => {
        const clip = clipBeforeRounding({ clipL2: 1.7, length: raw.length, fractionBits });
        const norm = Math.hypot(...raw);
        const values = Float64Array.from(raw, (value) => (norm > clip ? (value * clip) / norm : value));
        const integers = encodeFixed(values, { fractionBits }, dice);
        expect(Math.hypot(...integers)).toBeLessThanOrEqual(1.7 * 2 ** fractionBits);
      },
    ),
  );
});

test("what is clipped for rounding keeps its direction, and its norm is within the sensitivity whatever the dice say", () => {
  const always = (bytes: Uint8Array) => void bytes.fill(0);
  const vectors = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(vectors, fc.integer({ min: 8, max: 20 }), (raw, fractionBits) => {
      const values = Float64Array.from(raw);
      const clipped = clippedForRounding(values, { sensitivity: 1.7, fractionBits });
      const integers = encodeFixed(clipped, { fractionBits }, always);
      expect(Math.hypot(...integers)).toBeLessThanOrEqual(1.7 * 2 ** fractionBits);
      const most = clipBeforeRounding({ clipL2: 1.7, length: raw.length, fractionBits });
      const scale = Math.min(1, most / Math.hypot(...raw));
      for (const [k, value] of clipped.entries()) expect(value).toBeCloseTo(scale * raw[k], 12);
    }),
  );
  const short = Float64Array.of(0.3, -0.4);
  expect(clippedForRounding(short, { sensitivity: 1.7, fractionBits: 12 })).toBe(short);
});

test("rounding is unbiased, and exact numbers stay what they are", () => {
  const fractionBits = 4;
  const value = 0.02; // 0.32 units: up in 32 % of the cases
  const count = 100_000;
  const rounded = encodeFixed(new Float64Array(count).fill(value), { fractionBits }, fill);
  const mean = decodeFixed(rounded, { fractionBits }).reduce((sum, x) => sum + x, 0) / count;
  // Standard error of the mean: sqrt(0.32 * 0.68 / count) / 16 = 9.2e-5.
  expect(Math.abs(mean - value)).toBeLessThan(5 * 9.2e-5);
  expect(new Set(rounded)).toEqual(new Set([0, 1]));
  const exact = Float64Array.of(0, 0.5, -0.25, 3, -7.0625);
  const refuse = (bytes: Uint8Array) => expect(bytes.length).toBe(0);
  expect([...decodeFixed(encodeFixed(exact, { fractionBits }, refuse), { fractionBits })]).toEqual([
    ...exact,
  ]);
});

test("as many reports as allowed cannot wrap the modulus, and the bound is tight", () => {
  const bounds = { largest: 1.5, fractionBits: 15, sigma: 3000 };
  const most = maxReportsWithoutOverflow(bounds);
  const total = (reports: number) => reports * 1.5 * 2 ** 15 + 24 * bounds.sigma;
  expect(total(most)).toBeLessThanOrEqual((modulus - 1) / 2);
  expect(total(most + 1)).toBeGreaterThan((modulus - 1) / 2);
});

test("a clip smaller than the rounding error is refused", () => {
  expect(() => clipBeforeRounding({ clipL2: 0.01, length: 1_000_000, fractionBits: 10 })).toThrow(
    /clipBeforeRounding: clipL2 must exceed the rounding error .*, got 0.01/,
  );
});
