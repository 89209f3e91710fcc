/** What the server knows of items: learned from sums, and public anyway. */
import type { CatalogueCard } from "../../../core/model/bundle.ts";
import type { QuantizedRows } from "../../../core/model/quantize.ts";

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

/** What is public about items: who they are and their content vectors. A bundle is one. */
export interface PublicItems {
  readonly catalogue: readonly Pick<CatalogueCard, "item">[];
  readonly content: QuantizedRows;
  readonly contentDim: number;
}
