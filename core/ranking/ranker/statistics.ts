/**
 * What a ranker is learned from: of one person's list, the first two derivatives of the listwise loss at
 * weights of 0.
 *
 *   loss(w) = mean over wanted i of v_i (log sum over candidates j of exp(w . h_j) - w . h_i)
 *   gradient at 0, negated   g = mean over wanted of v_i (h_i - mean over candidates of h)
 *   curvature at 0           H = mean over wanted of v_i, times the covariance of h over the candidates
 *
 * (Softmax cross-entropy over a list: Cao et al. 2007, ListNet.) Sums over people are enough: their
 * second-order expansion has its minimum where (sum of H) w = sum of g. So one report a person teaches the
 * whole ranker, and nothing has to be asked twice.
 *
 * v_i, above 0, is what a wanted row counts for beside others: 1, unless where it stood in a list is
 * corrected for (core/tasks/ranker/placeweights.ts). With weights of 1 all of this is, bit for bit, as
 * without.
 *
 * A person counts with two lists, as pages show them: with what the person bought among the candidates, and
 * without.
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
  /** What each wanted row counts for; absent: 1. */
  readonly weights?: Float64Array | undefined;
}

/** Null where none of the rows, or all of them, were wanted: that says nothing. */
export function listStatistics(list: UnitRows): ListStatistics | null {
  const { wanted, weights } = list;
  const hits = Array.from(wanted.keys()).flatMap((row) =>
    wanted[row] === 0 ? [] : [{ row, weight: weights?.[row] ?? 1 }],
  );
  if (hits.length === 0 || hits.length === wanted.length) return null;
  return wantedStatistics(listMoments(list), list, hits);
}

/** Of all candidates of a list, whatever of it was wanted. */
export interface ListMoments {
  /** One number a unit. */
  readonly mean: Float64Array;
  /** units x units, row-major, symmetric. */
  readonly covariance: Float64Array;
}

export function listMoments({ values, units }: Pick<UnitRows, "values" | "units">): ListMoments {
  const rows = values.length / units;
  const mean = new Float64Array(units);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < units; k++) mean[k] += values[row * units + k] / rows;
  }
  const columns = Float64Array.from({ length: units * rows }, (_, at) => {
    const k = Math.floor(at / rows);
    return values[(at % rows) * units + k] - mean[k];
  });
  const covariance = new Float64Array(units * units);
  for (let a = 0; a < units; a++) {
    for (let b = 0; b <= a; b++) {
      const product = dot(columns, a * rows, columns, b * rows, rows) / rows;
      covariance[a * units + b] = product;
      covariance[b * units + a] = product;
    }
  }
  return { mean, covariance };
}

/** A wanted row of `values`, and what it counts for, above 0. */
export interface Hit {
  readonly row: number;
  readonly weight: number;
}

/** @param hits one or more. */
export function wantedStatistics(
  { mean, covariance }: ListMoments,
  { values, units }: Pick<UnitRows, "values" | "units">,
  hits: readonly Hit[],
): ListStatistics {
  const gradient = new Float64Array(units);
  for (const { row, weight } of hits) {
    for (let k = 0; k < units; k++) gradient[k] += (weight * values[row * units + k]) / hits.length;
  }
  const whole = hits.reduce((sum, { weight }) => sum + weight, 0) / hits.length;
  for (let k = 0; k < units; k++) gradient[k] -= whole * mean[k];
  return { gradient, curvature: covariance.map((value) => whole * value) };
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
