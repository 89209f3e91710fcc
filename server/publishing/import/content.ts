/**
 * Content vectors: public item vectors made from titles, texts and metadata alone.
 *
 * TF-IDF of the tokens, then a truncated SVD, then rows of length 1. Deterministic: the same catalogue gives the same
 * vectors. An item without known tokens has a row of zeros.
 */
import { type SparseRows, truncatedSvd } from "./svd.ts";
import { type ContentItem, tokensOf } from "./tokens.ts";

export type { ContentItem } from "./tokens.ts";

export interface ContentOptions {
  /** Numbers per item. */
  readonly dim: number;
  readonly idPrefixes?: readonly number[];
  readonly pairs?: boolean;
  /** idf is raised to this. */
  readonly idfPower?: number;
  /** Each component is multiplied by its singular value raised to this. */
  readonly singularPower?: number;
  /** A token must stand in at least this many items to count. */
  readonly minItems?: number;
  /** Weight of metadata tokens against words. */
  readonly metadataWeight?: number;
}

/** Rows of `dim` numbers, one per item, in the order of `items`. */
export function contentVectors(items: readonly ContentItem[], options: ContentOptions): Float32Array {
  const { dim, singularPower = 1 } = options;
  const vectors = new Float32Array(items.length * dim);
  const { u, singularValues, rank } = truncatedSvd(tfIdf(items, options), { rank: dim });
  const strengths = singularValues.map((value) => value ** singularPower);
  const row = new Float64Array(rank);
  for (let item = 0; item < items.length; item++) {
    let square = 0;
    for (let k = 0; k < rank; k++) {
      row[k] = u[item * rank + k] * strengths[k];
      square += row[k] * row[k];
    }
    if (square < 1e-20) continue;
    const norm = Math.sqrt(square);
    for (let k = 0; k < rank; k++) vectors[item * dim + k] = row[k] / norm;
  }
  return vectors;
}

/** Sparse rows of (1 + ln tf) * idf, each of length 1; tokens in the order they first appear. */
export function tfIdf(items: readonly ContentItem[], options: ContentOptions): SparseRows {
  const { idPrefixes = [3, 4], pairs = false, idfPower = 1, minItems = 2, metadataWeight = 1 } = options;
  const counted = items.map((item) => countTokens(tokensOf(item, { idPrefixes, pairs })));
  const itemsWith = new Map<string, number>();
  for (const counts of counted) {
    for (const token of counts.keys()) itemsWith.set(token, (itemsWith.get(token) ?? 0) + 1);
  }
  const columnOf = new Map<string, number>();
  for (const [token, count] of itemsWith) if (count >= minItems) columnOf.set(token, columnOf.size);
  const starts = new Uint32Array(items.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (const [at, counts] of counted.entries()) {
    let square = 0;
    for (const [token, times] of counts) {
      const column = columnOf.get(token);
      if (column === undefined) continue;
      const idf = Math.log((1 + items.length) / (1 + (itemsWith.get(token) ?? 0))) + 1;
      const weight = token.includes(":") ? metadataWeight : 1;
      const value = weight * (1 + Math.log(times)) * idf ** idfPower;
      columns.push(column);
      values.push(value);
      square += value * value;
    }
    starts[at + 1] = columns.length;
    const norm = Math.sqrt(square);
    for (let entry = starts[at]; entry < starts[at + 1]; entry++) values[entry] /= norm;
  }
  return {
    starts,
    columns: Uint32Array.from(columns),
    values: Float64Array.from(values),
    columnCount: columnOf.size,
  };
}

function countTokens(tokens: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
