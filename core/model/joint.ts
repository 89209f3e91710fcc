/**
 * Joint rows: what the catalogue is ranked by, public content beside what the crowd taught.
 *
 *   h_i = [ contentScale * (1 + popularityWeight * share_i)^popularityPower * content_i , factorScale * factors_i ]
 *
 * share_i is the share of people, 0..1, that dealt with item i. A longer content row is recommended more
 * readily, so popularity enters without a term of its own and the score stays an inner product. Browser,
 * server and benches build their rows here and nowhere else.
 */
import type { StretchedRows } from "../linear/loops.ts";
import { addStretchedProductsInto } from "../linear.ts";
import type { Rows } from "../rows.ts";
import type { QuantizedRows } from "./quantize.ts";

/** What of a model its joint rows are made from; a part of scale 0 is left out. */
export interface JointParts {
  /** Rows of `contentDim`. */
  readonly content: QuantizedRows;
  readonly contentDim: number;
  readonly contentScale: number;
  /** Rows of `factorDim`. */
  readonly factors: QuantizedRows;
  readonly factorDim: number;
  readonly factorScale: number;
  /** Share of people per item, 0..1; its length is the number of items. */
  readonly popularity: ArrayLike<number>;
  readonly popularityWeight: number;
  readonly popularityPower: number;
}

/**
 * The rows, read from the int8 rows that they are made of: nothing of the catalogue's size is made but two
 * numbers a row. A `JoinedModel` is a `JointParts`.
 *
 * @throws {RangeError} when a part has not as many rows as there are shares.
 */
export function jointRows(parts: JointParts): Rows {
  const { content, factors, contentDim, factorDim, contentScale, factorScale } = parts;
  const count = parts.popularity.length;
  requireRows("content", content, count, contentDim);
  requireRows("factors", factors, count, factorDim);
  const fromContent: StretchedRows = {
    values: content.values,
    stretches: contentStretches(parts),
    dim: contentScale === 0 ? 0 : contentDim,
  };
  const fromFactors: StretchedRows = {
    values: factors.values,
    stretches: Float64Array.from(factors.scales, (scale) => factorScale * scale),
    dim: factorScale === 0 ? 0 : factorDim,
  };
  const dim = fromContent.dim + fromFactors.dim;
  return {
    count,
    dim,
    rowInto: (row, out) => {
      stretchedRowInto(fromContent, row, out, 0);
      stretchedRowInto(fromFactors, row, out, fromContent.dim);
    },
    productsInto: (vector, out) => {
      out.fill(0, 0, count);
      addStretchedProductsInto(fromContent, { vector, from: 0 }, out);
      addStretchedProductsInto(fromFactors, { vector, from: fromContent.dim }, out);
    },
  };
}

function contentStretches(parts: JointParts): Float64Array {
  const { scales } = parts.content;
  const stretches = new Float64Array(scales.length);
  for (let row = 0; row < scales.length; row++) stretches[row] = contentStretch(parts, row) * scales[row];
  return stretches;
}

/** What a content row is multiplied by beside its own scale. */
function contentStretch(parts: JointParts, row: number): number {
  const { popularity, popularityWeight, popularityPower, contentScale } = parts;
  return contentScale * (1 + popularityWeight * popularity[row]) ** popularityPower;
}

function stretchedRowInto(
  { values, stretches, dim }: StretchedRows,
  row: number,
  out: Float64Array,
  from: number,
): void {
  const stretch = stretches[row];
  const start = row * dim;
  for (let k = 0; k < dim; k++) out[from + k] = stretch * values[start + k];
}

/** Smallest part of the longest row's square that lambda may be. */
const leastRidge = 1e-9;
/** Of an int8 number. */
const largestSquare = 128 ** 2;

/**
 * Refuses rows on which folding in may fail, without building them. What is added to the diagonal is lambda for
 * each taste and for each unobserved pair, what else is in the matrix at most the square of the longest row: so
 * the matrix stays positive definite after rounding, whatever the tastes (Higham 2002, Theorem 10.7).
 *
 * @throws {RangeError} when lambda is too small for the longest row.
 */
export function requireSolvable(parts: JointParts & { readonly lambda: number }): void {
  const { content, contentDim, factors, factorDim, factorScale, lambda } = parts;
  let longest = 0;
  for (let i = 0; i < parts.popularity.length; i++) {
    const ofContent = (contentStretch(parts, i) * content.scales[i]) ** 2;
    const ofFactors = (factorScale * factors.scales[i]) ** 2;
    // Nearly all rows are short enough whatever their numbers.
    const most = (ofContent * contentDim + ofFactors * factorDim) * largestSquare;
    if (lambda >= leastRidge * most) continue;
    const square = ofContent * squareOf(content, contentDim, i) + ofFactors * squareOf(factors, factorDim, i);
    longest = Math.max(longest, square);
  }
  if (!(lambda >= leastRidge * longest)) {
    throw new RangeError(
      `requireSolvable: lambda must be at least ${leastRidge * longest} with rows of length ${Math.sqrt(longest)}, got ${lambda}`,
    );
  }
}

function squareOf({ values }: QuantizedRows, dim: number, row: number): number {
  let square = 0;
  for (let at = row * dim; at < (row + 1) * dim; at++) square += values[at] * values[at];
  return square;
}

/**
 * The scale that gives factors a root-mean-square row length of `length`; 0 for factors that are numerically
 * nothing.
 * Factors have no natural length (V and X may trade any constant), so the scale is fitted to each
 * publication.
 */
export function scaleToLength(factors: ArrayLike<number>, dim: number, length: number): number {
  return isNothing(factors, dim) ? 0 : length / rowLength(factors, dim);
}

/** Rows that fit targets of 1 have lengths about 1: shorter than this, only rounding is left of them. */
const leastLength = 1e-6;

/** Whether factors are numerically nothing. */
export function isNothing(factors: ArrayLike<number>, dim: number): boolean {
  return factors.length === 0 || rowLength(factors, dim) < leastLength;
}

/** Root-mean-square length of the rows. */
function rowLength(factors: ArrayLike<number>, dim: number): number {
  let square = 0;
  for (let k = 0; k < factors.length; k++) square += factors[k] * factors[k];
  return Math.sqrt((square * dim) / factors.length);
}

function requireRows(name: string, rows: QuantizedRows, count: number, dim: number): void {
  if (rows.values.length !== count * dim || rows.scales.length !== count) {
    throw new RangeError(
      `jointRows: ${name} must have ${count} rows of ${dim} numbers, got ${rows.scales.length} scales and ${rows.values.length} numbers`,
    );
  }
}

/**
 * How joint rows are made and folded in on, chosen on validation people of Online Retail
 * (docs/decisions/0005-one-round-from-content.md). A site may choose otherwise: an edition carries its own
 * numbers.
 */
export const jointDefaults = {
  contentScale: 1,
  /** Root-mean-square length that `scaleToLength` gives the factors. */
  factorLength: 4,
  popularityWeight: 3000,
  popularityPower: 0.3,
  /** Fold-in with factors beside content. */
  joint: { alpha0: 0.2, lambda: 0.006 },
  /** Fold-in while there is content only. */
  contentOnly: { alpha0: 0.15, lambda: 0.006 },
} as const;
