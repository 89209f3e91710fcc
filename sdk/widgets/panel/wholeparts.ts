/**
 * Parts that add up as printed: each rounded down to whole units, and the units that are missing given to those that
 * lost most by it (the largest remainder method, Hamilton 1792). A part is off by less than one unit.
 */

/** Whole units of each value that sum to `total`. Signs are kept; `total` is what the values sum to, rounded. */
export function wholeParts(values: readonly number[], total: number): readonly number[] {
  const parts = values.map(Math.floor);
  const missing = total - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = values
    .map((value, place) => ({ place, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.place - b.place);
  for (const { place } of byRemainder.slice(0, missing)) parts[place] += 1;
  return parts;
}

/** Percentages of positive amounts that sum to 100; none of none. */
export function percentages(amounts: readonly number[]): readonly number[] {
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return sum > 0
    ? wholeParts(
        amounts.map((amount) => (amount / sum) * 100),
        100,
      )
    : [];
}
