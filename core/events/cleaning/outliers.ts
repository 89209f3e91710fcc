/**
 * Outliers: values far from what is usual for one person, pulled in to the edge of it (winsorised) instead of left out.
 *
 *   bound = median * exp(3.5 * max(1.4826 * MAD of logarithms, 1/2))
 *
 * The median absolute deviation, times 1.4826, estimates a standard deviation that half of the values cannot spoil
 * (Hampel, The Influence Curve, JASA 1974); beyond 3.5 of them lies an outlier (Iglewicz and Hoaglin, How to Detect and
 * Handle Outliers, 1993). Of logarithms, because counts, times and amounts vary by factors; and at least a half, so that
 * whoever does everything once may do one thing five times.
 */

const consistency = 1.4826;
const mostDeviations = 3.5;
const leastDeviation = 0.5;

/** Fewer values than this do not say what is usual. */
export const fewestValues = 5;

/**
 * What a value counts for at most.
 *
 * @param values above 0, in any order; left as they are.
 * @returns infinite where the values do not say what is usual.
 */
export function upperBoundOf(values: ArrayLike<number>): number {
  if (values.length < fewestValues) return Number.POSITIVE_INFINITY;
  const logarithms = Float64Array.from(values, Math.log);
  const center = medianOf(logarithms);
  const deviation = consistency * medianOf(logarithms.map((value) => Math.abs(value - center)));
  return Math.exp(center + mostDeviations * Math.max(deviation, leastDeviation));
}

/** The values, those above the bound of all that are above 0 pulled in to it. */
export function winsorized(values: ArrayLike<number>): number[] {
  const bound = upperBoundOf(Array.from(values).filter((value) => value > 0));
  return Array.from(values, (value) => Math.min(value, bound));
}

/** The value in the middle, or half way between the two there. @throws {RangeError} of nothing. */
export function medianOf(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError("medianOf: expected at least one value, got none");
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
