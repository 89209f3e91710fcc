import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldIn } from "../../../core/foldin.ts";
import { gramOf } from "../../../core/linear.ts";
import { type JointParts, jointRows, requireSolvable, scaleToLength } from "../../../core/model/joint.ts";
import { dequantizeRows, quantizeRows } from "../../../core/model/quantize.ts";
import { numbersOf } from "../numbers.ts";

const count = 5;
const contentDim = 3;
const factorDim = 2;
const numbers = (length: number) =>
  fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: length, maxLength: length });

const anyParts: fc.Arbitrary<JointParts> = fc
  .record({ content: numbers(count * contentDim), factors: numbers(count * factorDim) })
  .map(({ content, factors }) => ({
    content: quantizeRows(content, count, contentDim),
    contentDim,
    contentScale: 1.5,
    factors: quantizeRows(factors, count, factorDim),
    factorDim,
    factorScale: 0.7,
    popularity: Float32Array.of(0, 0.25, 0.5, 1, 0.125),
    popularityWeight: 60,
    popularityPower: 0.3,
  }));

describe("jointRows", () => {
  test("a joint inner product is the scaled sum of the parts' inner products", () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const joint = jointRows(parts);
        const { dim } = joint;
        const rows = numbersOf(joint);
        expect(dim).toBe(contentDim + factorDim);
        const content = dequantizeRows(parts.content, contentDim);
        const factors = dequantizeRows(parts.factors, factorDim);
        const inner = (flat: Float64Array, width: number, i: number, j: number) =>
          Array.from({ length: width }, (_, k) => flat[i * width + k] * flat[j * width + k]).reduce(
            (a, b) => a + b,
            0,
          );
        for (const [i, j] of [
          [0, 1],
          [3, 2],
          [4, 4],
        ]) {
          const stretch = (at: number) => 1.5 * (1 + 60 * parts.popularity[at]) ** 0.3;
          const expected =
            stretch(i) * stretch(j) * inner(content, contentDim, i, j) +
            0.7 * 0.7 * inner(factors, factorDim, i, j);
          expect(inner(rows, dim, i, j)).toBeCloseTo(expected, 8);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });

  test("a part of scale 0 is left out", () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const whole = jointRows(parts);
        const contentOnly = jointRows({ ...parts, factorScale: 0 });
        const factorsOnly = jointRows({ ...parts, contentScale: 0 });
        expect([contentOnly.dim, factorsOnly.dim]).toEqual([contentDim, factorDim]);
        for (let i = 0; i < count; i++) {
          const row = [
            ...numbersOf(contentOnly).slice(i * contentDim, (i + 1) * contentDim),
            ...numbersOf(factorsOnly).slice(i * factorDim, (i + 1) * factorDim),
          ];
          expect(Array.from(numbersOf(whole).slice(i * whole.dim, (i + 1) * whole.dim))).toEqual(row);
        }
      }),
      { numRuns: 50, seed: 6 },
    );
  });

  test("parts of another number of rows are refused", () => {
    const [parts] = fc.sample(anyParts, { numRuns: 1, seed: 7 });
    expect(() => jointRows({ ...parts, popularity: new Float32Array(6) })).toThrow(
      "jointRows: content must have 6 rows of 3 numbers, got 5 scales and 15 numbers",
    );
  });
});

describe("scaleToLength", () => {
  test("scaled factors have the root-mean-square row length asked for", () => {
    const factors = Float64Array.of(3, 4, 0, 5, 1, 7);
    const scale = scaleToLength(factors, 2, 1.3);
    const squares = [9 + 16, 25, 1 + 49].map((square) => square * scale * scale);
    expect(Math.sqrt((squares[0] + squares[1] + squares[2]) / 3)).toBeCloseTo(1.3, 12);
    expect(scaleToLength(new Float64Array(4), 2, 1.3)).toBe(0);
  });
});

test("on rows that pass, whatever the settings, folding in gives finite numbers", () => {
  const exponent = fc.integer({ min: -9, max: 6 });
  const stretch = fc.integer({ min: -9, max: 9 });
  fc.assert(
    fc.property(anyParts, exponent, exponent, stretch, stretch, (any, a, l, c, f) => {
      const [alpha0, lambda] = [10 ** a, 10 ** l];
      const parts = { ...any, lambda, contentScale: 10 ** c, factorScale: 10 ** f };
      try {
        requireSolvable(parts);
      } catch {
        return;
      }
      const joint = jointRows(parts);
      const { dim } = joint;
      const rows = numbersOf(joint);
      const model = { rows, count, dim, gram: gramOf(rows, count, dim), alpha0, lambda };
      for (const items of [[0], [1, 2], [0, 1, 2, 3, 4]]) {
        const { userVector } = foldIn(model, { items, weights: items.map((item) => item * 3 - 4 || 1) });
        expect(userVector.every(Number.isFinite)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test("rows too long for lambda are refused", () => {
  const [parts] = fc.sample(
    anyParts.filter(({ content }) => content.scales[0] > 0.01),
    1,
  );
  expect(() => requireSolvable({ ...parts, lambda: 0.006 })).not.toThrow();
  expect(() => requireSolvable({ ...parts, lambda: 1e-9, contentScale: 1e9 })).toThrow(
    /^requireSolvable: lambda must be at least/,
  );
});
