/**
 * Fold-in: the user vector that fits a person's tastes, given everybody's item rows.
 *
 *   x = (sum_{i in S} |c_i| v_i v_i^T + alpha0 G + lambda (|S| + alpha0 N) I)^-1  sum_{i in S} c_i v_i
 *
 * Implicit ALS (Hu, Koren, Volinsky 2008, eq. 4) with the frequency-scaled regularisation of Rendle et al.
 * 2022 (arXiv 2110.14037). A disliked item has a negative c: its confidence is |c| and its target -1.
 */
import { addOuterInto, choleskyInPlace, dot, solveFactoredInPlace } from "./linear.ts";

/** Tastes in the form the solver reads: parallel arrays, items as row indices without repeats. */
export interface TasteRows {
  readonly items: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
}

export interface FoldInModel {
  /** Item rows, `count` x `dim`. */
  readonly rows: ArrayLike<number>;
  readonly count: number;
  readonly dim: number;
  /** V^T V of the rows, dim x dim. */
  readonly gram: Float64Array;
  /** Weight of every unobserved pair. */
  readonly alpha0: number;
  readonly lambda: number;
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
  const { rows, count, dim, gram, alpha0, lambda } = model;
  const size = tastes.items.length;
  const factor = new Float64Array(dim * dim);
  for (let k = 0; k < factor.length; k++) factor[k] = alpha0 * gram[k];
  const ridge = lambda * (size + alpha0 * count);
  for (let k = 0; k < dim; k++) factor[k * dim + k] += ridge;
  const userVector = new Float64Array(dim);
  for (let s = 0; s < size; s++) {
    const item = tastes.items[s];
    if (!(item >= 0 && item < count)) {
      throw new RangeError(`foldIn: an item must be a row of 0..${count - 1}, got ${item}`);
    }
    const weight = tastes.weights[s];
    addOuterInto(factor, dim, rows, item * dim, Math.abs(weight));
    for (let k = 0; k < dim; k++) userVector[k] += weight * rows[item * dim + k];
  }
  choleskyInPlace(factor, dim);
  solveFactoredInPlace(factor, dim, userVector);
  return { userVector, factor };
}

/**
 * What one unit of taste in each of `sources` adds to the score of `item`: v_item^T A^-1 v_source.
 *
 * The score is linear in the weights once A is fixed, so sum_s c_s * unit_s equals the score exactly (to
 * rounding).
 */
export function unitContributions(
  { rows, dim }: Pick<FoldInModel, "rows" | "dim">,
  { factor }: FoldIn,
  item: number,
  sources: ArrayLike<number>,
): Float64Array {
  const direction = new Float64Array(dim);
  for (let k = 0; k < dim; k++) direction[k] = rows[item * dim + k];
  solveFactoredInPlace(factor, dim, direction);
  return Float64Array.from(sources, (source) => dot(rows, source * dim, direction, 0, dim));
}
