/**
 * Rows of numbers, however they are kept: what folds in and ranks reads rows through this and nothing else. The
 * products of all rows with one vector are the only loop over a whole catalogue.
 */
import { productsInto } from "./linear/products.ts";

export interface Rows {
  readonly count: number;
  readonly dim: number;
  /** Writes row `row` into the first `dim` numbers of `out`. */
  rowInto(row: number, out: Float64Array): void;
  /** Writes the inner product of every row with `vector` (dim numbers) into `out` (count numbers). */
  productsInto(vector: Float64Array, out: Float64Array): void;
}

/** Rows kept as they are: `values` is count x dim. */
export function denseRows(values: Float64Array, count: number, dim: number): Rows {
  return {
    count,
    dim,
    rowInto: (row, out) => {
      for (let k = 0; k < dim; k++) out[k] = values[row * dim + k];
    },
    productsInto: (vector, out) => productsInto({ values, count, dim }, vector, out),
  };
}

/**
 * The same rows, of which the first `most` that are asked for one by one are kept in floating point: a person's
 * tastes are asked for with every list.
 */
export function rememberingRows(rows: Rows, most: number): Rows {
  const remembered = new Map<number, Float64Array>();
  return {
    count: rows.count,
    dim: rows.dim,
    productsInto: rows.productsInto,
    rowInto: (row, out) => {
      const known = remembered.get(row);
      if (known !== undefined) {
        out.set(known);
        return;
      }
      rows.rowInto(row, out);
      if (remembered.size < most) remembered.set(row, out.slice(0, rows.dim));
    },
  };
}
