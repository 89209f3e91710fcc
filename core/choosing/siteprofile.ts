/**
 * What a site's data are like, in numbers: how many people and items, how much is known of them, and how fast
 * it turns over. From a log that the operator owns; without one from what an edition publishes, which the
 * crowd's sums told (`publishedProfileOf`). What cannot be known is null.
 */

import { dayMs } from "../time.ts";
import type { CatalogueProfile } from "./catalogueprofile.ts";

/** What people did; each number is null where nothing tells it. */
export interface UseProfile {
  /** Who did something. */
  readonly people: number | null;
  /** What was done: lines of a log about items of the catalogue. */
  readonly acts: number | null;
  /** Different items that a person dealt with: the median, and the mean. */
  readonly itemsPerPerson: { readonly median: number | null; readonly mean: number | null };
  /** Part of all pairs of a person and an item that there is, 0..1. */
  readonly density: number | null;
  /** Share of the items that fewer than `fewPeople` dealt with, 0..1. */
  readonly thinItems: number | null;
  /** Share of the acts that repeat an item that the person dealt with before, 0..1. */
  readonly repeats: number | null;
  /** Median age of the acts at the newest one, days. */
  readonly medianAgeDays: number | null;
  /**
   * How fast what is wanted turns over: the share of the most wanted items of the last 30 days, a tenth of all
   * items and 50 at most, that were not among those of the 30 days before, 0..1. Of what is published: of those
   * wanted lately that are not among those always wanted.
   */
  readonly turnover: number | null;
}

/** Which parts rank here: how many items or pairs each has numbers of. */
export interface PartsProfile {
  /** Items with a content row that is not nothing. */
  readonly content: number;
  /** Items with learned factors. */
  readonly factors: number;
  /** Pairs that reports have taught. */
  readonly pairs: number;
  /** Whether it is known what is wanted lately. */
  readonly lately: boolean;
}

export interface SiteProfile {
  readonly catalogue: CatalogueProfile;
  readonly use: UseProfile;
  readonly parts: PartsProfile;
}

/** Fewer people say little of an item. */
export const fewPeople = 5;
const windowDays = 30;
const mostCompared = 50;

export const nothingUsed: UseProfile = {
  people: null,
  acts: null,
  itemsPerPerson: { median: null, mean: null },
  density: null,
  thinItems: null,
  repeats: null,
  medianAgeDays: null,
  turnover: null,
};

/** Acts as parallel columns. */
export interface ActColumns {
  /** Number of the person, 0 and up. */
  readonly people: ArrayLike<number>;
  /** Row of the item. */
  readonly rows: ArrayLike<number>;
  /** Milliseconds since the Unix epoch; NaN where nobody knows. */
  readonly times: ArrayLike<number>;
}

/** @param items of the catalogue. */
export function useProfileOf({ people, rows, times }: ActColumns, items: number): UseProfile {
  const acts = rows.length;
  if (acts === 0 || items === 0) return { ...nothingUsed, people: 0, acts: 0 };
  const hadBy = new Map<number, Set<number>>();
  for (let act = 0; act < acts; act++) {
    const had = hadBy.get(people[act]) ?? new Set();
    hadBy.set(people[act], had.add(rows[act]));
  }
  const sizes = Float64Array.from(hadBy.values(), ({ size }) => size).sort();
  const pairs = sizes.reduce((sum, size) => sum + size, 0);
  const peopleOf = new Float64Array(items);
  for (const had of hadBy.values()) for (const row of had) peopleOf[row] += 1;
  const known = Float64Array.from(times)
    .filter((atMs) => !Number.isNaN(atMs))
    .sort();
  const newestMs = known.at(-1);
  return {
    people: sizes.length,
    acts,
    itemsPerPerson: { median: medianOf(sizes), mean: pairs / sizes.length },
    density: pairs / (sizes.length * items),
    thinItems: peopleOf.filter((count) => count < fewPeople).length / items,
    repeats: 1 - pairs / acts,
    medianAgeDays: newestMs === undefined ? null : (newestMs - medianOf(known)) / dayMs,
    turnover: newestMs === undefined ? null : turnoverOf({ rows, times, items, newestMs }),
  };
}

/** Null for a log that does not go back far enough. */
function turnoverOf({
  rows,
  times,
  items,
  newestMs,
}: Pick<ActColumns, "rows" | "times"> & { readonly items: number; readonly newestMs: number }):
  | number
  | null {
  const counts = [new Float64Array(items), new Float64Array(items)];
  for (let act = 0; act < rows.length; act++) {
    const window = Math.floor((newestMs - times[act]) / (windowDays * dayMs));
    if (window === 0 || window === 1) counts[window][rows[act]] += 1;
  }
  const [lately, before] = counts.map((window) => mostWanted(window, compared(items)));
  return before.size === 0 ? null : newShare(lately, before);
}

/** Share of the rows that were not there before, 0..1; null of none. */
function newShare(rows: ReadonlySet<number>, before: ReadonlySet<number>): number | null {
  return rows.size === 0 ? null : [...rows].filter((row) => !before.has(row)).length / rows.size;
}

function compared(items: number): number {
  return Math.max(1, Math.min(mostCompared, Math.floor(items / 10)));
}

function mostWanted(counts: ArrayLike<number>, most: number): ReadonlySet<number> {
  const rows = Array.from({ length: counts.length }, (_, row) => row).filter((row) => counts[row] > 0);
  return new Set(rows.sort((one, two) => counts[two] - counts[one] || one - two).slice(0, most));
}

/** Sums over the crowd as an edition has them. */
export interface Published {
  /** Share of people by item, 0..1. */
  readonly shares: ArrayLike<number>;
  /** Who reported; null where nobody counted. */
  readonly people: number | null;
  /** Share of people by item as they do lately; null where it is not known. */
  readonly lately: ArrayLike<number> | null;
}

/** What noise and limits leave of it: means of the crowd, and no person's own. */
export function publishedProfileOf({ shares, people, lately }: Published): UseProfile {
  const items = shares.length;
  let mean = 0;
  for (let row = 0; row < items; row++) mean += shares[row];
  if (items === 0 || mean === 0) return nothingUsed;
  const thin =
    people === null ? null : Array.from(shares).filter((share) => share * people < fewPeople).length;
  const wanted = lately === null ? null : mostWanted(lately, compared(items));
  return {
    ...nothingUsed,
    people,
    itemsPerPerson: { median: null, mean },
    density: mean / items,
    thinItems: thin === null ? null : thin / items,
    turnover: wanted === null ? null : newShare(wanted, mostWanted(shares, compared(items))),
  };
}

/** @param sorted at least one. */
function medianOf(sorted: ArrayLike<number>): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
