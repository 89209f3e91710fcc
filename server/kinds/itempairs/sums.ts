/**
 * What noisy sums of pairs say: shares of people and how often pairs stand together, each pulled towards what is
 * expected of it, the harder the more of it is noise.
 *
 *   expected_p = least squares of g_p on [r u, r cos^2 u, s_i s_j u],  r = sqrt(s_i s_j); at least r u / 1000
 *   pair_p     = (t e^2 g + v e) / (t e^2 + v), at least 0
 *
 * u is the sum of people's weights, s are shares, v the variance of the noise, and t says how far pairs are
 * from what is expected of them beyond noise: sum of e^2 ((g - e)^2 - v) over sum of e^4. Post-processing of
 * what is published anyway: it costs no privacy.
 */

import { solveInPlace } from "../../../core/linear.ts";
import { eachPair, type PairPattern } from "../../../core/model/pairlist.ts";
import type { PairLayout, PairScales } from "../../../core/tasks/itempairs/contribution.ts";

export interface PairSums {
  /** Weighted people with both items, by number of the pair. */
  readonly pairs: Float64Array;
  /** Weighted people with the item, and those of them who had to do with it lately. */
  readonly counts: Float64Array;
  readonly recent: Float64Array;
  /** Sum of all weights. */
  readonly people: number;
  /** Variance of the noise of a pair, of a count, and of a count of lately. */
  readonly pairVariance: number;
  readonly countVariance: number;
  readonly recentVariance: number;
}

/**
 * @param sum of contributions, as numbers.
 * @param variance of the noise of both aggregators in each of them.
 */
export function pairSumsOf(
  sum: Float64Array,
  {
    layout,
    scales,
    variance,
  }: { readonly layout: PairLayout; readonly scales: PairScales; readonly variance: number },
): PairSums {
  const { countScale, recentScale, weightScale } = scales;
  return {
    pairs: sum.slice(0, layout.counts),
    counts: sum.slice(layout.counts, layout.recent).map((count) => count / countScale),
    recent: sum.slice(layout.recent, layout.weight).map((count) => count / recentScale),
    people: Math.max(1, sum[layout.weight] / weightScale),
    pairVariance: variance,
    countVariance: variance / countScale ** 2,
    recentVariance: variance / recentScale ** 2,
  };
}

/** No pair is expected to stand together less than this part of the root of both shares. */
const leastExpected = 1e-3;

export interface Expecting {
  readonly pattern: PairPattern;
  /** Share of people by item, above 0. */
  readonly shares: Float64Array;
  /** Cosine of the public rows, by number of the pair. */
  readonly cosines: Float64Array;
}

/** Weighted people with both items, by number of the pair, at least 0. */
export function shrunkenPairs({ pairs, people, pairVariance }: PairSums, expecting: Expecting): Float64Array {
  if (pairVariance === 0) return pairs.map((value) => Math.max(0, value));
  const expected = expectedPairs(pairs, people, expecting);
  let [beyond, fourth] = [0, 0];
  for (const [pair, value] of pairs.entries()) {
    const square = expected[pair] ** 2;
    beyond += square * ((value - expected[pair]) ** 2 - pairVariance);
    fourth += square * square;
  }
  // Pairs of which more is expected say more about it: by all alike, noise of the many rare ones would decide.
  const spread = fourth === 0 ? 0 : Math.max(0, beyond / fourth);
  return pairs.map((value, pair) => {
    const prior = spread * expected[pair] ** 2;
    return Math.max(0, (prior * value + pairVariance * expected[pair]) / (prior + pairVariance));
  });
}

function expectedPairs(
  pairs: Float64Array,
  people: number,
  { pattern, shares, cosines }: Expecting,
): Float64Array {
  const dim = 3;
  const features = new Float64Array(pairs.length * dim);
  const least = new Float64Array(pairs.length);
  eachPair(pattern, (pair, a, b) => {
    const root = Math.sqrt(shares[a] * shares[b]);
    features.set([root * people, root * cosines[pair] ** 2 * people, root * root * people], pair * dim);
    least[pair] = leastExpected * root * people;
  });
  const weights = leastSquares(features, dim, pairs);
  return pairs.map((_, pair) => {
    let sum = 0;
    for (let k = 0; k < dim; k++) sum += weights[k] * features[pair * dim + k];
    return Math.max(least[pair], sum);
  });
}

/** Weights of `dim` features a row that come nearest to `wanted`. */
function leastSquares(features: Float64Array, dim: number, wanted: Float64Array): Float64Array {
  const system = new Float64Array(dim * dim);
  const right = new Float64Array(dim);
  for (let row = 0; row < wanted.length; row++) {
    for (let k = 0; k < dim; k++) {
      right[k] += features[row * dim + k] * wanted[row];
      for (let l = 0; l <= k; l++) system[k * dim + l] += features[row * dim + k] * features[row * dim + l];
    }
  }
  // Features that are one another's multiples, or none, have no single answer: the smallest is taken.
  for (let k = 0; k < dim; k++) system[k * dim + k] += 1e-9 * (system[k * dim + k] + 1);
  solveInPlace(system, dim, right);
  return right;
}
