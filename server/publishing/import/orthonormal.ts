/**
 * An orthonormal basis of what the columns of a matrix span.
 *
 * In blocks where the columns are well apart: X^T X = L L^T and Q = X L^-T, twice, which leaves Q orthonormal
 * to rounding ("CholeskyQR2", Yamamoto et al. 2015). Its pivots tell how far apart they are. Where some are
 * nearly or wholly in the span of others, one after the other by Gram-Schmidt, which drops those.
 */
import { choleskyInPlace, gramOf, pairProductsInto } from "../../../core/linear.ts";

/** Vectors of `count` numbers as the columns of a row-major matrix, `count` x `width`. */
export interface Columns {
  readonly values: Float64Array;
  readonly count: number;
  readonly width: number;
}

/** As many columns as the span has directions. */
export function orthonormal(columns: Columns): Columns {
  const once = blocked(columns);
  const twice = once === null ? null : blocked(once);
  return twice ?? oneByOne(columns);
}

/**
 * A basis of the same span, orthonormal to about 1e-8: enough to go on multiplying from, where all of
 * `orthonormal` would be twice the work.
 */
export function nearlyOrthonormal(columns: Columns): Columns {
  return blocked(columns) ?? oneByOne(columns);
}

/** Square of a column's part beside those before it, of the whole: below, rounding would speak. */
const leastPivot = 1e-8;

/** Q = X L^-T; null where the pivots are too small for it. */
function blocked({ values, count, width }: Columns): Columns | null {
  const factor = gramOf(values, count, width);
  const squares = Float64Array.from({ length: width }, (_, k) => factor[k * width + k]);
  try {
    choleskyInPlace(factor, width);
  } catch (error) {
    // Not positive definite: some column is in the span of others.
    if (error instanceof RangeError) return null;
    throw error;
  }
  for (let k = 0; k < width; k++) {
    if (!(factor[k * width + k] ** 2 > leastPivot * squares[k])) return null;
  }
  const out = new Float64Array(count * width);
  const inverse = inverseOf(factor, width);
  pairProductsInto({ values, count, dim: width }, { values: inverse, count: width, dim: width }, out);
  return { values: out, count, width };
}

/** Inverse of a lower triangular matrix, by rows; its upper triangle is zeros. */
function inverseOf(lower: Float64Array, width: number): Float64Array {
  const inverse = new Float64Array(width * width);
  for (let row = 0; row < width; row++) {
    const start = row * width;
    for (let before = 0; before < row; before++) {
      const factor = -lower[start + before];
      const from = before * width;
      for (let k = 0; k <= before; k++) inverse[start + k] += factor * inverse[from + k];
    }
    const pivot = lower[start + row];
    for (let k = 0; k < row; k++) inverse[start + k] /= pivot;
    inverse[start + row] = 1 / pivot;
  }
  return inverse;
}

/**
 * Gram-Schmidt, each vector projected again while it still shrinks ("twice is enough", Parlett 1980).
 * A vector that lies in the span of those before it is dropped.
 */
function oneByOne({ values, count, width }: Columns): Columns {
  const basis: Float64Array[] = [];
  for (let column = 0; column < width; column++) {
    const vector = Float64Array.from({ length: count }, (_, row) => values[row * width + column]);
    const original = Math.sqrt(innerProduct(vector, vector));
    let before = original;
    let norm = original;
    do {
      before = norm;
      for (const unit of basis) addScaledInto(vector, unit, -innerProduct(unit, vector));
      norm = Math.sqrt(innerProduct(vector, vector));
    } while (norm > 1e-10 * original && norm < 0.7 * before);
    if (!(norm > 1e-10 * original)) continue;
    for (let row = 0; row < count; row++) vector[row] /= norm;
    basis.push(vector);
  }
  const out = new Float64Array(count * basis.length);
  for (const [column, vector] of basis.entries()) {
    for (let row = 0; row < count; row++) out[row * basis.length + column] = vector[row];
  }
  return { values: out, count, width: basis.length };
}

function innerProduct(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < a.length; k += 2) {
    even += a[k] * b[k];
    odd += a[k + 1] * b[k + 1];
  }
  if (k < a.length) even += a[k] * b[k];
  return even + odd;
}

function addScaledInto(target: Float64Array, source: Float64Array, factor: number): void {
  for (let k = 0; k < target.length; k++) target[k] += factor * source[k];
}
