/** TF-IDF: what an item's tokens weigh, given how many items of a catalogue have each. */
import type { SparseRows } from "./svd.ts";
import { type ContentItem, type TokenOptions, tokensOf } from "./tokens.ts";

export interface WeighingOptions extends TokenOptions {
  /** idf is raised to this. */
  readonly idfPower: number;
  /** Weight of metadata tokens against words. */
  readonly metadataWeight: number;
}

/** The tokens that count, each with its column and its weight. */
export interface Vocabulary extends WeighingOptions {
  readonly columnOf: ReadonlyMap<string, number>;
  /** idf of each column, powers and weights of metadata applied. */
  readonly weights: Float64Array;
}

export interface VocabularyLimits {
  /** A token must stand in at least this many items to count. */
  readonly minItems: number;
  /** Most tokens: those that most items have. */
  readonly mostTokens: number;
}

/** Tokens in the order they first appear. */
export function vocabularyOf(
  items: readonly ContentItem[],
  options: WeighingOptions,
  { minItems, mostTokens }: VocabularyLimits,
): Vocabulary {
  const itemsWith = new Map<string, number>();
  for (const item of items) {
    for (const token of new Set(tokensOf(item, options)))
      itemsWith.set(token, (itemsWith.get(token) ?? 0) + 1);
  }
  let kept = [...itemsWith].filter(([, count]) => count >= minItems);
  if (kept.length > mostTokens) {
    const fewest = kept.map(([, count]) => count).sort((a, b) => b - a)[mostTokens - 1];
    const more = kept.filter(([, count]) => count > fewest).length;
    let room = mostTokens - more;
    kept = kept.filter(([, count]) => count > fewest || (count === fewest && room-- > 0));
  }
  const { idfPower, metadataWeight } = options;
  const weights = Float64Array.from(kept, ([token, count]) => {
    const idf = Math.log((1 + items.length) / (1 + count)) + 1;
    return (token.includes(":") ? metadataWeight : 1) * idf ** idfPower;
  });
  return { ...options, columnOf: new Map(kept.map(([token], column) => [token, column])), weights };
}

export interface TokenWeights {
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

/**
 * (1 + ln tf) * idf of the tokens that the vocabulary knows, of length 1 together; nothing for an item
 * without any.
 */
export function weightsOf(item: ContentItem, vocabulary: Vocabulary): TokenWeights {
  const columns: number[] = [];
  const values: number[] = [];
  let square = 0;
  for (const [token, times] of countsOf(tokensOf(item, vocabulary))) {
    const column = vocabulary.columnOf.get(token);
    if (column === undefined) continue;
    const value = (1 + Math.log(times)) * vocabulary.weights[column];
    columns.push(column);
    values.push(value);
    square += value * value;
  }
  const norm = Math.sqrt(square);
  return { columns, values: values.map((value) => value / norm) };
}

/** The rows of all items. */
export function tfIdf(items: readonly ContentItem[], vocabulary: Vocabulary): SparseRows {
  const starts = new Uint32Array(items.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (const [at, item] of items.entries()) {
    const weights = weightsOf(item, vocabulary);
    columns.push(...weights.columns);
    values.push(...weights.values);
    starts[at + 1] = columns.length;
  }
  return {
    starts,
    columns: Uint32Array.from(columns),
    values: Float64Array.from(values),
    columnCount: vocabulary.weights.length,
  };
}

function countsOf(tokens: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
