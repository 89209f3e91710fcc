/**
 * What is like an item, and what goes well with several.
 *
 *   similar   cos_qj
 *   together  (1 - p) sum over q of cos_qj / sd + p sum over q of B_qj / sd,   p = 1/2
 *
 * cos is of the joint rows, B_qj is what having q says for j (pairs.ts), sd is the standard deviation over
 * the catalogue. Both are sums over the items that are asked about, and so are the reasons: one an item,
 * exact. p, and why no report asks what stood in one basket: docs/decisions/0032-goes-well-with.md.
 */
import { dot } from "../linear.ts";
import { overDeviation } from "./deviation.ts";
import type { RankingModel } from "./model.ts";
import { pairScore, pairScores } from "./pairs.ts";
import type { RowReason } from "./reason.ts";

/** What part of a score is by pairs, where there are any. */
const pairsPart = 0.5;

/**
 * Cosines of all joint rows with each of `rows`, each by its weight (1 unless given), added up; 0 with a row
 * of zeros.
 */
export function cosinesWith(
  model: RankingModel,
  rows: readonly number[],
  weights?: readonly number[],
): Float64Array {
  const { joint, jointNorms, count } = model;
  const sum = new Float64Array(joint.rows.dim);
  const vector = new Float64Array(joint.rows.dim);
  for (const [at, row] of rows.entries()) {
    joint.rows.rowInto(row, vector);
    const part = (weights?.[at] ?? 1) * unitOf(jointNorms[row]);
    for (let k = 0; k < sum.length; k++) sum[k] += part * vector[k];
  }
  const scores = new Float64Array(count);
  joint.rows.productsInto(sum, scores);
  for (let row = 0; row < count; row++) scores[row] *= unitOf(jointNorms[row]);
  return scores;
}

function unitOf(norm: number): number {
  return norm === 0 ? 0 : 1 / norm;
}

export interface Together {
  /** One a row. */
  readonly scores: Float64Array;
  /** Each item asked about with what it adds to the score of a row: what speaks for it first. */
  readonly reasonsOf: (row: number) => readonly RowReason[];
}

/** @param rows those asked about, each once. */
export function togetherWith(model: RankingModel, rows: readonly number[]): Together {
  const { pairs } = model;
  const scores = cosinesWith(model, rows);
  const asked = { items: rows, weights: new Float64Array(rows.length).fill(1) };
  const said = pairs === null ? null : pairScores(pairs, asked, scores.length);
  const cosineFactor = said === null ? 1 : (1 - pairsPart) * overDeviation(scores);
  const pairFactor = said === null ? 0 : pairsPart * overDeviation(said);
  for (let row = 0; row < scores.length; row++) {
    scores[row] = cosineFactor * scores[row] + (said === null ? 0 : pairFactor * said[row]);
  }
  const cosineOf = cosinesOf(model, rows);
  const addedBy = (at: number, row: number): number =>
    cosineFactor * cosineOf(at, row) + (pairs === null ? 0 : pairFactor * pairScore(pairs, asked, at, row));
  return {
    scores,
    reasonsOf: (row) =>
      rows
        .map((source, at) => ({ why: "together", row: source, contribution: addedBy(at, row) }) as const)
        .sort((a, b) => b.contribution - a.contribution),
  };
}

/** Cosine of the joint row at a place of `rows` with another one; 0 with a row of zeros. */
export function cosinesOf(
  { joint, jointNorms }: RankingModel,
  rows: readonly number[],
): (at: number, row: number) => number {
  const { dim } = joint.rows;
  const vectors = new Float64Array(2 * dim);
  return (at, row) => {
    joint.rows.rowInto(row, vectors.subarray(0, dim));
    joint.rows.rowInto(rows[at], vectors.subarray(dim));
    const product = dot(vectors, 0, vectors, dim, dim);
    return product * unitOf(jointNorms[row]) * unitOf(jointNorms[rows[at]]);
  };
}
