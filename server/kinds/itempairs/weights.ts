/**
 * What the neighbours of an item say for it: a small ridge regression for each item on its listed neighbours, by
 * the crowd's Gram matrix.
 *
 *   B_nj = (G_nn + ridge I)^-1 G_nj   for the neighbours n of item j
 *   G_ij = people with both; listed pairs as they were learned, others c s_i s_j u, the diagonal s_i u
 *
 * An item-based model as SLIM (Ning, Karypis 2011) and EASE (Steck 2019), restricted to a public list of
 * neighbours, so that what is needed of the crowd is a sparse sum.
 */

import { choleskyInPlace, solveFactoredInPlace } from "../../../core/linear.ts";
import { type PairPattern, placeOf } from "../../../core/model/pairlist.ts";

export interface CrowdGram {
  readonly pattern: PairPattern;
  /** Share of people by item. */
  readonly shares: Float64Array;
  /** People with both, by number of the pair, on the scale of `people`. */
  readonly pairs: Float64Array;
  readonly people: number;
  /** How much more often two items of no listed pair stand together than if people chose by chance (c). */
  readonly unlisted: number;
}

/**
 * Weights at the places of `pattern.neighbours`: at place p of item j, how much having neighbours[p] says for j.
 *
 * @param ridge in people, above 0.
 * @throws {RangeError} for another ridge, and for sums that are no finite numbers.
 */
export function pairWeights(
  { pattern, shares, pairs, people, unlisted }: CrowdGram,
  ridge: number,
): Float64Array {
  if (!(ridge > 0)) throw new RangeError(`pairWeights: ridge must be above 0, got ${ridge}`);
  const { starts, neighbours, pairs: numbers } = pattern;
  const weights = new Float64Array(neighbours.length);
  for (let item = 0; item + 1 < starts.length; item++) {
    const first = starts[item];
    const dim = starts[item + 1] - first;
    if (dim === 0) continue;
    const system = new Float64Array(dim * dim);
    const right = new Float64Array(dim);
    for (let k = 0; k < dim; k++) {
      const a = neighbours[first + k];
      right[k] = pairs[numbers[first + k]];
      system[k * dim + k] = shares[a] * people + ridge;
      for (let l = 0; l < k; l++) {
        const b = neighbours[first + l];
        const place = placeOf(pattern, a, b);
        system[k * dim + l] = place < 0 ? unlisted * shares[a] * shares[b] * people : pairs[numbers[place]];
      }
    }
    solvePulled(system, dim, right, ridge);
    weights.set(right, first);
  }
  return weights;
}

/** As often as a ridge is doubled: by then it outweighs any sum. */
const mostDoublings = 64;

/** Noise may leave a matrix that is not positive definite: a larger ridge makes it one. */
function solvePulled(system: Float64Array, dim: number, right: Float64Array, ridge: number): void {
  for (let doublings = 0; doublings <= mostDoublings; doublings++) {
    const more = doublings === 0 ? 0 : ridge * 2 ** (doublings - 1);
    const tried = system.slice();
    for (let k = 0; k < dim; k++) tried[k * dim + k] += more;
    try {
      choleskyInPlace(tried, dim);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      continue;
    }
    solveFactoredInPlace(tried, dim, right);
    return;
  }
  throw new RangeError("pairWeights: expected finite sums, got one that no ridge makes positive definite");
}
