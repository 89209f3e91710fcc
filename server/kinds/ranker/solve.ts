/**
 * Weights of the ranker by the sums of people's statistics. They start from a ranking as it is without a
 * ranker, b, as strong as fits best, and go from there as far as the sums say more than their noise:
 *
 *   w = c b + (H + diag(lambda))^-1 (g - c H b),  c = max(0, b . g) / (b . H b + least b . b)
 *
 * H is the nearest positive semidefinite matrix to the mean of people's H, g the mean of g. (The most likely
 * weights where they are normal around c b.) What noise made of a matrix of squares may have negative
 * directions: those say nothing, and lambda alone holds them.
 */
import { dot, solveInPlace } from "../../../core/linear.ts";
import type { UnitShape } from "../../../core/model/ranker.ts";
import { nearestPsd } from "../../../core/psd.ts";
import type { ListStatistics } from "../../../core/ranking/ranker/statistics.ts";

/**
 * Without noise, of clipped contributions; this, and all constants here, are chosen on September, learned
 * from July and August (docs/decisions/0043-the-second-stage.md).
 */
const leastRidge = 0.001;
/** Units that are a feature itself are held less: most of what a ranker knows is in them. */
const linearPart = 0.3;
/** Beside each other, of features as the ranker standardises them. */
const orderedBy: ReadonlyMap<string, number> = new Map([
  ["joint", 0.7],
  ["pairs", 0.3],
  ["lately", 0.3],
]);

/** What a ranking without a ranker orders by, one number a unit. */
export function rankedBefore(units: readonly UnitShape[]): Float64Array {
  return Float64Array.from(units, (unit) => (unit.shape === "linear" ? (orderedBy.get(unit.of) ?? 0) : 0));
}

/**
 * The ridge for a sum with noise of standard deviation `deviation` in each of its numbers, one number a unit:
 * about what that makes of a direction of the curvature that nobody says anything of, half the spectral
 * radius of a symmetric random matrix (Wigner 1958: 2 sqrt(units) times the deviation of its numbers).
 */
export function ridgeFor(deviation: number, { units, people, curvatureScale }: RidgeFor): Float64Array {
  const ofNoise = (Math.sqrt(units.length / 2) * deviation) / (curvatureScale * people);
  return Float64Array.from(
    units,
    ({ shape }) => leastRidge + (shape === "linear" ? linearPart : 1) * ofNoise,
  );
}

interface RidgeFor {
  readonly units: readonly UnitShape[];
  readonly people: number;
  readonly curvatureScale: number;
}

export interface Held {
  /** lambda, one number a unit. */
  readonly ridge: Float64Array;
  /** b, one number a unit; zeros: weights are held to 0. */
  readonly before: Float64Array;
}

/** @param people the sums are of. @throws {RangeError} where noise left none. */
export function rankerWeights(
  { gradient, curvature }: ListStatistics,
  people: number,
  held: Held,
): Float64Array {
  if (!(people > 0)) throw new RangeError(`rankerWeights: people must be above 0, got ${people}`);
  const units = gradient.length;
  const matrix = nearestPsd(
    curvature.map((value) => value / people),
    units,
  );
  const mean = gradient.map((value) => value / people);
  const curved = Float64Array.from(mean, (_, k) => dot(matrix, k * units, held.before, 0, units));
  const bend = dot(held.before, 0, curved, 0, units);
  const least = leastRidge * dot(held.before, 0, held.before, 0, units);
  const strength = least > 0 ? Math.max(0, dot(held.before, 0, mean, 0, units)) / (bend + least) : 0;
  const weights = mean.map((value, k) => value - strength * curved[k]);
  for (let k = 0; k < units; k++) matrix[k * units + k] += held.ridge[k];
  solveInPlace(matrix, units, weights);
  return weights.map((value, k) => value + strength * held.before[k]);
}
