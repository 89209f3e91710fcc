import fc from "fast-check";
import { expect, test } from "vitest";
import { denseRows, rememberingRows } from "../../core/rows.ts";

test("rows that are remembered are the rows, however many are asked for and in whatever they are written", () => {
  const [count, dim] = [7, 3];
  const values = Float64Array.from({ length: count * dim }, (_, k) => k / 4 - 1);
  fc.assert(
    fc.property(fc.array(fc.nat(count - 1)), fc.nat(9), fc.nat(2), (asked, most, more) => {
      const rows = rememberingRows(denseRows(values, count, dim), most);
      for (const row of asked) {
        const out = new Float64Array(dim + more).fill(Number.NaN);
        rows.rowInto(row, out);
        expect(out.subarray(0, dim)).toEqual(values.subarray(row * dim, (row + 1) * dim));
        expect(out.subarray(dim).every(Number.isNaN)).toBe(true);
        // Whoever was given the numbers may change them.
        out.fill(0);
      }
    }),
  );
});
