/**
 * Values that are no numbers, as numbers: those in an order by their place in it, those without an order one number a
 * value.
 */

/** The place among levels in their order, 0 the first; null for what is none of them. */
export function ordinalOf(levels: readonly string[], value: unknown): number | null {
  const place = levels.indexOf(value as string);
  return place < 0 ? null : place;
}

/** 1 at the value's place and 0 elsewhere; zeros alone for what is none of them. */
export function oneHotOf(values: readonly string[], value: unknown): readonly number[] {
  return values.map((each) => Number(each === value));
}
