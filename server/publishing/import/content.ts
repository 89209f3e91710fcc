/**
 * Content vectors: public item vectors made from titles, texts and metadata alone.
 *
 * TF-IDF of the tokens, then a truncated SVD, then rows of length 1. Deterministic: the same catalogue gives
 * the same vectors. An item without known tokens has a row of zeros. What is fitted is the space (space.ts);
 * a row is an item's projection into it, so that items that come later get rows beside those that are there.
 */
import { fitSpace, projectInto, type SpaceOptions } from "./space.ts";
import type { ContentItem } from "./tokens.ts";

export type { ContentItem } from "./tokens.ts";

/**
 * Rows of `options.dim` numbers, one per item, in the order of `items`, in a space fitted to these very
 * items.
 */
export function contentVectors(items: readonly ContentItem[], options: SpaceOptions): Float32Array {
  const space = fitSpace(items, options);
  const vectors = new Float32Array(items.length * options.dim);
  const row = new Float64Array(space.dim);
  for (const [at, item] of items.entries()) {
    projectInto(row, item, space);
    vectors.set(row, at * options.dim);
  }
  return vectors;
}
