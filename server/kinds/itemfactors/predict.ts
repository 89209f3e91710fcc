/**
 * Factors and shares of items that nobody has learned yet, predicted from their content.
 *
 *   B = argmin sum_i w_i |v_i - B c_i|^2 + lambda |B|^2,    w_i = n_i / (n_i + n0)
 *
 * a ridge regression from the published content rows c_i (and a constant) to the learned factors v_i, where
 * an item that more people dealt with counts for more, because its factors are better known. lambda is chosen
 * by cross-validation over the items. The share of people is predicted likewise. Post-processing of what is
 * published anyway: it costs no privacy.
 */
import { choleskyInPlace, gramOf, solveFactoredInPlace } from "../../../core/linear.ts";
import { dequantizeRows } from "../../../core/model/quantize.ts";
import type { LearnedItems, PublicItems } from "./knowledge.ts";
import { hasLearned } from "./learned.ts";

/** How content tells what is learned of an item. */
export interface Prediction {
  readonly factors: ContentMap;
  /** Of one number: the share of people. */
  readonly shares: ContentMap;
}

export interface Predicted {
  readonly factors: Float64Array;
  /** Within 0..1. */
  readonly share: number;
}

/** n0: an item that so many people dealt with counts half as much as one that everybody did. */
const halfKnownAt = 5;
/** What a map is fitted to at most: its cost grows with the items, its precision hardly. */
const mostItems = 10_000;
/** No item is expected to have less than this part of the mean share. */
const leastExpected = 0.05;

/**
 * Null while nothing is learned.
 *
 * @param publicItems the public side of the learned items, row by row.
 * @param shares theirs, as they are published.
 */
export function predictionFrom(
  learned: LearnedItems,
  publicItems: PublicItems,
  shares: ArrayLike<number>,
): Prediction | null {
  if (!hasLearned(learned)) return null;
  const { counts, countVariance, dim, factors } = learned;
  const evidence = counts.map((count, item) =>
    publicItems.content.scales[item] === 0 || learned.people[item] === 0
      ? 0
      : Math.max(0, count - Math.sqrt(countVariance[item])),
  );
  const weights = mostOf(
    evidence.map((people) => people / (people + halfKnownAt)),
    mostItems,
  );
  if (weights.every((weight) => weight === 0)) return null;
  const { contentDim } = publicItems;
  const content = dequantizeRows(publicItems.content, contentDim);
  const known = weights.map((weight) => (weight > 0 ? 1 : 0));
  return {
    factors: fitContentMap({ content, contentDim, targets: factors, dim, weights }),
    shares: fitContentMap({
      content,
      contentDim,
      targets: Float64Array.from(shares),
      dim: 1,
      weights: known,
    }),
  };
}

/** What content lets expect of the item in this row of the public side. */
export function predictedFor(
  { factors, shares }: Prediction,
  { content, contentDim }: PublicItems,
  row: number,
): Predicted {
  const scale = content.scales[row];
  const vector = Float64Array.from(
    { length: contentDim },
    (_, k) => content.values[row * contentDim + k] * scale,
  );
  const predicted = new Float64Array(factors.dim);
  const share = new Float64Array(1);
  predictInto(share, 0, shares, vector, 0);
  // Without content nothing is known of its taste: the constant alone would make it like everything a little.
  if (scale > 0) predictInto(predicted, 0, factors, vector, 0);
  const floor = leastExpected * Math.max(0, shares.mean[0]);
  return { factors: predicted, share: Math.min(1, Math.max(floor, share[0])) };
}

/** The largest `most` of the weights; the others are 0. Of equal ones the first. */
function mostOf(weights: Float64Array, most: number): Float64Array {
  if (weights.length <= most) return weights;
  const order = Array.from(weights.keys()).sort((a, b) => weights[b] - weights[a] || a - b);
  const kept = new Float64Array(weights.length);
  for (const item of order.slice(0, most)) kept[item] = weights[item];
  return kept;
}

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
/** In items: content rows have length 1. */
const lambdas = [0.3, 1, 3, 10, 30];

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
  { contentDim, dim, matrix }: ContentMap,
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
  for (let c = 0; c < width; c++) factor[c * width + c] += lambda;
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
  const map = { contentDim, dim, matrix, lambda: 0, mean: predicted, explained: 0 };
  let error = 0;
  for (let item = fold; item < weights.length; item += folds) {
    if (weights[item] === 0) continue;
    predictInto(predicted, 0, map, content, item * contentDim);
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
