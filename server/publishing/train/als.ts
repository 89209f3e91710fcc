/**
 * Exact implicit ALS, for logs that the operator owns and as the measure of what the private way loses.
 *
 *   x_u = (sum_{i in S_u} c v_i v_i^T + alpha0 V^T V + lambda (|S_u| + alpha0 N) I)^-1  sum_{i in S_u} c v_i
 *   v_i = (sum_{u in T_i} c x_u x_u^T + alpha0 X^T X + lambda (|T_i| + alpha0 U) I)^-1  sum_{u in T_i} c x_u
 *
 * Hu, Koren, Volinsky 2008 with the frequency-scaled regularisation of Rendle et al. 2022 (arXiv 2110.14037).
 * Both half-steps are one function of one side's rows: people and items change places.
 */

import { addOuterSumInto, choleskyInPlace, gramOf, solveFactoredInPlace } from "../../../core/linear.ts";
import { startingFactors } from "../../kinds/itemfactors/startingfactors.ts";

/** Who dealt with what: row r has entries starts[r] .. starts[r+1] - 1. */
export interface Interactions {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  /** Confidence of each entry, above 0. */
  readonly weights: Float64Array | Float32Array;
  readonly columnCount: number;
}

export interface AlsParameters {
  readonly dim: number;
  readonly alpha0: number;
  readonly lambda: number;
}

export interface TrainAlsOptions extends AlsParameters {
  /** Sweeps: one half-step of the people and one of the items each. */
  readonly sweeps: number;
  /** Numbers in [0, 1) for the first factors. */
  readonly random: () => number;
  /** Told after every sweep. */
  readonly onSweep?: (sweep: number) => void;
}

/** Item factors (items x dim, row-major) fitted to `people`, whose columns are items. */
export function trainAls(people: Interactions, options: TrainAlsOptions): Float64Array {
  const { dim, sweeps, random, onSweep } = options;
  if (!Number.isInteger(sweeps) || sweeps < 1) {
    throw new RangeError(`trainAls: sweeps must be a positive integer, got ${sweeps}`);
  }
  const items = transposed(people);
  let factors = startingFactors({ count: people.columnCount, dim, random });
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    const userVectors = halfStep(people, factors, options);
    factors = halfStep(items, userVectors, options);
    onSweep?.(sweep);
  }
  return factors;
}

/**
 * Rows of the one side (rows of `interactions`) that fit best while `others` (columnCount x dim) stay fixed.
 */
export function halfStep(
  interactions: Interactions,
  others: Float64Array,
  { dim, alpha0, lambda }: AlsParameters,
): Float64Array {
  const { starts, columns, weights, columnCount } = interactions;
  if (others.length !== columnCount * dim) {
    throw new RangeError(`halfStep: others must have ${columnCount} x ${dim} numbers, got ${others.length}`);
  }
  const rowCount = starts.length - 1;
  const rows = new Float64Array(rowCount * dim);
  const base = gramOf(others, columnCount, dim).map((value) => alpha0 * value);
  const system = new Float64Array(dim * dim);
  const right = new Float64Array(dim);
  for (let row = 0; row < rowCount; row++) {
    system.set(base);
    right.fill(0);
    const ridge = lambda * (starts[row + 1] - starts[row] + alpha0 * columnCount);
    for (let k = 0; k < dim; k++) system[k * dim + k] += ridge;
    const first = starts[row];
    const rowInto = (nth: number, out: Float64Array): number => {
      const other = columns[first + nth] * dim;
      const weight = weights[first + nth];
      for (let k = 0; k < dim; k++) {
        const value = others[other + k];
        out[k] = value;
        right[k] += weight * value;
      }
      return weight;
    };
    addOuterSumInto(system, { count: starts[row + 1] - first, dim, rowInto });
    choleskyInPlace(system, dim);
    solveFactoredInPlace(system, dim, right);
    rows.set(right, row * dim);
  }
  return rows;
}

/** The same interactions seen from the other side. */
export function transposed({ starts, columns, weights, columnCount }: Interactions): Interactions {
  const rowCount = starts.length - 1;
  const turned = new Uint32Array(columnCount + 1);
  for (const column of columns) turned[column + 1]++;
  for (let column = 0; column < columnCount; column++) turned[column + 1] += turned[column];
  const next = turned.slice();
  const rows = new Uint32Array(columns.length);
  // As exact as they were.
  const turnedWeights = weights.slice();
  for (let row = 0; row < rowCount; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      const place = next[columns[at]]++;
      rows[place] = row;
      turnedWeights[place] = weights[at];
    }
  }
  return { starts: turned, columns: rows, weights: turnedWeights, columnCount: rowCount };
}

/** People given one by one, in the flat form. */
export function interactionsOf(
  people: readonly { readonly items: ArrayLike<number>; readonly weights: ArrayLike<number> }[],
  columnCount: number,
): Interactions {
  const starts = new Uint32Array(people.length + 1);
  for (const [row, { items }] of people.entries()) starts[row + 1] = starts[row] + items.length;
  const columns = new Uint32Array(starts[people.length]);
  const weights = new Float64Array(starts[people.length]);
  for (const [row, person] of people.entries()) {
    columns.set(person.items, starts[row]);
    weights.set(person.weights, starts[row]);
  }
  const stray = columns.find((column) => column >= columnCount);
  if (stray !== undefined) {
    throw new RangeError(`interactionsOf: an item must be below ${columnCount}, got ${stray}`);
  }
  return { starts, columns, weights, columnCount };
}
