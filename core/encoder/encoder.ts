/**
 * Texts to vectors that are near where the texts mean the like: by the manifest, a tokenizer and whatever
 * runs the graph.
 *
 * Texts of the same number of tokens are run together, so that none is padded: what a batch holds beside a
 * text changes nothing of its vector, down to the last bit of what the graph adds up.
 */
import type { TextManifest } from "./manifest.ts";

/** Texts to vectors, or what else an encoder takes. */
export interface Encoder<Input = string> {
  /** Whoever has the same id gives the same vectors. */
  readonly id: string;
  readonly name: string;
  /** Numbers per vector. */
  readonly dim: number;
  /** Rows of `dim` numbers, each of length 1, in the order of what was given. */
  readonly encode: (inputs: readonly Input[]) => Promise<Float32Array>;
  /** Frees the model's memory; nothing can be encoded afterwards. */
  readonly close: () => Promise<void>;
}

/** Texts of one length as a graph takes them: `count` rows of `tokens` ids. */
export interface TokenBatch {
  readonly ids: BigInt64Array;
  readonly count: number;
  readonly tokens: number;
}

/** Runs the graph once: the named output's numbers, row by row. */
export type RunGraph = (batch: TokenBatch) => Promise<Float32Array>;

/** A text's token ids, those at its ends included unless `ends` is false. */
export type Tokenize = (text: string, ends: boolean) => readonly number[];

export interface EncodingParts {
  readonly manifest: TextManifest;
  readonly tokenize: Tokenize;
  readonly run: RunGraph;
}

/** @throws {RangeError} when the graph gives other numbers than the manifest says. */
export function encodeWith(parts: EncodingParts): Encoder["encode"] {
  const { manifest, tokenize, run } = parts;
  const { dim, mostTexts, prefix } = manifest;
  const endsOf = tokensAtEnd(tokenize);
  return async (texts) => {
    const vectors = new Float32Array(texts.length * dim);
    const tokens = texts.map((text) => shortened(tokenize(prefix + text, true), manifest.maxTokens, endsOf));
    for (const rows of batchesOf(tokens, mostTexts)) {
      const batch = batchOf(rows.map((row) => tokens[row]));
      const pooled = pooledRows(await run(batch), batch, manifest);
      for (const [at, row] of rows.entries())
        vectors.set(pooled.subarray(at * dim, (at + 1) * dim), row * dim);
    }
    return vectors;
  };
}

/** Tokens that stand after every text, such as [SEP]: they stay where a text is cut. */
function tokensAtEnd(tokenize: Tokenize): number {
  const inner = tokenize("a", false);
  const whole = tokenize("a", true);
  const before = whole.findIndex((_, at) => inner.every((id, k) => whole[at + k] === id));
  return before < 0 ? 0 : whole.length - before - inner.length;
}

function shortened(ids: readonly number[], most: number, atEnd: number): readonly number[] {
  if (ids.length <= most) return ids;
  return [...ids.slice(0, most - atEnd), ...ids.slice(ids.length - atEnd)];
}

/** Places of texts of one length, at most so many together, in an order that depends on the lengths alone. */
function batchesOf(texts: readonly (readonly number[])[], most: number): readonly (readonly number[])[] {
  const byLength = new Map<number, number[]>();
  for (const [row, { length }] of texts.entries())
    byLength.set(length, [...(byLength.get(length) ?? []), row]);
  return [...byLength.values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / most) }, (_, k) => rows.slice(k * most, (k + 1) * most)),
  );
}

function batchOf(texts: readonly (readonly number[])[]): TokenBatch {
  const tokens = texts[0].length;
  const ids = new BigInt64Array(texts.length * tokens);
  for (const [at, text] of texts.entries()) {
    for (const [k, id] of text.entries()) ids[at * tokens + k] = BigInt(id);
  }
  return { ids, count: texts.length, tokens };
}

/** One vector of length 1 a text; zeros where the graph gives zeros. */
function pooledRows(
  numbers: Float32Array,
  { count, tokens }: TokenBatch,
  { dim, pooling, name }: TextManifest,
): Float32Array {
  const perText = pooling === "in graph" ? 1 : tokens;
  if (numbers.length !== count * perText * dim) {
    const got = numbers.length / (count * perText);
    throw new RangeError(
      `encode: ${name} must give vectors of ${dim} numbers, as its manifest says, got ${got}`,
    );
  }
  const taken = pooling === "mean" ? tokens : 1;
  const rows = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const sums = new Float64Array(dim);
    for (let token = 0; token < taken; token++) {
      const from = (row * perText + token) * dim;
      for (let k = 0; k < dim; k++) sums[k] += numbers[from + k];
    }
    unitInto(rows, row * dim, sums, name);
  }
  return rows;
}

/**
 * Writes a vector into `out` from `at` on, of length 1; zeros stay zeros.
 *
 * @param name of the encoder.
 * @throws {RangeError} for numbers that are not finite.
 */
export function unitInto(out: Float32Array, at: number, vector: ArrayLike<number>, name: string): void {
  let square = 0;
  for (let k = 0; k < vector.length; k++) square += vector[k] * vector[k];
  const length = Math.sqrt(square);
  if (!Number.isFinite(length))
    throw new RangeError(`encode: ${name} must give finite numbers, got ${length}`);
  for (let k = 0; k < vector.length; k++) out[at + k] = length > 0 ? vector[k] / length : 0;
}
