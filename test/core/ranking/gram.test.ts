import fc from "fast-check";
import { expect, test } from "vitest";
import { gramOf } from "../../../core/linear.ts";
import { GramSum } from "../../../core/ranking/gram.ts";
import { denseRows } from "../../../core/rows.ts";
import { seededRandom } from "../../../core/seeded.ts";

const random = seededRandom(4);
const lowerOf = (matrix: Float64Array, dim: number) =>
  matrix.filter((_, at) => at % dim <= Math.floor(at / dim));

test("piece by piece it is the matrix of the rows that are not left out, and kept it is the same to the last bit", () => {
  const sizes = fc.record({ count: fc.integer({ min: 0, max: 300 }), dim: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(sizes, fc.boolean(), ({ count, dim }, leavesOut) => {
      const values = Float64Array.from({ length: count * dim }, () => random() - 0.5);
      const without = Uint8Array.from({ length: count }, (_, row) => Number(leavesOut && row % 3 === 1));
      const rest = values.map((value, at) => (without[Math.floor(at / dim)] === 1 ? 0 : value));
      const rows = denseRows(values, count, dim);
      const sum = new GramSum(rows, without);
      let pieces = 0;
      for (; !sum.isWhole; pieces++) sum.step();
      expect(pieces).toBe(Math.ceil(count / 128));
      const wanted = lowerOf(gramOf(rest, count, dim), dim);
      for (const [at, value] of lowerOf(sum.whole(), dim).entries()) {
        expect(value).toBeCloseTo(wanted[at], 11);
      }
      const again = new GramSum(rows, without);
      expect(again.take(sum.packed())).toBe(true);
      expect(again.isWhole).toBe(true);
      expect(lowerOf(again.whole(), dim)).toEqual(lowerOf(sum.whole(), dim));
      const other = new GramSum(denseRows(new Float64Array(count * (dim + 1)), count, dim + 1));
      expect(other.take(sum.packed())).toBe(false);
      expect(other.isWhole).toBe(count === 0);
    }),
    { numRuns: 60 },
  );
});
