/**
 * The gift shop's baskets: what one customer bought in one visit, as the lines of one same minute.
 *
 * Learned from what was bought before a day, judged on the month from it: some items of a basket are the query, drawn
 * by chance, its other items are to be listed. Known are the products that were bought before the day.
 */

import { seededRandom } from "../core/seeded.ts";
import { dayMs } from "../core/time.ts";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";
import type { Person } from "./data.ts";
import { sample } from "./sample.ts";
import type { OrderLine } from "./shop.ts";

/** Rows of what was bought together, each once, ascending. */
export type Basket = Uint32Array;

export interface BasketData {
  /** Known products; a row is a place here. */
  readonly items: readonly CatalogueItem[];
  /** Baskets before the day, by customer; nobody without one. */
  readonly customers: readonly (readonly Basket[])[];
  /** What each of them bought in the `recentDays` before the day. */
  readonly lately: readonly Basket[];
  /** Baskets of the month from the day, of at least two known products. */
  readonly judged: readonly Basket[];
}

export interface BasketSplit {
  readonly catalogue: readonly CatalogueItem[];
  /** Lines of each customer, in any order. */
  readonly orders: readonly (readonly OrderLine[])[];
  /** The day, and the end of what is judged. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly recentDays: number;
}

export function basketData({ catalogue, orders, fromMs, untilMs, recentDays }: BasketSplit): BasketData {
  const before = orders.map((lines) => lines.filter(({ atMs }) => atMs < fromMs));
  const bought = new Set(before.flat().map(({ item }) => item));
  const items = catalogue.filter(({ item }) => bought.has(item));
  const rowOf = new Map(items.map(({ item }, row) => [item, row]));
  const within = orders.map((lines) => lines.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs));
  const recentMs = fromMs - recentDays * dayMs;
  const recent = before.map((lines) => lines.filter(({ atMs }) => atMs >= recentMs));
  return {
    items,
    customers: before.map((lines) => basketsOf(lines, rowOf)).filter(({ length }) => length > 0),
    lately: recent
      .map((lines) => Uint32Array.from(new Set(basketsOf(lines, rowOf).flatMap((rows) => [...rows]))).sort())
      .filter((_, at) => before[at].length > 0),
    judged: within.flatMap((lines) => basketsOf(lines, rowOf)).filter(({ length }) => length >= 2),
  };
}

/** One customer's lines as baskets, without products that have no row. */
function basketsOf(lines: readonly OrderLine[], rowOf: ReadonlyMap<string, number>): readonly Basket[] {
  const rows = new Map<number, Set<number>>();
  for (const { item, atMs } of lines) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    rows.set(atMs, (rows.get(atMs) ?? new Set<number>()).add(row));
  }
  return Array.from(rows.values(), (basket) => Uint32Array.from(basket).sort());
}

export interface BasketQuery {
  readonly query: Person;
  /** The other items of the basket: at least one. */
  readonly targets: ReadonlySet<number>;
}

/** Of each basket up to `most` items, at least one and never all; the same seed draws the same. */
export function basketQueries(
  baskets: readonly Basket[],
  most: number,
  seed: number,
): readonly BasketQuery[] {
  const random = seededRandom(seed);
  return baskets.map((basket) => {
    const query = sample(Array.from(basket), Math.min(most, basket.length - 1), random);
    const asked = new Set(query);
    return {
      query: { items: Uint32Array.from(query), weights: new Float64Array(query.length).fill(1) },
      targets: new Set(Array.from(basket).filter((row) => !asked.has(row))),
    };
  });
}
