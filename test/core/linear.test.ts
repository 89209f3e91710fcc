import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addOuterInto,
  addOuterSumInto,
  choleskyInPlace,
  gramOf,
  solveFactoredInPlace,
  solveFactoredSidesInPlace,
  solveInPlace,
} from "../../core/linear.ts";
import { nearestPsd } from "../../core/psd.ts";
import { seededRandom } from "../../core/seeded.ts";

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

/** Column by column, as the formula stands: the oracle. */
function plainCholesky(matrix: Float64Array, dim: number): Float64Array {
  const factor = new Float64Array(dim * dim);
  for (let row = 0; row < dim; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * dim + column];
      for (let k = 0; k < column; k++) rest -= factor[row * dim + k] * factor[column * dim + k];
      factor[row * dim + column] = column === row ? Math.sqrt(rest) : rest / factor[column * dim + column];
    }
  }
  return factor;
}

const lowerOf = (matrix: Float64Array, dim: number) =>
  matrix.map((value, at) => (at % dim <= Math.floor(at / dim) ? value : 0));

function expectClose(got: Float64Array, wanted: Float64Array): void {
  expect(got.length).toBe(wanted.length);
  const size = Math.max(1, ...wanted.map(Math.abs));
  for (let k = 0; k < wanted.length; k++) expect(Math.abs(got[k] - wanted[k])).toBeLessThan(1e-11 * size);
}

const dims = [1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 35, 36, 63, 64, 65, 70, 98, 101];

test.each(dims)(
  "a panel at a time the factor of %d columns is that of one at a time, for many sides as for one",
  (dim) => {
    const random = seededRandom(dim);
    const values = Float64Array.from({ length: 2 * dim * dim }, () => random() - 0.5);
    const matrix = gramOf(values, 2 * dim, dim);
    for (let k = 0; k < dim; k++) matrix[k * dim + k] += 0.3;
    const factor = matrix.slice();
    // The upper triangle may hold anything.
    for (let row = 0; row < dim; row++) factor.fill(Number.NaN, row * dim + row + 1, (row + 1) * dim);
    choleskyInPlace(factor, dim);
    expectClose(lowerOf(factor, dim), plainCholesky(matrix, dim));
    for (const count of [0, 1, 3, 4, 5, 9]) {
      const sides = Float64Array.from({ length: count * dim }, () => random() - 0.5);
      const wanted = sides.slice();
      for (let side = 0; side < count; side++) {
        solveFactoredInPlace(factor, dim, wanted.subarray(side * dim, (side + 1) * dim));
      }
      solveFactoredSidesInPlace(factor, dim, sides, count);
      expectClose(sides, wanted);
    }
  },
);

test.each(dims)("a sum of weighted outer products in %d dimensions is that of adding one by one", (dim) => {
  const random = seededRandom(dim);
  for (const count of [0, 1, 3, 63, 64, 65, 130]) {
    const values = Float64Array.from({ length: count * dim }, () => random() - 0.5);
    const weights = Float64Array.from({ length: count }, (_, at) => (at % 5 === 2 ? 0 : 3 * random()));
    const start = Float64Array.from({ length: dim * dim }, () => random());
    const [got, wanted] = [start.slice(), start.slice()];
    const rowInto = (at: number, out: Float64Array) => {
      out.set(values.subarray(at * dim, (at + 1) * dim));
      return weights[at];
    };
    addOuterSumInto(got, { count, dim, rowInto });
    for (let at = 0; at < count; at++) addOuterInto(wanted, dim, values, at * dim, weights[at]);
    expectClose(lowerOf(got, dim), lowerOf(wanted, dim));
  }
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
