/**
 * How many columns fill whole rows: of 6 cards 6, 3 or 2 by the room there is. Of a number that has no such
 * divisors (5, 7), or that stands in one short row (3), there is no such choice, and as many stand in a row
 * as fit.
 */

const mostColumns = 8;

/** Columns where there is much room, and where there is some; where there is little they are two. */
export function columnsOf(count: number): readonly [number, number] | null {
  const some = [4, 3].find((columns) => count % columns === 0);
  let most = mostColumns;
  while (count % most > 0) most -= 1;
  return some === undefined || most < 4 ? null : [most, some];
}
