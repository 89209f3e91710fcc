import fc from "fast-check";
import { expect, test } from "vitest";
import { gramOf } from "../../core/linear.ts";

test("a gram matrix is the table of inner products of the columns, whatever the number of rows", () => {
  const sizes = fc.record({ count: fc.integer({ min: 0, max: 11 }), dim: fc.integer({ min: 1, max: 6 }) });
  const withRows = sizes.chain(({ count, dim }) =>
    fc.record({
      dim: fc.constant(dim),
      rows: fc.array(
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: dim, maxLength: dim }),
        { minLength: count, maxLength: count },
      ),
    }),
  );
  fc.assert(
    fc.property(withRows, ({ dim, rows }) => {
      const gram = gramOf(rows.flat(), rows.length, dim);
      for (let a = 0; a < dim; a++) {
        for (let b = 0; b < dim; b++) {
          const product = rows.reduce((sum, row) => sum + row[a] * row[b], 0);
          expect(gram[a * dim + b]).toBeCloseTo(product, 10);
        }
      }
    }),
  );
});
