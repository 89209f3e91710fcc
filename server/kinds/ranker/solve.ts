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

/** Without noise, of clipped contributions: chosen on September, learned from July and August (docs/decisions/0043-the-second-stage.md). */
const leastRidge = 0.001;

/**
 * The ridge for a sum with noise of standard deviation `deviation` in each of its numbers: about what that makes of a
 * direction of the curvature that nobody says anything of, half the spectral radius of a symmetric random matrix (Wigner
 * 1958: 2 sqrt(units) times the deviation of its numbers).
 */
export function ridgeFor(deviation: number, { units, people, curvatureScale }: RidgeFor): number {
  return leastRidge + (Math.sqrt(units / 2) * deviation) / (curvatureScale * people);
}

interface RidgeFor {
  readonly units: number;
  readonly people: number;
  readonly curvatureScale: number;
}

/** @param people the sums are of. @throws {RangeError} where noise left none. */
export function rankerWeights(
  { gradient, curvature }: ListStatistics,
  people: number,
  lambda: number,
): Float64Array {
  if (!(people > 0)) throw new RangeError(`rankerWeights: people must be above 0, got ${people}`);
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
