/**
 * The part of a content row that says what a text means: its encoder's vector, in fewer numbers; likewise the
 * part that says what a picture looks like.
 *
 *   m_i = (e_i - c) A^T / |(e_i - c) A^T|,
 *   A: the first `dim` right singular vectors of the fitted items' vectors less c, as rows
 *
 * c is zero for texts. For pictures it is the fitted items' mean: a network for images gives numbers of at
 * least zero, so that any two of its vectors are alike, and what a shop's pictures share says nothing.
 *
 * The axes are fitted to a catalogue once and kept with the words' space (space.ts), so that an item's row
 * depends on the item alone.
 */
import { addOuterSumInto, mirrorInPlace } from "../../../core/linear.ts";
import { strongestAxes } from "./axes.ts";
import type { ContentItem } from "./tokens.ts";

/** What of an item its encoder is given. Categories are words' business: here they add nothing. */
export function meaningText({ title, text }: ContentItem): string {
  return text === undefined ? title : `${title}. ${text}`;
}

/** Vectors that an encoder gave, one an item, in the items' order. */
export interface EncodedItems {
  /** Id of the encoder. */
  readonly encoder: string;
  /** Numbers per vector. */
  readonly dim: number;
  readonly values: Float32Array;
}

/** Vectors of items, of which some may have none. */
export interface ItemVectors {
  /** Id of the encoder. */
  readonly encoder: string;
  /** Numbers per vector. */
  readonly dim: number;
  /** Items. */
  readonly count: number;
  /** Writes an item's vector into `out`; false, with nothing written, for an item that has none. */
  readonly readInto: (out: Float32Array, at: number) => boolean;
}

export function vectorsOf(encoded: EncodedItems): ItemVectors {
  const { encoder, dim, values } = encoded;
  const readInto = (out: Float32Array, at: number) => {
    out.set(vectorIn(encoded, at));
    return true;
  };
  return { encoder, dim, count: values.length / dim, readInto };
}

export function vectorIn({ values, dim }: EncodedItems, at: number): Float32Array {
  return values.subarray(at * dim, (at + 1) * dim);
}

export interface MeaningOptions {
  /** Most numbers per row. */
  readonly dim: number;
  /** Part of a row's square that meaning has beside words, 0..1. */
  readonly weight: number;
}

/** Chosen on validation people of Online Retail: `npm run bench:coldstart -- --validation`. */
export const meaningDefaults: MeaningOptions = { dim: 192, weight: 0.3 };

/** Not measured: nobody has published a shop's log with its pictures (docs/decisions/0041-pictures.md). */
export const pictureDefaults: MeaningOptions = { dim: 128, weight: 0.2 };

export interface MeaningSpace extends MeaningOptions {
  readonly encoder: string;
  /** Numbers per vector of the encoder. */
  readonly from: number;
  /** A: `dim` rows of `from` numbers. */
  readonly axes: Float32Array;
  /** c, of `from` numbers; null for zero. */
  readonly centre: Float32Array | null;
}

/** Most vectors that a space is fitted to: more of them add minutes, not directions. */
const mostFitted = 20_000;

/** Fewer axes than wanted where the vectors have fewer directions; null where they say nothing at all. */
export function fitMeaning(encoded: EncodedItems, options: MeaningOptions): MeaningSpace | null {
  return fitAxes(vectorsOf(encoded), options, null);
}

/** Likewise, around the pictures' mean. */
export function fitPictures(pictures: ItemVectors, options: MeaningOptions): MeaningSpace | null {
  const sampled = sampleOf(pictures);
  return fitAxes(sampled, options, meanOf(sampled));
}

function fitAxes(
  { encoder, dim: from, count, readInto }: ItemVectors,
  { dim, weight }: MeaningOptions,
  centre: Float32Array | null,
): MeaningSpace | null {
  const gram = new Float64Array(from * from);
  const vector = new Float32Array(from);
  let whole = 0;
  const rowInto = (row: number, out: Float64Array): number => {
    if (!readInto(vector, row)) return 0;
    for (let k = 0; k < from; k++) {
      whole += vector[k] * vector[k];
      out[k] = vector[k] - (centre?.[k] ?? 0);
    }
    return 1;
  };
  addOuterSumInto(gram, { count, dim: from, rowInto });
  mirrorInPlace(gram, from);
  // What rounding leaves of vectors that are all the same is no direction.
  let spread = 0;
  for (let k = 0; k < from; k++) spread += gram[k * from + k];
  if (spread <= 1e-9 * whole) return null;
  const strongest = strongestAxes(gram, { from, most: dim });
  if (strongest.length === 0) return null;
  const axes = new Float32Array(strongest.length * from);
  for (const [at, axis] of strongest.entries()) axes.set(axis, at * from);
  return { encoder, from, dim: strongest.length, weight, axes, centre };
}

/** Of those that have a vector; zeros where none has. */
function meanOf({ dim, count, readInto }: ItemVectors): Float32Array {
  const sums = new Float64Array(dim);
  const vector = new Float32Array(dim);
  let having = 0;
  for (let at = 0; at < count; at++) {
    if (!readInto(vector, at)) continue;
    having++;
    for (let k = 0; k < dim; k++) sums[k] += vector[k];
  }
  return Float32Array.from(sums, (sum) => sum / Math.max(1, having));
}

/** Every so-and-so-many-th item, so that no more than `mostFitted` are read. */
function sampleOf({ readInto, ...vectors }: ItemVectors): ItemVectors {
  const step = Math.ceil(vectors.count / mostFitted);
  const count = Math.ceil(vectors.count / Math.max(1, step));
  return { ...vectors, count, readInto: (out, at) => readInto(out, at * step) };
}

/** Writes the row, of length 1, into `out` from `at` on; zeros for a vector that says nothing. */
export function meaningInto(
  out: Float64Array,
  at: number,
  vector: ArrayLike<number>,
  { from, dim, axes, centre }: MeaningSpace,
): void {
  let square = 0;
  for (let row = 0; row < dim; row++) {
    let product = 0;
    for (let k = 0; k < from; k++) product += axes[row * from + k] * (vector[k] - (centre?.[k] ?? 0));
    out[at + row] = product;
    square += product * product;
  }
  const length = square < 1e-20 ? Number.POSITIVE_INFINITY : Math.sqrt(square);
  for (let row = 0; row < dim; row++) out[at + row] /= length;
}
