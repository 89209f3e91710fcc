import fc from "fast-check";
import { expect, test } from "vitest";
import { type Bundle, parseBundle } from "../../../core/model/bundle.ts";
import { dequantizeRows, quantizeRows } from "../../../core/model/quantize.ts";
import { encodeBundle } from "../../bundle.ts";

// Thousandths: numbers too small for a float32 scale are zeros in a bundle.
const numbers = (length: number) =>
  fc.array(
    fc.integer({ min: -2000, max: 2000 }).map((value) => value / 1000),
    { minLength: length, maxLength: length },
  );
const bundles: fc.Arbitrary<Bundle> = fc
  .record({ items: fc.nat(12), contentDim: fc.nat(9), factorDim: fc.nat(7), round: fc.nat(1000) })
  .chain(({ items, contentDim, factorDim, round }) =>
    fc
      .record({
        content: numbers(items * contentDim),
        factors: numbers(items * factorDim),
        titles: fc.array(fc.string({ unit: "grapheme" }), { minLength: items, maxLength: items }),
      })
      .map(({ content, factors, titles }) => ({
        round,
        items,
        contentDim,
        factorDim,
        alpha0: 0.3,
        lambda: 0.003,
        contentScale: 1,
        factorScale: 0.7,
        popularityWeight: 3000,
        popularityPower: 0.3,
        catalogue: titles.map((title, k) => ({
          item: `i${k}`,
          title,
          price: k / 4,
          categories: [title, "b"],
        })),
        content: quantizeRows(content, items, contentDim),
        factors: quantizeRows(factors, items, factorDim),
        popularity: Float32Array.from({ length: items }, (_, k) => k / 16),
      })),
  );

test("a bundle parses back to what was encoded, titles of any script included", () => {
  fc.assert(
    fc.property(bundles, (bundle) => {
      expect(parseBundle(encodeBundle(bundle))).toEqual(bundle);
    }),
  );
});

test("a bundle parses from any offset of a larger buffer", () => {
  const bundle = fc.sample(bundles, { numRuns: 1, seed: 8 })[0];
  const encoded = encodeBundle(bundle);
  const shifted = new Uint8Array(encoded.length + 3).fill(7);
  shifted.set(encoded, 3);
  expect(parseBundle(shifted.subarray(3))).toEqual(bundle);
});

test("a truncated bundle, one of another version and one of another magic are refused by what was expected", () => {
  const encoded = encodeBundle(fc.sample(bundles, { numRuns: 1, seed: 9 })[0]);
  for (let length = 0; length < encoded.length - 64; length += 13) {
    expect(() => parseBundle(encoded.subarray(0, length))).toThrow(/^parseBundle: /);
  }
  const version7 = encoded.slice();
  version7[4] = 7;
  expect(() => parseBundle(version7)).toThrow("parseBundle: version must be 1, got 7");
  const other = encoded.slice();
  other[0] = 0;
  expect(() => parseBundle(other)).toThrow('parseBundle: magic must be "TCTB"');
});

test("an int8 row is off by at most half its scale, zeros stay zeros, and its largest number is kept", () => {
  const matrices = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }))
    .chain(([count, dim]) => numbers(count * dim).map((rows) => ({ count, dim, rows })));
  fc.assert(
    fc.property(matrices, ({ count, dim, rows }) => {
      const quantized = quantizeRows(rows, count, dim);
      const back = dequantizeRows(quantized, dim);
      for (let k = 0; k < rows.length; k++) {
        const scale = quantized.scales[Math.floor(k / dim)];
        expect(Math.abs(back[k] - rows[k])).toBeLessThanOrEqual(scale * 0.50001);
        if (rows[k] === 0) expect(back[k]).toBe(0);
      }
    }),
  );
});
