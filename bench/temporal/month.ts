/**
 * A month of the gift shop as a shop lives it: all that was ordered before a day to learn from, and what is bought in
 * the thirty days from it to be judged on. Weights are as a device has them on the day.
 */
import { fileURLToPath } from "node:url";
import { ageFactor } from "../../core/events/tastes.ts";
import { dayMs } from "../../core/time.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import type { Person } from "../data.ts";
import { type OrderLine, readCustomers, readShopCatalogue } from "../shop.ts";

export interface JudgedCustomer {
  readonly known: Person;
  /** What they ordered before the day, in time order. */
  readonly before: readonly OrderLine[];
  /** What they buy in the month. */
  readonly all: ReadonlySet<number>;
  /** What of it they had not bought. */
  readonly fresh: ReadonlySet<number>;
}

export interface Month {
  /** What anybody had bought by the day. */
  readonly items: readonly CatalogueItem[];
  /** Everybody with an order before the day. */
  readonly train: readonly Person[];
  /** Who of them buys in the month. */
  readonly judged: readonly JudgedCustomer[];
  /** For each of `train`, what they bought within so many days before the day, ascending. */
  readonly boughtWithin: (days: number) => readonly Uint32Array[];
  /**
   * Everybody as they report, each at a time of its own, with what they bought within `recentDays` before
   * that; who had nothing by then is left out.
   */
  readonly reportedWithin: (round: ReportingTimes, random: () => number) => readonly Person[];
  /** By item, on how many days each of its buyers bought it, all together. */
  readonly daysBought: Float64Array;
}

/** In days. */
export interface ReportingTimes {
  /** How long the round took. */
  readonly days: number;
  readonly recentDays: number;
  /** How long before the day it ended; 0 unless given. */
  readonly endedDays?: number;
}

const windowMs = 30 * dayMs;
const folder = fileURLToPath(new URL("../../demo/data", import.meta.url));

export interface MonthWanted {
  /** The day. */
  readonly fromMs: number;
  /** Every so many-th customer only: 1 for all. */
  readonly every: number;
}

export async function monthFrom({ fromMs, every }: MonthWanted): Promise<Month> {
  const catalogue = await readShopCatalogue();
  const customers = [...readCustomers(folder).orders.values()].filter((_, at) => at % every === 0);
  const before = customers.map((lines) => lines.filter(({ atMs }) => atMs < fromMs));
  const bought = new Set(before.flat().map(({ item }) => item));
  const items = catalogue.filter(({ item }) => bought.has(item));
  const rowOf = new Map(items.map(({ item }, row) => [item, row]));
  const rowsOf = (lines: readonly OrderLine[]) => new Set(lines.flatMap(({ item }) => rowOf.get(item) ?? []));

  const judged: JudgedCustomer[] = [];
  const train: Person[] = [];
  const orders: (readonly OrderLine[])[] = [];
  const daysBought = new Float64Array(items.length);
  for (const [at, lines] of customers.entries()) {
    const known = personOf(before[at], rowOf, fromMs);
    if (known.items.length === 0) continue;
    train.push(known);
    orders.push(before[at]);
    const days = before[at].map(({ item, atMs }) => `${Math.floor(atMs / dayMs)} ${rowOf.get(item) ?? ""}`);
    for (const day of new Set(days)) {
      const row = day.split(" ")[1];
      if (row !== "") daysBought[Number(row)] += 1;
    }
    const all = rowsOf(lines.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs));
    const had = new Set(known.items);
    if (all.size === 0) continue;
    judged.push({ known, before: before[at], all, fresh: new Set([...all].filter((row) => !had.has(row))) });
  }
  const boughtWithin = (days: number) =>
    orders.map((lines) =>
      Uint32Array.from(rowsOf(lines.filter(({ atMs }) => atMs >= fromMs - days * dayMs))).sort(),
    );
  const reportedWithin = ({ days, recentDays, endedDays = 0 }: ReportingTimes, random: () => number) =>
    orders.flatMap((lines) => {
      const atMs = fromMs - (endedDays + random() * days) * dayMs;
      const known = lines.filter((line) => line.atMs < atMs);
      const person = personOf(known, rowOf, atMs);
      const recent = rowsOf(known.filter((line) => line.atMs >= atMs - recentDays * dayMs));
      return person.items.length === 0 ? [] : [{ ...person, recent: Uint32Array.from(recent).sort() }];
    });
  return { items, train, judged, boughtWithin, reportedWithin, daysBought };
}

/** Items with their weights as a device has them on the day. */
function personOf(lines: readonly OrderLine[], rowOf: ReadonlyMap<string, number>, dayOfMs: number): Person {
  const weights = new Map<number, number>();
  for (const { item, atMs } of lines) {
    const row = rowOf.get(item);
    if (row !== undefined) weights.set(row, (weights.get(row) ?? 0) + ageFactor(dayOfMs - atMs));
  }
  const sorted = [...weights].sort((a, b) => a[0] - b[0]);
  return {
    items: Uint32Array.from(sorted, ([row]) => row),
    weights: Float64Array.from(sorted, ([, weight]) => weight),
  };
}
