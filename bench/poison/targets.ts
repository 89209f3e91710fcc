/** What is pushed, and how figures about it are put together. */
import type { Person } from "../data.ts";

export interface Choice {
  readonly count: number;
  /** Items that are not to be chosen. */
  readonly without: ReadonlySet<number>;
}

/** Items that 3 to 8 people have, spread over the catalogue. */
export function coldItems(people: readonly Person[], items: number, count: number): readonly number[] {
  return coldItemsWithout(people, items, { count, without: new Set() });
}

/** The same, of those that are left. @throws {RangeError} where fewer are. */
export function coldItemsWithout(
  people: readonly Person[],
  items: number,
  { count, without }: Choice,
): readonly number[] {
  const buyers = new Uint32Array(items);
  for (const { items: theirs } of people) for (const item of theirs) buyers[item]++;
  const cold = [...buyers.keys()].filter(
    (item) => buyers[item] >= 3 && buyers[item] <= 8 && !without.has(item),
  );
  if (cold.length < count) {
    throw new RangeError(`poison: expected ${count} items that 3 to 8 people have, got ${cold.length}`);
  }
  return Array.from({ length: count }, (_, at) => cold[Math.floor(((at + 0.5) * cold.length) / count)]);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** To four decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
