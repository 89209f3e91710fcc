import fc from "fast-check";
import { expect, test } from "vitest";
import { gramOf, nearestPsd, solveInPlace } from "../../core/linear.ts";

const square = (dim: number) =>
  fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: dim * dim, maxLength: dim * dim });
const anySquare = fc
  .integer({ min: 1, max: 7 })
  .chain((dim) => square(dim).map((values) => ({ dim, values })));

test("a solved system multiplies back to its right-hand side", () => {
  fc.assert(
    fc.property(anySquare, ({ dim, values }) => {
      const matrix = gramOf(values, dim, dim);
      for (let k = 0; k < dim; k++) matrix[k * dim + k] += 0.7;
      const b = Float64Array.from({ length: dim }, (_, k) => k - 1.5);
      const x = b.slice();
      solveInPlace(matrix.slice(), dim, x);
      for (let row = 0; row < dim; row++) {
        let sum = 0;
        for (let column = 0; column < dim; column++) sum += matrix[row * dim + column] * x[column];
        expect(sum).toBeCloseTo(b[row], 8);
      }
    }),
    { seed: 1 },
  );
});

test("a matrix that is not positive definite is refused with the pivot", () => {
  const indefinite = Float64Array.of(1, 0, 3, 1);
  expect(() => solveInPlace(indefinite, 2, Float64Array.of(1, 1))).toThrow(
    "choleskyInPlace: the matrix must be positive definite, got pivot -8 at row 1 of 2",
  );
});

test("the nearest positive semidefinite matrix keeps A when A is one, and A - psd is negative otherwise", () => {
  fc.assert(
    fc.property(anySquare, ({ dim, values }) => {
      const gram = gramOf(values, dim, dim);
      const size = 1 + Math.hypot(...gram);
      const kept = nearestPsd(gram, dim);
      for (let k = 0; k < gram.length; k++) expect(Math.abs(kept[k] - gram[k])).toBeLessThan(1e-10 * size);
      // B = M + M^T is symmetric and mostly indefinite. Its projection P satisfies P >= 0, P - B >= 0, P (P -
      // B) = 0.
      const b = Float64Array.from(gram, (_, k) => values[k] + values[(k % dim) * dim + Math.floor(k / dim)]);
      const p = nearestPsd(b, dim);
      let product = 0;
      for (let k = 0; k < b.length; k++) product += p[k] * (p[k] - b[k]);
      expect(Math.abs(product)).toBeLessThan(1e-9 * (1 + Math.hypot(...b)) ** 2);
      for (const matrix of [p, p.map((value, k) => value - b[k])]) {
        const shifted = matrix.slice();
        for (let k = 0; k < dim; k++) shifted[k * dim + k] += 1e-8;
        solveInPlace(shifted, dim, new Float64Array(dim));
      }
    }),
    { seed: 2 },
  );
});
