/**
 * Directions along which vectors have most, of their gram matrix: its eigenvectors of largest eigenvalues. All
 * are computed where that is soon done, and the first alone where it is not: of 1,280 numbers the first 128
 * take 2 s, all of them 14 s.
 */
import { truncatedSvd } from "./svd.ts";
import { symmetricEigen } from "./symmetriceigen.ts";

/** Numbers per vector up to which all are computed. */
const mostExact = 512;

interface Axis {
  readonly axis: Float64Array;
  /** Sum of the squares of what the vectors have along it. */
  readonly strength: number;
}

/**
 * At most so many axes of `from` numbers and of length 1, strongest first; less where there are less, none of
 * a matrix of zeros.
 */
export function strongestAxes(
  gram: Float64Array,
  { from, most }: { readonly from: number; readonly most: number },
): readonly Float64Array[] {
  const axes = from <= mostExact ? allAxes(gram, from) : firstAxes(gram, from, most);
  return axes
    .filter(({ strength }) => strength > 1e-9 * axes[0].strength)
    .slice(0, most)
    .map(({ axis }) => signed(axis));
}

/** Strongest first. */
function allAxes(gram: Float64Array, from: number): readonly Axis[] {
  const { values, vectors } = symmetricEigen(gram, from);
  return Array.from(values, (strength, k) => ({
    axis: vectors.subarray(k * from, (k + 1) * from),
    strength,
  })).sort((one, two) => two.strength - one.strength);
}

/** A symmetric matrix's own right singular vectors. */
function firstAxes(gram: Float64Array, from: number, most: number): readonly Axis[] {
  const matrix = {
    starts: Uint32Array.from({ length: from + 1 }, (_, row) => row * from),
    columns: Uint32Array.from(gram, (_, at) => at % from),
    values: gram,
    columnCount: from,
  };
  const { v, singularValues, rank } = truncatedSvd(matrix, { rank: most });
  return Array.from({ length: rank }, (_, r) => ({
    axis: Float64Array.from({ length: from }, (_, k) => v[k * rank + r]),
    strength: singularValues[r],
  }));
}

/** Of an axis and its opposite, the one whose entry of largest magnitude is positive. */
function signed(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value;
  return largest < 0 ? axis.map((value) => -value) : axis;
}
