/**
 * Values that are no numbers, as numbers: those in an order by their place in it, those without an order one number a
 * value.
 */

/** The place among levels in their order, 0 the first; null for what is none of them. */
export function ordinalOf(levels: readonly string[], value: unknown): number | null {
  const place = (levels as readonly unknown[]).indexOf(value);
  return place < 0 ? null : place;
}

/** 1 at the value's place and 0 elsewhere; nothing but null for what is none of them. */
export function oneHotOf(values: readonly string[], value: unknown): readonly (0 | 1 | null)[] {
  const place = ordinalOf(values, value);
  return values.map((_, at) => (place === null ? null : at === place ? 1 : 0));
}
