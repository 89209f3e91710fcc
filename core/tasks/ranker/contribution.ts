/**
 * A person's contribution to a round on the ranker: the plaintext that never leaves the device.
 *
 *   v = [ g | curvatureScale [ H_ab sqrt(2) for b < a; H_aa ] ],  s v min(1, C / ||v||),  then weightScale
 *
 * g and H are of the person's lists (core/ranking/ranker/statistics.ts); s, above 0 to 1, is what the
 * person's wanted rows count for in the mean (placeweights.ts), and 1 where places of lists are not corrected
 * for. It stands behind the clip, which most are longer than, so that the clip does not make up for it. The
 * root of two gives each number off the diagonal the weight of both its places in H, so that ||v||^2 =
 * ||g||^2 + curvatureScale^2 ||H||^2 (Frobenius).
 *
 * Sensitivity. ||v|| <= C, and the last number is weightScale: with one report left out (its vector becomes
 * zeros; who took part is public) the sum changes by at most sqrt(C^2 + weightScale^2). What rows count for
 * within a person changes g and H before the clip, and s makes what is within it shorter: neither changes
 * this.
 *
 * Where places of lists are corrected for a vector has a 0 more at its end: a browser of before makes a
 * shorter one of the same settings, finds that the task is not as long, and does not answer what it would not
 * correct.
 */
import type { ListStatistics } from "../../ranking/ranker/statistics.ts";

export interface RankerScales {
  readonly clipL2: number;
  readonly curvatureScale: number;
  /** Stands for one person in the vector. */
  readonly weightScale: number;
}

export interface Correcting {
  /** What the person's wanted rows count for in the mean, above 0 to 1. */
  readonly share?: number;
  /** Whether the task corrects for places of lists. */
  readonly isCorrected?: boolean;
}

export function rankerLength(units: number, isCorrected = false): number {
  return units + (units * (units + 1)) / 2 + 1 + (isCorrected ? 1 : 0);
}

export function rankerContributionOf(
  { gradient, curvature }: ListStatistics,
  { clipL2, curvatureScale, weightScale }: RankerScales,
  { share = 1, isCorrected = false }: Correcting = {},
): Float64Array {
  const units = gradient.length;
  const values = new Float64Array(rankerLength(units, isCorrected));
  values.set(gradient);
  let at = units;
  for (let a = 0; a < units; a++) {
    for (let b = 0; b < a; b++) values[at++] = curvatureScale * Math.SQRT2 * curvature[a * units + b];
    values[at++] = curvatureScale * curvature[a * units + a];
  }
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const kept = share * (norm > clipL2 ? clipL2 / norm : 1);
  for (let k = 0; k < at; k++) values[k] *= kept;
  values[at] = weightScale;
  return values;
}

/** Statistics of a sum of contributions, and how many people it is of. */
export function rankerSumOf(
  values: ArrayLike<number>,
  units: number,
  { curvatureScale, weightScale }: RankerScales,
): ListStatistics & { readonly people: number } {
  const curvature = new Float64Array(units * units);
  let at = units;
  for (let a = 0; a < units; a++) {
    for (let b = 0; b <= a; b++) {
      const value = values[at++] / (curvatureScale * (b < a ? Math.SQRT2 : 1));
      curvature[a * units + b] = value;
      curvature[b * units + a] = value;
    }
  }
  return {
    gradient: Float64Array.from({ length: units }, (_, k) => values[k]),
    curvature,
    people: values[at] / weightScale,
  };
}
