/**
 * People as they come, item by item in time: what the gift shop's orders (demo/data) say of those held out.
 */
import { fileURLToPath } from "node:url";
import { seededRandom } from "../../core/seeded.ts";
import type { DataSet, HeldOut, Person } from "../data.ts";
import { type OrderLine, readCustomers } from "../shop.ts";

export interface InTime {
  readonly train: readonly Person[];
  /** The first items of each person who is judged, in time; all have as many. */
  readonly people: readonly (readonly number[])[];
}

export interface WhoIsJudged {
  /** Training people set aside by the seed, instead of those held out. */
  readonly validation: boolean;
  /** Of validation people, and of the order in which the items of one order came. */
  readonly seed: number;
  /**
   * How many items of each person; whoever has fewer is left out. Everybody is judged after every number of events,
   * 10 at most, so all have one more: 11 unless given.
   */
  readonly first?: number;
}

/** @param data of the shop's items. */
export function peopleInTime({ items }: DataSet, { validation, seed, first = 11 }: WhoIsJudged): InTime {
  const { orders, heldOut } = readCustomers(fileURLToPath(new URL("../../demo/data", import.meta.url)));
  const indexOf = new Map(items.map((item, index) => [item, index]));
  const random = seededRandom(seed);
  const train: Person[] = [];
  const people: (readonly number[])[] = [];
  for (const [customer, lines] of orders) {
    if (validation && heldOut.has(customer)) continue;
    const isJudged = validation ? random() < 0.1 : heldOut.has(customer);
    if (!isJudged) train.push(personOf(lines, indexOf));
    else people.push(firstItemsOf(lines, indexOf, random).slice(0, first));
  }
  return {
    train: train.filter((person) => person.items.length > 0),
    people: people.filter(({ length }) => length === first),
  };
}

/** Everybody with so many first items known, and the next one to find. */
export function afterEvents({ people }: InTime, events: number): readonly HeldOut[] {
  return people.map((items) => ({
    foldIn: {
      items: Uint32Array.from(items.slice(0, events).toSorted((a, b) => a - b)),
      weights: new Float64Array(events).fill(1),
    },
    targets: new Set([items[events]]),
  }));
}

/** Orders that hold an item are its weight. */
function personOf(lines: readonly OrderLine[], indexOf: ReadonlyMap<string, number>): Person {
  const weights = new Map<number, number>();
  for (const { item } of lines) {
    const index = indexOf.get(item);
    if (index !== undefined) weights.set(index, (weights.get(index) ?? 0) + 1);
  }
  const pairs = [...weights].sort(([one], [two]) => one - two);
  return {
    items: Uint32Array.from(pairs, ([item]) => item),
    weights: Float64Array.from(pairs, ([, weight]) => weight),
  };
}

/** Each item once. Nobody knows in which order things went into one basket: chance says. */
function firstItemsOf(
  lines: readonly OrderLine[],
  indexOf: ReadonlyMap<string, number>,
  random: () => number,
): readonly number[] {
  const placed = lines.map(({ item, atMs }) => ({ item, atMs, place: random() }));
  const inTime = placed.sort((one, two) => one.atMs - two.atMs || one.place - two.place);
  const found = new Set(inTime.flatMap(({ item }) => indexOf.get(item) ?? []));
  return [...found];
}
