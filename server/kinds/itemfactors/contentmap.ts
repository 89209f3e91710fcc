/**
 * A map from content rows to what was learned of their items: a weighted ridge regression.
 *
 *   B = argmin sum_i w_i |v_i - B c_i|^2 + lambda |B|^2
 *
 * with a constant beside c_i, which lambda does not hold down: where content says nothing, a large lambda
 * leaves the mean. It is chosen by cross-validation over the items.
 */
import { choleskyInPlace, gramOf, solveFactoredInPlace } from "../../../core/linear.ts";

export interface LearnedRows {
  /** Content rows of the learned items, count x contentDim. */
  readonly content: Float64Array;
  readonly contentDim: number;
  /** What is to be predicted: count x dim. */
  readonly targets: Float64Array;
  readonly dim: number;
  /** How much each item counts, above 0 for some. */
  readonly weights: Float64Array;
}

/** A map from content rows to predictions. */
export interface ContentMap {
  readonly contentDim: number;
  readonly dim: number;
  /** (contentDim + 1) x dim; the last row is the constant. */
  readonly matrix: Float64Array;
  readonly lambda: number;
  /** Weighted mean of the targets. */
  readonly mean: Float64Array;
  /**
   * Share of the targets' (weighted) square, about their mean, that the map explains on items it was not
   * fitted to.
   */
  readonly explained: number;
}

const folds = 3;
/**
 * What holds the constant down all the same: next to nothing beside one item, and enough where a fold leaves
 * none to fit to.
 */
const leastRidge = 1e-9;
/** In items: content rows have length 1. */
const lambdas = [0.3, 1, 3, 10, 30, 1e6];

export function fitContentMap(rows: LearnedRows, choices: readonly number[] = lambdas): ContentMap {
  const systems = Array.from({ length: folds }, (_, fold) => systemOf(rows, fold));
  const total = sumOf(systems);
  const centre = centredSquare(rows);
  let best = { lambda: choices[choices.length - 1], error: Number.POSITIVE_INFINITY };
  for (const lambda of choices) {
    let error = 0;
    for (const [fold, system] of systems.entries()) {
      const matrix = solved(minus(total, system), rows, lambda);
      error += errorOn(rows, matrix, fold);
    }
    if (error < best.error) best = { lambda, error };
  }
  return {
    contentDim: rows.contentDim,
    dim: rows.dim,
    matrix: solved(total, rows, best.lambda),
    lambda: best.lambda,
    mean: meanOf(rows),
    explained: centre === 0 ? 0 : 1 - best.error / centre,
  };
}

/** The prediction for one content row, `dim` numbers from `at` of `target`. */
export function predictInto(
  target: Float64Array,
  at: number,
  { contentDim, dim, matrix }: Pick<ContentMap, "contentDim" | "dim" | "matrix">,
  content: ArrayLike<number>,
  start: number,
): void {
  for (let k = 0; k < dim; k++) target[at + k] = matrix[contentDim * dim + k];
  for (let c = 0; c < contentDim; c++) {
    const value = content[start + c];
    if (value === 0) continue;
    for (let k = 0; k < dim; k++) target[at + k] += value * matrix[c * dim + k];
  }
}

interface System {
  /** (contentDim + 1)^2. */
  readonly gram: Float64Array;
  /** (contentDim + 1) x dim. */
  readonly right: Float64Array;
}

/** The weighted normal equations of one fold's items. */
function systemOf({ content, contentDim, targets, dim, weights }: LearnedRows, fold: number): System {
  const width = contentDim + 1;
  const members: number[] = [];
  for (let item = fold; item < weights.length; item += folds) if (weights[item] > 0) members.push(item);
  const weighted = new Float64Array(members.length * width);
  const right = new Float64Array(width * dim);
  for (const [at, item] of members.entries()) {
    const root = Math.sqrt(weights[item]);
    for (let c = 0; c < width; c++) {
      const value = c < contentDim ? content[item * contentDim + c] : 1;
      if (value === 0) continue;
      weighted[at * width + c] = root * value;
      const scaled = weights[item] * value;
      for (let k = 0; k < dim; k++) right[c * dim + k] += scaled * targets[item * dim + k];
    }
  }
  return { gram: gramOf(weighted, members.length, width), right };
}

function sumOf(systems: readonly System[]): System {
  const [first, ...others] = systems;
  const gram = first.gram.slice();
  const right = first.right.slice();
  for (const system of others) {
    for (let k = 0; k < gram.length; k++) gram[k] += system.gram[k];
    for (let k = 0; k < right.length; k++) right[k] += system.right[k];
  }
  return { gram, right };
}

function minus(total: System, part: System): System {
  return {
    gram: total.gram.map((value, k) => value - part.gram[k]),
    right: total.right.map((value, k) => value - part.right[k]),
  };
}

function solved({ gram, right }: System, { contentDim, dim }: LearnedRows, lambda: number): Float64Array {
  const width = contentDim + 1;
  const factor = gram.slice();
  for (let c = 0; c < width; c++) factor[c * width + c] += c < contentDim ? lambda : leastRidge;
  choleskyInPlace(factor, width);
  const matrix = new Float64Array(width * dim);
  const column = new Float64Array(width);
  for (let k = 0; k < dim; k++) {
    for (let c = 0; c < width; c++) column[c] = right[c * dim + k];
    solveFactoredInPlace(factor, width, column);
    for (let c = 0; c < width; c++) matrix[c * dim + k] = column[c];
  }
  return matrix;
}

/** Weighted squared error on the items of a fold. */
function errorOn(rows: LearnedRows, matrix: Float64Array, fold: number): number {
  const { content, contentDim, targets, dim, weights } = rows;
  const predicted = new Float64Array(dim);
  let error = 0;
  for (let item = fold; item < weights.length; item += folds) {
    if (weights[item] === 0) continue;
    predictInto(predicted, 0, { contentDim, dim, matrix }, content, item * contentDim);
    for (let k = 0; k < dim; k++) error += weights[item] * (targets[item * dim + k] - predicted[k]) ** 2;
  }
  return error;
}

function meanOf({ targets, dim, weights }: LearnedRows): Float64Array {
  const sums = new Float64Array(dim);
  let all = 0;
  for (let item = 0; item < weights.length; item++) {
    all += weights[item];
    for (let k = 0; k < dim; k++) sums[k] += weights[item] * targets[item * dim + k];
  }
  return sums.map((sum) => (all === 0 ? 0 : sum / all));
}

/** Weighted square of the targets about their weighted mean. */
function centredSquare(rows: LearnedRows): number {
  const { targets, dim, weights } = rows;
  const mean = meanOf(rows);
  let square = 0;
  for (let item = 0; item < weights.length; item++) {
    for (let k = 0; k < dim; k++) square += weights[item] * (targets[item * dim + k] - mean[k]) ** 2;
  }
  return square;
}
