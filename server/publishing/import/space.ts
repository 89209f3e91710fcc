/**
 * The content space: fitted to a catalogue once, then kept, so that an item's row depends on the item alone.
 *
 *   row_i = a_i P / |a_i P|,   P = V S^(p - 1),   A ≈ U S V^T the fitted items' TF-IDF rows
 *
 * a_i P is row i of U S^p for an item that was fitted, and the projection of any other. A catalogue that has
 * moved on, with words the space does not know, calls for another one: see `isOutgrown`.
 *
 * With encoders a row has more parts, by meaning and by the item's picture (meaning.ts), each of length 1
 * times a weight, and zeros where an item has nothing of it:
 *
 *   row_i = [ sqrt(1 - w - p) words_i , sqrt(w) meaning_i , sqrt(p) picture_i ] / its length
 */
import * as v from "valibot";
import { ByteReader, ByteWriter } from "../../../core/bytes.ts";
import { jsonFromText } from "../../../core/json.ts";
import { issueText } from "../../../core/wire/issues.ts";
import { tellingPrefixes } from "./idmeaning.ts";
import { type MeaningSpace, meaningInto } from "./meaning.ts";
import { truncatedSvd } from "./svd.ts";
import { tfIdf, type Vocabulary, vocabularyOf, type WeighingOptions, weightsOf } from "./tfidf.ts";
import { type ContentItem, tokensOf } from "./tokens.ts";

export interface SpaceOptions extends Partial<WeighingOptions> {
  /** Most numbers per row. */
  readonly dim: number;
  /** Each component is multiplied by its singular value raised to this. */
  readonly singularPower?: number;
  /** A token must stand in at least this many items to count. */
  readonly minItems?: number;
}

export interface ContentSpace {
  readonly vocabulary: Vocabulary;
  /** Numbers per row that are by words. */
  readonly dim: number;
  /** P, a row of `dim` for each token of the vocabulary. */
  readonly basis: Float32Array;
  /** Null where no row has one by meaning. */
  readonly meaning: MeaningSpace | null;
  /** Null where no row has one by a picture. */
  readonly pictures: MeaningSpace | null;
}

/** What a space has beside words. */
export type BesideWords = Pick<ContentSpace, "meaning" | "pictures">;

/** An item's vectors by the encoders of the space's parts; null where it has none. */
export interface VectorsOfItem {
  readonly meaning: ArrayLike<number> | null;
  readonly picture: ArrayLike<number> | null;
}

const nothingBeside: BesideWords = { meaning: null, pictures: null };

/** Numbers per row. */
export function rowDim({ dim, meaning, pictures }: Pick<ContentSpace, "dim"> & BesideWords): number {
  return dim + (meaning?.dim ?? 0) + (pictures?.dim ?? 0);
}

/** Enough for any shop's words; a basis of them is 31 MB at 384 numbers each. */
const mostTokens = 20_000;

const weighing: WeighingOptions = { idPrefixes: [], pairs: false, idfPower: 1, metadataWeight: 1 };
/** Lengths of the beginnings of ids that count where they carry meaning. */
const prefixLengths = [3, 4];

/** By words alone, unless more is fitted beside it. */
export function fitSpace(
  items: readonly ContentItem[],
  { dim, singularPower = 1, minItems = 2, ...options }: SpaceOptions,
  beside: Partial<BesideWords> = nothingBeside,
): ContentSpace {
  const { meaning, pictures } = { ...nothingBeside, ...beside };
  const { idPrefixes = tellingPrefixes(items, prefixLengths) } = options;
  const vocabulary = vocabularyOf(items, { ...weighing, ...options, idPrefixes }, { minItems, mostTokens });
  const { v, singularValues, rank } = truncatedSvd(tfIdf(items, vocabulary), { rank: dim });
  const strengths = singularValues.map((value) => value ** (singularPower - 1));
  // Items that share no word have a space all the same: every row in it is zero.
  if (rank === 0) {
    return { vocabulary, dim: 1, basis: new Float32Array(vocabulary.weights.length), meaning, pictures };
  }
  const basis = Float32Array.from(v, (value, at) => value * strengths[at % rank]);
  return { vocabulary, dim: rank, basis, meaning, pictures };
}

/**
 * Writes the item's row, `rowDim(space)` numbers of length 1, into `row`; zeros for an item of which nothing is
 * known.
 */
export function projectInto(
  row: Float64Array,
  item: ContentItem,
  space: ContentSpace,
  vectors: Partial<VectorsOfItem> = {},
): void {
  const { dim } = space;
  row.fill(0);
  wordsInto(row, item, space);
  toLengthInPlace(row, 0, dim, 1);
  let from = dim;
  let left = 1;
  for (const [part, vector] of [
    [space.meaning, vectors.meaning ?? null],
    [space.pictures, vectors.picture ?? null],
  ] as const) {
    if (part === null) continue;
    if (vector !== null) {
      meaningInto(row, from, vector, part);
      toLengthInPlace(row, from, from + part.dim, Math.sqrt(part.weight));
      left -= part.weight;
    }
    from += part.dim;
  }
  if (left === 1) return;
  toLengthInPlace(row, 0, dim, Math.sqrt(Math.max(0, left)));
  toLengthInPlace(row, 0, row.length, 1);
}

function wordsInto(row: Float64Array, item: ContentItem, { vocabulary, dim, basis }: ContentSpace): void {
  const { columns, values } = weightsOf(item, vocabulary);
  for (let at = 0; at < columns.length; at++) {
    const start = columns[at] * dim;
    const value = values[at];
    for (let k = 0; k < dim; k++) row[k] += value * basis[start + k];
  }
}

/** Stretches numbers `from` .. `to` to that length together; what is numerically nothing becomes zeros. */
function toLengthInPlace(row: Float64Array, from: number, to: number, length: number): void {
  let square = 0;
  for (let k = from; k < to; k++) square += row[k] * row[k];
  if (square < 1e-20) {
    row.fill(0, from, to);
    return;
  }
  const norm = Math.sqrt(square);
  for (let k = from; k < to; k++) row[k] = (length * row[k]) / norm;
}

/** More than this part of what a catalogue's tokens weigh may not be unknown to its space. */
const mostUnknown = 0.2;

/**
 * Whether a space fitted to these items now would be much another: of what its tokens weigh, more than a
 * fifth is unknown to the old one, or the old one has less than half the numbers per row it could have, or
 * more than it may.
 */
export function isOutgrown(
  space: ContentSpace,
  items: readonly ContentItem[],
  { dim, minItems = 2 }: Pick<SpaceOptions, "dim" | "minItems">,
): boolean {
  const fresh = vocabularyOf(items, space.vocabulary, { minItems, mostTokens });
  const possible = Math.min(dim, items.length, fresh.weights.length);
  if (space.dim > dim || 2 * space.dim < possible) return true;
  let unknown = 0;
  let all = 0;
  for (const item of items) {
    for (const token of tokensOf(item, fresh)) {
      const column = fresh.columnOf.get(token);
      if (column === undefined) continue;
      all += fresh.weights[column];
      if (!space.vocabulary.columnOf.has(token)) unknown += fresh.weights[column];
    }
  }
  return unknown > mostUnknown * all;
}

export function encodeSpace(space: ContentSpace): Uint8Array<ArrayBuffer> {
  const { vocabulary, dim, basis, meaning, pictures } = space;
  const { columnOf, weights, ...options } = vocabulary;
  const said = {
    ...options,
    dim,
    tokens: [...columnOf.keys()],
    ...(meaning === null ? {} : { meaning: saidOf(meaning) }),
    ...(pictures === null ? {} : { pictures: saidOf(pictures) }),
  };
  const header = new TextEncoder().encode(JSON.stringify(said));
  const floats = [basis, ...floatsIn(meaning), ...floatsIn(pictures)];
  const count = floats.reduce((sum, { length }) => sum + length, 0);
  const numbers = new DataView(new ArrayBuffer(8 * weights.length + 4 * count));
  for (const [k, value] of weights.entries()) numbers.setFloat64(8 * k, value, true);
  let at = 8 * weights.length;
  for (const values of floats) {
    for (const [k, value] of values.entries()) numbers.setFloat32(at + 4 * k, value, true);
    at += 4 * values.length;
  }
  return new ByteWriter().block(header).raw(new Uint8Array(numbers.buffer)).finish();
}

function saidOf({ axes: _axes, centre, ...said }: MeaningSpace) {
  return { ...said, ...(centre === null ? {} : { centred: true }) };
}

function floatsIn(part: MeaningSpace | null): readonly Float32Array[] {
  if (part === null) return [];
  return part.centre === null ? [part.axes] : [part.axes, part.centre];
}

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const partSchema = v.object({
  encoder: v.string(),
  from: v.pipe(whole, v.maxValue(4096)),
  dim: v.pipe(whole, v.maxValue(4096)),
  weight: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** Whether a centre follows the axes. */
  centred: v.optional(v.boolean(), false),
});
const headerSchema = v.object({
  dim: whole,
  tokens: v.pipe(v.array(v.string()), v.maxLength(mostTokens)),
  idPrefixes: v.array(whole),
  pairs: v.boolean(),
  idfPower: v.number(),
  metadataWeight: v.number(),
  meaning: v.optional(partSchema),
  /** Older spaces have none. */
  pictures: v.optional(partSchema),
});

/**
 * The inverse of `encodeSpace`, for bytes from the server's own store.
 *
 * @throws {TypeError | RangeError} `parseSpace: …`
 */
export function parseSpace(bytes: Uint8Array): ContentSpace {
  const reader = new ByteReader(bytes, "parseSpace");
  const parsed = v.safeParse(
    headerSchema,
    jsonFromText(new TextDecoder().decode(reader.block("header")), "parseSpace"),
  );
  if (!parsed.success) throw new TypeError(issueText("parseSpace", parsed.issues[0]));
  const { dim, tokens, meaning, pictures, ...options } = parsed.output;
  const floatsOf = (count: number, what: string) => {
    const part = reader.raw(4 * count, what);
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    return Float32Array.from({ length: count }, (_, k) => view.getFloat32(4 * k, true));
  };
  const part = reader.raw(8 * tokens.length, "weights");
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  const weights = Float64Array.from(tokens, (_, k) => view.getFloat64(8 * k, true));
  const basis = floatsOf(tokens.length * dim, "numbers");
  const partOf = (said: v.InferOutput<typeof partSchema> | undefined, what: string): MeaningSpace | null => {
    if (said === undefined) return null;
    const { centred, ...part } = said;
    const axes = floatsOf(part.dim * part.from, `numbers of ${what}`);
    return { ...part, axes, centre: centred ? floatsOf(part.from, `centre of ${what}`) : null };
  };
  const beside = { meaning: partOf(meaning, "meaning"), pictures: partOf(pictures, "pictures") };
  reader.end();
  const columnOf = new Map(tokens.map((token, column) => [token, column]));
  return { vocabulary: { ...options, columnOf, weights }, dim, basis, ...beside };
}
