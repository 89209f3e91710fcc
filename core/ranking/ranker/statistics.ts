/**
 * What a ranker is learned from: of one person's list, the first two derivatives of the listwise loss at weights of 0.
 *
 *   loss(w) = log sum over candidates i of exp(w . h_i) - mean over wanted i of w . h_i
 *   gradient at 0, negated   g = mean over wanted of h - mean over candidates of h
 *   curvature at 0           H = covariance of h over the candidates
 *
 * (Softmax cross-entropy over a list: Cao et al. 2007, ListNet.) Sums over people are enough: their second-order
 * expansion has its minimum where (sum of H) w = sum of g. So one report a person teaches the whole ranker, and nothing
 * has to be asked twice.
 *
 * A person counts with two lists, as pages show them: with what the person bought among the candidates, and without.
 */
import { dot } from "../../linear.ts";

export interface ListStatistics {
  /** One number a unit. */
  readonly gradient: Float64Array;
  /** units x units, row-major, symmetric. */
  readonly curvature: Float64Array;
}

export interface UnitRows {
  /** rows x units, row-major. */
  readonly values: Float64Array;
  readonly units: number;
  /** One byte a row, 1 for what was wanted afterwards. */
  readonly wanted: Uint8Array;
}

/** Null where none of the rows, or all of them, were wanted: that says nothing. */
export function listStatistics({ values, units, wanted }: UnitRows): ListStatistics | null {
  const rows = wanted.length;
  const hits = wanted.reduce((sum, mark) => sum + mark, 0);
  if (hits === 0 || hits === rows) return null;
  const mean = new Float64Array(units);
  const gradient = new Float64Array(units);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < units; k++) {
      mean[k] += values[row * units + k] / rows;
      if (wanted[row] !== 0) gradient[k] += values[row * units + k] / hits;
    }
  }
  for (let k = 0; k < units; k++) gradient[k] -= mean[k];
  const columns = Float64Array.from({ length: units * rows }, (_, at) => {
    const k = Math.floor(at / rows);
    return values[(at % rows) * units + k] - mean[k];
  });
  const curvature = new Float64Array(units * units);
  for (let a = 0; a < units; a++) {
    for (let b = 0; b <= a; b++) {
      const product = dot(columns, a * rows, columns, b * rows, rows) / rows;
      curvature[a * units + b] = product;
      curvature[b * units + a] = product;
    }
  }
  return { gradient, curvature };
}

/** Adds up statistics of the same units; null of none. */
export function addedStatistics(all: readonly (ListStatistics | null)[]): ListStatistics | null {
  const told = all.filter((one) => one !== null);
  if (told.length === 0) return null;
  const gradient = new Float64Array(told[0].gradient.length);
  const curvature = new Float64Array(told[0].curvature.length);
  for (const one of told) {
    for (let k = 0; k < gradient.length; k++) gradient[k] += one.gradient[k];
    for (let k = 0; k < curvature.length; k++) curvature[k] += one.curvature[k];
  }
  return { gradient, curvature };
}
