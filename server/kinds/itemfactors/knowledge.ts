/** What the server knows of items: learned from sums, and public anyway. */
import type { CatalogueCard } from "../../../core/model/card.ts";
import type { QuantizedRows } from "../../../core/model/quantize.ts";

/** What was learned, by row. */
export interface Learned {
  /** Item factors, items x dim. */
  readonly factors: Float64Array;
  readonly dim: number;
  /** Weighted number of people that dealt with each item, as summed: noise may make it negative. */
  readonly counts: Float64Array;
  /** Weighted number of people behind each item's count. */
  readonly people: Float64Array;
  /** Variance of the noise in each item's count. */
  readonly countVariance: Float64Array;
}

/** The same with the items that the rows are of, in the order by which tasks number them. */
export interface LearnedItems extends Learned {
  readonly items: readonly string[];
}

/** What is public about items: who they are and their content vectors. A joined model is one. */
export interface PublicItems {
  readonly catalogue: readonly Pick<CatalogueCard, "item">[];
  readonly content: QuantizedRows;
  readonly contentDim: number;
}

/** The public side of these items, in their order; zeros for the content of one that is not known. */
export function publicSideFor(items: readonly string[], known: PublicItems): PublicItems {
  const { content, contentDim } = known;
  const rowOf = new Map(known.catalogue.map(({ item }, row) => [item, row]));
  const values = new Int8Array(items.length * contentDim);
  const scales = new Float32Array(items.length);
  for (const [at, item] of items.entries()) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    values.set(content.values.subarray(row * contentDim, (row + 1) * contentDim), at * contentDim);
    scales[at] = content.scales[row];
  }
  return { catalogue: items.map((item) => ({ item })), content: { values, scales }, contentDim };
}
