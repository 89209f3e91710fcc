/**
 * Outliers: values far from what is usual for one person, pulled in to the edge of it (winsorised) instead of
 * left out.
 *
 *   bound = median * exp(3.5 * max(1.4826 * MAD of logarithms, 1/2))
 *
 * The median absolute deviation, times 1.4826, estimates a standard deviation that half of the values cannot
 * spoil (Hampel, The Influence Curve, JASA 1974); beyond 3.5 of them lies an outlier (Iglewicz and Hoaglin,
 * How to Detect and Handle Outliers, 1993). Of logarithms, because counts, times and amounts vary by factors;
 * and at least a half, so that whoever does everything once may do one thing five times.
 */

const consistency = 1.4826;
const mostDeviations = 3.5;
const leastDeviation = 0.5;

/** A value, and how often it is there. */
export interface Occurring {
  readonly value: number;
  /** Above 0, whole. */
  readonly times: number;
}

/**
 * What a value counts for at most.
 *
 * @param values above 0, in any order; at least one.
 */
export function upperBoundOf(values: readonly Occurring[]): number {
  const logarithms = values.map(({ value, times }) => ({ value: Math.log(value), times }));
  const center = medianOf(logarithms);
  const distances = logarithms.map(({ value, times }) => ({ value: Math.abs(value - center), times }));
  return Math.exp(center + mostDeviations * Math.max(consistency * medianOf(distances), leastDeviation));
}

/** The value in the middle, or half way between the two there. @throws {RangeError} of nothing. */
export function medianOf(values: readonly Occurring[]): number {
  if (values.length === 0) throw new RangeError("medianOf: expected at least one value, got none");
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { times }) => sum + times, 0);
  return (placed(sorted, Math.ceil(total / 2)) + placed(sorted, Math.floor(total / 2) + 1)) / 2;
}

/** The value of that place, from 1, once each stands as often as it is there. */
function placed(ascending: readonly Occurring[], place: number): number {
  let upTo = 0;
  const found = ascending.find(({ times }) => {
    upTo += times;
    return upTo >= place;
  });
  return found?.value ?? Number.NaN;
}
