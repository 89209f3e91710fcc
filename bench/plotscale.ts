/** Scales of the plots in docs/. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The values with a little room, on hundredths. */
export function rangeOf(values: readonly number[]): Range {
  return {
    low: Math.max(0, Math.floor((Math.min(...values) - 0.004) * 100) / 100),
    high: Math.ceil((Math.max(...values) + 0.004) * 100) / 100,
  };
}

/** Round numbers within the range, eight or so. */
export function ticksOf({ low, high }: Range): readonly number[] {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((width) => (high - low) / width <= 8) ?? 0.5;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from(
    { length: Math.floor(high / step + 1e-9) - first + 1 },
    (_, place) => (first + place) * step,
  );
}
