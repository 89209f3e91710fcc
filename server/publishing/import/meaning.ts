/**
 * The part of a content row that says what a text means: its encoder's vector, in fewer numbers.
 *
 *   m_i = e_i A^T / |e_i A^T|,   A: the first `dim` right singular vectors of the fitted items' vectors, as rows
 *
 * The axes are fitted to a catalogue once and kept with the words' space (space.ts), so that an item's row
 * depends on the item alone.
 */
import { addOuterSumInto, mirrorInPlace } from "../../../core/linear.ts";
import { symmetricEigen } from "./symmetriceigen.ts";
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

export interface MeaningSpace extends MeaningOptions {
  readonly encoder: string;
  /** Numbers per vector of the encoder. */
  readonly from: number;
  /** A: `dim` rows of `from` numbers. */
  readonly axes: Float32Array;
}

/** Fewer axes than wanted where the vectors have fewer directions; null where they say nothing at all. */
export function fitMeaning(
  { encoder, dim: from, values }: EncodedItems,
  { dim, weight }: MeaningOptions,
): MeaningSpace | null {
  const gram = new Float64Array(from * from);
  const rowInto = (row: number, out: Float64Array): number => {
    for (let k = 0; k < from; k++) out[k] = values[row * from + k];
    return 1;
  };
  addOuterSumInto(gram, { count: values.length / from, dim: from, rowInto });
  mirrorInPlace(gram, from);
  const eigen = symmetricEigen(gram, from);
  const places = Array.from(eigen.values.keys()).sort((one, two) => eigen.values[two] - eigen.values[one]);
  const negligible = 1e-9 * eigen.values[places[0]];
  const kept = places.filter((place) => eigen.values[place] > negligible).slice(0, dim);
  if (kept.length === 0) return null;
  const axes = new Float32Array(kept.length * from);
  for (const [at, place] of kept.entries()) {
    axes.set(signed(eigen.vectors.subarray(place * from, (place + 1) * from)), at * from);
  }
  return { encoder, from, dim: kept.length, weight, axes };
}

/** Writes the row, of length 1, into `out` from `at` on; zeros for a vector that says nothing. */
export function meaningInto(
  out: Float64Array,
  at: number,
  vector: ArrayLike<number>,
  { from, dim, axes }: MeaningSpace,
): void {
  let square = 0;
  for (let row = 0; row < dim; row++) {
    let product = 0;
    for (let k = 0; k < from; k++) product += axes[row * from + k] * vector[k];
    out[at + row] = product;
    square += product * product;
  }
  const length = square < 1e-20 ? Number.POSITIVE_INFINITY : Math.sqrt(square);
  for (let row = 0; row < dim; row++) out[at + row] /= length;
}

/** Of an axis and its opposite, the one whose entry of largest magnitude is positive. */
function signed(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
  return largest < 0 ? axis.map((value) => -value) : axis;
}
