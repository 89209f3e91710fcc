/**
 * Fold-in: the user vector that fits a person's tastes, given everybody's item rows.
 *
 *   x = (sum_{i in S} |c_i| v_i v_i^T + alpha0 G + lambda (|S| + alpha0 N) I)^-1  sum_{i in S} c_i v_i
 *
 * Implicit ALS (Hu, Koren, Volinsky 2008, eq. 4) with the frequency-scaled regularisation of Rendle et al.
 * 2022 (arXiv 2110.14037). A disliked item has a negative c: its confidence is |c| and its target -1.
 *
 * The matrix without the ridge is kept (`Folding`): a taste that changes is one outer product, and ageing, one
 * factor for all tastes, is one pass over it. The ridge depends on how many tastes there are, so it is added,
 * and the whole factorised, each time: dim^3 / 3 products whatever the journal and the catalogue.
 */
import { addOuterInto, addOuterSumInto, choleskyInPlace, solveFactoredInPlace } from "./linear.ts";
import { denseRows, type Rows } from "./rows.ts";

/** Tastes in the form the solver reads: parallel arrays, items as row indices without repeats. */
export interface TasteRows {
  readonly items: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

/** What folding in needs to know of everybody's rows beside the rows. */
export interface FoldInSettings {
  /** V^T V of the rows, dim x dim; the lower triangle counts. */
  readonly gram: Float64Array;
  /** Weight of every unobserved pair. */
  readonly alpha0: number;
  readonly lambda: number;
}

export interface FoldInModel extends FoldInSettings {
  /** Item rows, `count` x `dim`. */
  readonly rows: ArrayLike<number>;
  readonly count: number;
  readonly dim: number;
}

/** A solved person: `userVector` ranks, `factor` (Cholesky, dim x dim) explains. */
export interface FoldIn {
  readonly userVector: Float64Array;
  readonly factor: Float64Array;
}

/**
 * Solves for the user vector (dim numbers, zeros for no tastes).
 *
 * @throws {RangeError} when a taste names a row that is not there.
 */
export function foldIn(model: FoldInModel, tastes: TasteRows): FoldIn {
  const { rows, count, dim } = model;
  const values = rows instanceof Float64Array ? rows : Float64Array.from(rows);
  const folding = new Folding(denseRows(values, count, dim), model);
  folding.add(tastes);
  return folding.solved(tastes.items.length);
}

/** A person whose tastes change: the matrix and the right side of the fold-in, kept. */
export class Folding {
  readonly #rows: Rows;
  readonly #settings: FoldInSettings;
  /** alpha0 G + sum |c_i| v_i v_i^T; the lower triangle. */
  readonly #matrix: Float64Array;
  /** sum c_i v_i */
  readonly #right: Float64Array;
  readonly #row: Float64Array;

  constructor(rows: Rows, settings: FoldInSettings) {
    const { gram, alpha0 } = settings;
    this.#rows = rows;
    this.#settings = settings;
    this.#matrix = new Float64Array(gram.length);
    for (let row = 0, from = 0; row < rows.dim; row++, from += rows.dim) {
      for (let at = from; at <= from + row; at++) this.#matrix[at] = alpha0 * gram[at];
    }
    this.#right = new Float64Array(rows.dim);
    this.#row = new Float64Array(rows.dim);
  }

  /** Adds tastes of rows that had none. @throws {RangeError} when one names a row that is not there. */
  add(tastes: TasteRows): void {
    this.#addInto({ matrix: this.#matrix, right: this.#right }, tastes);
  }

  #addInto(sums: { readonly matrix: Float64Array; readonly right: Float64Array }, tastes: TasteRows): void {
    const { items, weights } = tastes;
    for (let s = 0; s < items.length; s++) this.#requireRow(items[s]);
    const { dim } = this.#rows;
    const rowInto = (s: number, out: Float64Array): number => {
      this.#rows.rowInto(items[s], out);
      addScaledInto(sums.right, out, weights[s]);
      return Math.abs(weights[s]);
    };
    addOuterSumInto(sums.matrix, { count: items.length, dim, rowInto });
  }

  /** One row's taste becomes another. @throws {RangeError} when the row is not there. */
  change(item: number, { from, to }: { readonly from: number; readonly to: number }): void {
    this.#requireRow(item);
    this.#rows.rowInto(item, this.#row);
    addOuterInto(this.#matrix, this.#rows.dim, this.#row, 0, Math.abs(to) - Math.abs(from));
    addScaledInto(this.#right, this.#row, to - from);
  }

  /** All tastes become `factor` times what they are. */
  scale(factor: number): void {
    const { gram, alpha0 } = this.#settings;
    for (let k = 0; k < gram.length; k++) {
      const unobserved = alpha0 * gram[k];
      this.#matrix[k] = unobserved + factor * (this.#matrix[k] - unobserved);
    }
    for (let k = 0; k < this.#right.length; k++) this.#right[k] *= factor;
  }

  /**
   * @param tastes how many there are; a group beside them counts as one.
   * @param beside groups of tastes that are not kept, and may be of rows that have one.
   */
  solved(tastes: number, beside: readonly TasteRows[] = []): FoldIn {
    const { count, dim } = this.#rows;
    const { alpha0, lambda } = this.#settings;
    const factor = this.#matrix.slice();
    const userVector = this.#right.slice();
    for (const group of beside) this.#addInto({ matrix: factor, right: userVector }, group);
    const ridge = lambda * (tastes + beside.length + alpha0 * count);
    for (let k = 0; k < dim; k++) factor[k * dim + k] += ridge;
    choleskyInPlace(factor, dim);
    solveFactoredInPlace(factor, dim, userVector);
    return { userVector, factor };
  }

  #requireRow(item: number): void {
    const { count } = this.#rows;
    if (!(item >= 0 && item < count)) {
      throw new RangeError(`foldIn: an item must be a row of 0..${count - 1}, got ${item}`);
    }
  }
}

function addScaledInto(sum: Float64Array, row: Float64Array, weight: number): void {
  for (let k = 0; k < sum.length; k++) sum[k] += weight * row[k];
}
