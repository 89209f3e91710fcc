/**
 * Factors and shares of items that nobody has learned yet, predicted from their content.
 *
 *   B = argmin sum_i w_i |v_i - B c_i|^2 + lambda |B|^2,    w_i = n_i / (n_i + n0)
 *
 * a ridge regression (contentmap.ts) from the published content rows c_i to the learned factors v_i, where an
 * item that more people dealt with counts for more, because its factors are better known. The share of people
 * is predicted likewise. Post-processing of what is published anyway: it costs no privacy.
 */
import { dequantizeRows } from "../../../core/model/quantize.ts";
import { type ContentMap, fitContentMap, predictInto } from "./contentmap.ts";
import type { LearnedItems, PublicItems } from "./knowledge.ts";
import { hasLearned } from "./learned.ts";

/**
 * What part of the expected share an item has before anybody reported on it; the first where nothing can be
 * measured. Content that says little leads to nearly the mean share, and the mean is far above what most items
 * get (docs/decisions/0012-new-items.md).
 */
export const newItemWeights = [0.5, 0] as const;

/** How content leads to what is learned of an item. */
export interface Prediction {
  readonly factors: ContentMap;
  /** Of one number: the share of people. */
  readonly shares: ContentMap;
  /** What part of an expected share counts. */
  readonly newItemWeight: number;
}

export interface Predicted {
  readonly factors: Float64Array;
  /** Within 0..1. */
  readonly share: number;
}

/** n0: an item that so many people dealt with counts half as much as one that everybody did. */
const halfKnownAt = 5;
/** What a map is fitted to at most: its cost grows with the items, its precision hardly. */
const mostItems = 10_000;
/** No item is expected to have less than this part of the mean share (before the weight above). */
const leastExpected = 0.05;

/**
 * Null while nothing is learned.
 *
 * @param publicItems the public side of the learned items, row by row.
 * @param shares theirs, as they are published.
 */
export function predictionFrom(
  learned: LearnedItems,
  publicItems: PublicItems,
  {
    shares,
    newItemWeight = newItemWeights[0],
  }: { readonly shares: ArrayLike<number>; readonly newItemWeight?: number },
): Prediction | null {
  if (!hasLearned(learned)) return null;
  const { counts, countVariance, dim, factors } = learned;
  const evidence = counts.map((count, item) =>
    publicItems.content.scales[item] === 0 || learned.people[item] === 0
      ? 0
      : Math.max(0, count - Math.sqrt(countVariance[item])),
  );
  const weights = mostOf(
    evidence.map((people) => people / (people + halfKnownAt)),
    mostItems,
  );
  if (weights.every((weight) => weight === 0)) return null;
  const { contentDim } = publicItems;
  const content = dequantizeRows(publicItems.content, contentDim);
  const known = weights.map((weight) => (weight > 0 ? 1 : 0));
  return {
    factors: fitContentMap({ content, contentDim, targets: factors, dim, weights }),
    shares: fitContentMap({
      content,
      contentDim,
      targets: Float64Array.from(shares),
      dim: 1,
      weights: known,
    }),
    newItemWeight,
  };
}

/** What content lets expect of the item in this row of the public side. */
export function predictedFor(
  { factors, shares, newItemWeight }: Prediction,
  { content, contentDim }: PublicItems,
  row: number,
): Predicted {
  const scale = content.scales[row];
  const vector = Float64Array.from(
    { length: contentDim },
    (_, k) => content.values[row * contentDim + k] * scale,
  );
  const predicted = new Float64Array(factors.dim);
  const share = new Float64Array(1);
  predictInto(share, 0, shares, vector, 0);
  // Without content nothing is known of its taste: the constant alone would make it like everything a little.
  if (scale > 0) predictInto(predicted, 0, factors, vector, 0);
  const floor = leastExpected * Math.max(0, shares.mean[0]);
  return { factors: predicted, share: newItemWeight * Math.min(1, Math.max(floor, share[0])) };
}

/** The largest `most` of the weights; the others are 0. Of equal ones the first. */
function mostOf(weights: Float64Array, most: number): Float64Array {
  if (weights.length <= most) return weights;
  const order = Array.from(weights.keys()).sort((a, b) => weights[b] - weights[a] || a - b);
  const kept = new Float64Array(weights.length);
  for (const item of order.slice(0, most)) kept[item] = weights[item];
  return kept;
}
