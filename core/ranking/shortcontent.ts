/**
 * Joint rows with shorter content: D h_i, where D multiplies the numbers of content by a factor and leaves those of
 * factors. Content fits the few items of a person so well that nothing is left to say for factors; shorter, it has
 * to be worth more. The gram matrix follows without a look at the catalogue: D G D.
 */
import type { FoldInSettings } from "../foldin.ts";
import type { Rows } from "../rows.ts";

/** What folding in needs: rows, and everybody's. */
export interface FoldingRows extends FoldInSettings {
  readonly rows: Rows;
}

export interface Shortening {
  /** How many numbers of a row are content, the first ones. */
  readonly contentDim: number;
  /** What they are multiplied by, above 0. */
  readonly by: number;
}

export function withShortContent(joint: FoldingRows, shortening: Shortening): FoldingRows {
  const { contentDim, by } = shortening;
  const { rows, alpha0, lambda } = joint;
  const scaled = new Float64Array(rows.dim);
  let gram: Float64Array | null = null;
  return {
    ...{ alpha0, lambda },
    get gram() {
      gram ??= shortGram(joint.gram, rows.dim, shortening);
      return gram;
    },
    rows: {
      count: rows.count,
      dim: rows.dim,
      rowInto: (row, out) => {
        rows.rowInto(row, out);
        for (let k = 0; k < contentDim; k++) out[k] *= by;
      },
      productsInto: (vector, out) => {
        for (let k = 0; k < rows.dim; k++) scaled[k] = k < contentDim ? by * vector[k] : vector[k];
        rows.productsInto(scaled, out);
      },
    },
  };
}

/** The lower triangle; what stands above it is not looked at. */
function shortGram(gram: Float64Array, dim: number, { contentDim, by }: Shortening): Float64Array {
  const short = gram.slice();
  for (let row = 0; row < dim; row++) {
    for (let at = 0; at <= row; at++) {
      short[row * dim + at] *= (row < contentDim ? by : 1) * (at < contentDim ? by : 1);
    }
  }
  return short;
}
