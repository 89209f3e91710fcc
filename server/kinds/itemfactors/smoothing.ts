/**
 * Popularity from noisy counts: each item's share is pulled towards what its public content lets expect, the
 * harder the more of it is noise.
 *
 *   y_i  = counts_i / people_i, noise variance s_i^2 = countVariance_i / people_i^2
 *   mu_i = max(ridge regression of y on [content_i, 1], floor)
 *   share_i = (mu_i^2 y_i + s_i^2 mu_i) / (mu_i^2 + s_i^2)
 *
 * the posterior mean under y_i ~ N(share_i, s_i^2), share_i ~ N(mu_i, mu_i^2): a share is as uncertain as it
 * is large. Without noise it is y. Post-processing of what is published anyway: it costs no privacy.
 */
import { addOuterInto, solveInPlace } from "../../../core/linear.ts";
import { dequantizeRows } from "../../../core/model/quantize.ts";
import type { Learned, PublicItems } from "./knowledge.ts";

/** Ridge of the regression, in items: content rows have length 1. */
const ridge = 10;
/** No item is expected to have less than this part of the mean share. */
const leastExpected = 0.05;

/**
 * The share of people of each item, as summed but for the noise: may be negative or above 1 by little; 0
 * where nobody reported.
 */
export function shrunkenShares(
  { counts, people, countVariance }: Omit<Learned, "factors" | "dim">,
  publicItems: Pick<PublicItems, "content" | "contentDim">,
): Float64Array {
  const shares = counts.map((count, item) => (people[item] > 0 ? count / people[item] : 0));
  if (countVariance.every((variance) => variance === 0)) return shares;
  const reported = shares.map((_, item) => (people[item] > 0 ? 1 : 0));
  const expected = expectedShares(shares, reported, publicItems);
  return shares.map((share, item) => {
    if (reported[item] === 0) return 0;
    const noise = countVariance[item] / people[item] ** 2;
    const prior = expected[item] ** 2;
    return prior + noise === 0 ? share : (prior * share + noise * expected[item]) / (prior + noise);
  });
}

function expectedShares(
  shares: Float64Array,
  reported: Float64Array,
  { content, contentDim }: Pick<PublicItems, "content" | "contentDim">,
): Float64Array {
  const dim = contentDim + 1;
  const rows = withOnes(dequantizeRows(content, contentDim), shares.length, contentDim);
  const system = new Float64Array(dim * dim);
  const weights = new Float64Array(dim);
  let sum = 0;
  let items = 0;
  for (let item = 0; item < shares.length; item++) {
    if (reported[item] === 0) continue;
    addOuterInto(system, dim, rows, item * dim, 1);
    for (let k = 0; k < dim; k++) weights[k] += shares[item] * rows[item * dim + k];
    sum += shares[item];
    items++;
  }
  for (let k = 0; k < dim; k++) system[k * dim + k] += ridge;
  solveInPlace(system, dim, weights);
  const floor = leastExpected * Math.max(0, sum / Math.max(1, items));
  return shares.map((_, item) => {
    let share = 0;
    for (let k = 0; k < dim; k++) share += rows[item * dim + k] * weights[k];
    return Math.max(floor, share);
  });
}

/** Rows of `dim` numbers, each followed by a 1. */
function withOnes(rows: Float64Array, count: number, dim: number): Float64Array {
  const extended = new Float64Array(count * (dim + 1));
  for (let row = 0; row < count; row++) {
    extended.set(rows.subarray(row * dim, (row + 1) * dim), row * (dim + 1));
    extended[row * (dim + 1) + dim] = 1;
  }
  return extended;
}
