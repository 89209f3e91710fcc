/**
 * Weights of the ranker by the sums of people's statistics:
 *
 *   w = (H + lambda I)^-1 g,  H the nearest positive semidefinite matrix to the mean of H, g the mean of g
 *
 * What noise made of a matrix of squares may have negative directions: those say nothing, and lambda alone holds them.
 */
import { solveInPlace } from "../../../core/linear.ts";
import { nearestPsd } from "../../../core/psd.ts";
import type { ListStatistics } from "../../../core/ranking/ranker/statistics.ts";

/** @param people the sums are of, above 0. */
export function rankerWeights(
  { gradient, curvature }: ListStatistics,
  people: number,
  lambda: number,
): Float64Array {
  const units = gradient.length;
  const matrix = nearestPsd(
    curvature.map((value) => value / people),
    units,
  );
  for (let k = 0; k < units; k++) matrix[k * units + k] += lambda;
  const weights = gradient.map((value) => value / people);
  solveInPlace(matrix, units, weights);
  return weights;
}
