/**
 * Sites of many kinds, as logs in time: the gift shop of demo/data and what becomes of it with fewer people, shorter
 * histories, a younger log or no texts; made-up crowds (madeup.ts); and a directory that is given.
 *
 * All are judged in time. What happened before a moment is learned from; who acts in the stretch after it is
 * judged, on what is new to them.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ageFactor } from "../../core/events/tastes.ts";
import { seededRandom } from "../../core/seeded.ts";
import { dayMs } from "../../core/time.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import { readCatalogue } from "../../server/publishing/import/readcatalogue.ts";
import { inputOfFile } from "../../server/publishing/input/input.ts";
import { actsOf, nothingLeftOut } from "../../server/publishing/train/acts.ts";
import type { Person } from "../data.ts";
import { readCustomers, readShopCatalogue } from "../shop.ts";

export interface Act {
  /** Place in the catalogue. */
  readonly item: number;
  readonly atMs: number;
}

/** A site's log; each person's acts in time. */
export interface Log {
  readonly items: readonly CatalogueItem[];
  readonly people: readonly (readonly Act[])[];
}

/** A moment, and how long after it people are judged. */
export interface Cut {
  readonly atMs: number;
  readonly days: number;
}

export interface World {
  readonly items: readonly CatalogueItem[];
  /**
   * Of those who have something: their items, weighed by how often, less the longer ago; `freshness` is the
   * latter alone.
   */
  readonly train: readonly (Person & { readonly freshness: Float64Array })[];
  /** Acts that were learned from, by person. */
  readonly log: readonly (readonly Act[])[];
  /** Who acts after the cut: what they dealt with, in time, each item once, and how many of it before. */
  readonly judged: readonly Judged[];
  readonly atMs: number;
}

export interface Judged {
  readonly items: readonly number[];
  readonly before: number;
}

/** What is left of a log before it is learned from. */
export type Thinning = (
  log: readonly (readonly Act[])[],
  cut: Cut,
  seed: number,
) => readonly (readonly Act[])[];

export const asItIs: Thinning = (log) => log;

/** A part of the people. */
export const partOfPeople =
  (part: number): Thinning =>
  (log, _, seed) => {
    const random = seededRandom(seed * 31 + 7);
    return log.filter(() => random() < part);
  };

/** The last acts of each person. */
export const lastActs =
  (most: number): Thinning =>
  (log) =>
    log.map((acts) => acts.slice(-most));

/** A log that began so many days ago. */
export const sinceDays =
  (days: number): Thinning =>
  (log, { atMs }) =>
    log.map((acts) => acts.filter((act) => act.atMs >= atMs - days * dayMs));

export function worldAt(
  log: Log,
  cut: Cut,
  { thin, seed }: { readonly thin: Thinning; readonly seed: number },
): World {
  const end = cut.atMs + cut.days * dayMs;
  const before = log.people.map((acts) => acts.filter(({ atMs }) => atMs < cut.atMs));
  const learned = thin(before, cut, seed).filter((acts) => acts.length > 0);
  const judged = log.people.flatMap((acts): readonly Judged[] => {
    const items = [...new Set(acts.filter(({ atMs }) => atMs < end).map(({ item }) => item))];
    const known = new Set(acts.filter(({ atMs }) => atMs < cut.atMs).map(({ item }) => item)).size;
    return known === items.length ? [] : [{ items, before: known }];
  });
  return {
    items: log.items,
    train: learned.map((acts) => personOf(acts, cut.atMs)),
    log: learned,
    judged,
    atMs: cut.atMs,
  };
}

function personOf(acts: readonly Act[], cutMs: number): World["train"][number] {
  const had = new Map<number, { readonly count: number; readonly atMs: number }>();
  for (const { item, atMs } of acts) had.set(item, { count: (had.get(item)?.count ?? 0) + 1, atMs });
  const sorted = [...had].sort(([one], [two]) => one - two);
  const freshness = Float64Array.from(sorted, ([, { atMs }]) => ageFactor(cutMs - atMs));
  return {
    items: Uint32Array.from(sorted, ([item]) => item),
    weights: Float64Array.from(sorted, ([, { count }], at) => count * freshness[at]),
    freshness,
  };
}

/** What nobody has been seen with before the cut cannot be learned, and stays in the catalogue all the same. */
export async function shopLog(): Promise<Log> {
  const items = await readShopCatalogue();
  const { orders } = readCustomers(fileURLToPath(new URL("../../demo/data", import.meta.url)));
  const lines = [...orders.values()];
  return logOf(items, lines);
}

/** Of DIR/catalogue.csv and DIR/log.csv, in the form that `tacit import` and `tacit train` read. */
export async function givenLog(directory: string): Promise<Log> {
  const read = await readCatalogue(inputOfFile(join(directory, "catalogue.csv")));
  if (!read.ok) throw new TypeError(read.faults.join("\n"));
  const file = ["log.csv", "orders.csv.gz"]
    .map((name) => join(directory, name))
    .find((path) => existsSync(path));
  if (file === undefined) throw new TypeError(`choosing: expected ${directory}/log.csv, got no such file`);
  const people = new Map<string, { readonly item: string; readonly atMs: number }[]>();
  for await (const { person, item, atMs } of actsOf(inputOfFile(file), nothingLeftOut())) {
    if (atMs === null)
      throw new TypeError(`choosing: expected a time in each line of ${file}, got one without`);
    const acts = people.get(person) ?? [];
    people.set(person, acts);
    acts.push({ item, atMs });
  }
  return logOf(read.items, [...people.values()]);
}

function logOf(
  items: readonly CatalogueItem[],
  people: readonly (readonly { readonly item: string; readonly atMs: number }[])[],
): Log {
  const placeOf = new Map(items.map(({ item }, place) => [item, place]));
  const random = seededRandom(99);
  return {
    items,
    people: people.map((lines) =>
      lines
        .flatMap(({ item, atMs }) => {
          const place = placeOf.get(item);
          return place === undefined ? [] : [{ item: place, atMs, by: random() }];
        })
        // Nobody knows in which order things went into one basket: chance says.
        .sort((one, two) => one.atMs - two.atMs || one.by - two.by)
        .map(({ item, atMs }) => ({ item, atMs })),
    ),
  };
}

/** Times of a share of all acts: for cuts of a log whose calendar nobody knows. */
export function timeAtShare({ people }: Log, share: number): number {
  const times = people.flatMap((acts) => acts.map(({ atMs }) => atMs)).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(share * times.length))];
}

/** Without titles, categories and texts. */
export function withoutTexts({ items, people }: Log): Log {
  return { items: items.map(({ item }) => ({ item, title: "", categories: [] })), people };
}
