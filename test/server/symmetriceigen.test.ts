/** The dense problems within the SVD, against a library and against their definitions. */
import fc from "fast-check";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { orthonormal } from "../../server/publishing/import/orthonormal.ts";
import { symmetricEigen } from "../../server/publishing/import/symmetriceigen.ts";

interface Shape {
  readonly dim: number;
  readonly rank: number;
  readonly seed: number;
}

/** B^T B of a matrix of so many rows: symmetric, with zeros among its eigenvalues where there are few. */
function gramMatrix({ dim, rank, seed }: Shape): Float64Array {
  const random = seededRandom(seed);
  const rows = Array.from({ length: rank }, () => Array.from({ length: dim }, () => random() - 0.5));
  return Float64Array.from({ length: dim * dim }, (_, at) => {
    const [i, j] = [Math.floor(at / dim), at % dim];
    return rows.reduce((sum, row) => sum + row[i] * row[j], 0);
  });
}

const shapes = fc.record({
  dim: fc.integer({ min: 1, max: 40 }),
  rank: fc.integer({ min: 0, max: 45 }),
  seed: fc.nat(1000),
});

test("values are those of a library, vectors are orthonormal and belong to them", () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const { dim } = shape;
      const a = gramMatrix(shape);
      const { values, vectors } = symmetricEigen(a, dim);
      const rows = Array.from({ length: dim }, (_, i) => Array.from(a.subarray(i * dim, (i + 1) * dim)));
      const library = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
      const expected = library.realEigenvalues.toSorted((x, y) => x - y);
      for (const [k, value] of values.toSorted().entries()) expect(value).toBeCloseTo(expected[k], 9);
      for (let k = 0; k < dim; k++) {
        const vector = vectors.subarray(k * dim, (k + 1) * dim);
        for (let i = 0; i < dim; i++) {
          let image = 0;
          for (let j = 0; j < dim; j++) image += a[i * dim + j] * vector[j];
          expect(image).toBeCloseTo(values[k] * vector[i], 8);
        }
        for (let other = 0; other <= k; other++) {
          let product = 0;
          for (let i = 0; i < dim; i++) product += vector[i] * vectors[other * dim + i];
          expect(product).toBeCloseTo(other === k ? 1 : 0, 9);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test.each([59, 119, 300])("a wide matrix of rank %i converges, and has as many values above 0", (rank) => {
  const dim = 384;
  // Rows of length 1 that are near each other, as an encoder's vectors are.
  const random = seededRandom(rank);
  const rows = Array.from({ length: rank }, () =>
    Array.from({ length: dim }, (_, k) => random() - 0.5 + 2 / (k + 1)),
  );
  const a = new Float64Array(dim * dim);
  for (const row of rows) {
    const square = row.reduce((sum, value) => sum + value * value, 0);
    for (let i = 0; i < dim; i++) for (let j = 0; j < dim; j++) a[i * dim + j] += (row[i] * row[j]) / square;
  }
  const { values } = symmetricEigen(a, dim);
  const sorted = values.toSorted((x, y) => y - x);
  const trace = sorted.reduce((sum, value) => sum + value, 0);
  expect(trace).toBeCloseTo(rank, 9);
  expect(sorted[rank - 1]).toBeGreaterThan(1e-3);
  expect(Math.abs(sorted[rank])).toBeLessThan(1e-9);
});

test("numbers that are none are an error, not an endless loop", () => {
  expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow(/convergence|got/);
});

test("a basis is orthonormal, has the directions of its columns and no more, however near they are", () => {
  fc.assert(
    fc.property(
      fc.record({
        count: fc.integer({ min: 1, max: 60 }),
        width: fc.integer({ min: 1, max: 40 }),
        rank: fc.integer({ min: 0, max: 40 }),
        nearness: fc.constantFrom(1, 1e-3, 1e-6),
        seed: fc.nat(1000),
      }),
      ({ count, width, rank, nearness, seed }) => {
        const random = seededRandom(seed);
        const normal = () => random() + random() + random() - 1.5;
        const left = Array.from({ length: count }, () => Array.from({ length: rank }, normal));
        const right = Array.from({ length: rank }, (_, k) =>
          Array.from({ length: width }, () => (k === 0 ? 1 : nearness) * normal()),
        );
        const values = Float64Array.from({ length: count * width }, (_, at) => {
          const row = left[Math.floor(at / width)];
          return row.reduce((sum, value, k) => sum + value * right[k][at % width], 0);
        });
        const { values: q, width: found } = orthonormal({ values, count, width });
        expect(found).toBe(Math.min(count, width, rank));
        const column = (of: Float64Array, k: number, wide: number) =>
          Array.from({ length: count }, (_, row) => of[row * wide + k]);
        const product = (a: readonly number[], b: readonly number[]) =>
          a.reduce((sum, value, row) => sum + value * b[row], 0);
        for (let k = 0; k < found; k++) {
          for (let other = 0; other <= k; other++) {
            const expected = other === k ? 1 : 0;
            expect(product(column(q, k, found), column(q, other, found))).toBeCloseTo(expected, 9);
          }
        }
        for (let k = 0; k < width; k++) {
          const vector = column(values, k, width);
          let inside = 0;
          for (let b = 0; b < found; b++) inside += product(vector, column(q, b, found)) ** 2;
          const all = product(vector, vector);
          expect(Math.abs(all - inside)).toBeLessThanOrEqual(1e-9 * Math.max(1, all));
        }
      },
    ),
    { numRuns: 100 },
  );
});
