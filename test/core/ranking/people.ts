/**
 * Random catalogues and random people, and what a device shows each of them: the lists that gate and benches
 * must have too.
 *
 * Gate and benches give means alone. They are made to show their lists all the same: with the first j items
 * of the device's list as a person's targets, recall@j is 1 only if those are the judged list's first j, in
 * any order, and NDCG@20 is 1 only if the judged list begins with them. For all j together that is the list,
 * item by item.
 */
import type { TacitEvent } from "../../../core/events/event.ts";
import { eventKinds } from "../../../core/events/event.ts";
import { eventWeights, tastesOf } from "../../../core/events/tastes.ts";
import type { JoinedModel } from "../../../core/model/join.ts";
import { jointDefaults, scaleToLength } from "../../../core/model/joint.ts";
import { quantizeRows } from "../../../core/model/quantize.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { dayMs } from "../../../core/time.ts";
import type { Model } from "../../../worker/rank/model.ts";
import { forYou, trending } from "../../../worker/rank/recommend.ts";
import { modelOf } from "../../model.ts";
import { profileOf } from "../../worker/profileof.ts";

export const nowMs = Date.UTC(2011, 5, 1, 12);
/** Length of the lists that are compared. */
export const listLength = 20;

export interface World {
  readonly joined: JoinedModel;
  /** The factors before they became int8 rows. */
  readonly factorRows: Float64Array;
  readonly model: Model;
}

export interface WorldOptions {
  readonly seed: number;
  readonly items: number;
  /** Whether the crowd has given shares; without, items have dates. */
  readonly shares: boolean;
}

export function worldOf({ seed, items, shares }: WorldOptions): World {
  const random = seededRandom(seed);
  const numbers = (count: number, size: number) =>
    Float64Array.from({ length: count }, () => (random() - 0.5) * size);
  const contentDim = 7;
  const factorDim = 5;
  const factorRows = numbers(items * factorDim, 2);
  const catalogue = Array.from({ length: items }, (_, row) => ({
    item: `item-${row}`,
    title: `Thing ${row}`,
    categories: [],
    ...(shares || random() < 0.2 ? {} : { publishedAt: `2011-0${1 + Math.floor(random() * 9)}-01` }),
  }));
  // Twins rank alike: equal scores, and their order, must agree too.
  const content = numbers(items * contentDim, 2);
  for (const [of, twin] of [
    [3, 30],
    [10, 11],
    [25, 40],
  ]) {
    content.copyWithin(twin * contentDim, of * contentDim, (of + 1) * contentDim);
    factorRows.copyWithin(twin * factorDim, of * factorDim, (of + 1) * factorDim);
  }
  // Few distinct shares, and twins have the same.
  const shareOf = (row: number) => ({ 30: 3, 11: 10, 40: 25 })[row] ?? row;
  const joined: JoinedModel = {
    round: 2,
    items,
    contentDim,
    factorDim,
    ...jointDefaults.joint,
    contentScale: jointDefaults.contentScale,
    factorScale: scaleToLength(factorRows, factorDim, jointDefaults.factorLength),
    popularityWeight: jointDefaults.popularityWeight,
    popularityPower: jointDefaults.popularityPower,
    catalogue,
    content: quantizeRows(content, items, contentDim),
    factors: quantizeRows(factorRows, items, factorDim),
    popularity: Float32Array.from({ length: items }, (_, row) => (shares ? (shareOf(row) % 16) / 40 : 0)),
  };
  return { joined, factorRows, model: modelOf(joined) };
}

export interface RandomPerson {
  readonly events: readonly TacitEvent[];
  /** Item -> taste, what is given to whoever judges; may hold items the model does not know. */
  readonly tastes: ReadonlyMap<string, number>;
  /** Whether what is tasted may be other than what the device takes for dealt with. */
  readonly mixed: boolean;
}

/** What only later versions know, and what an object has without being asked. */
const strangeKinds = ["wishlist_add", "toString", "__proto__"];
/** Kinds that a device takes for having dealt with an item, and that weigh. */
const dealing = eventKinds.filter(
  (kind) => !["impression", "hover", "click", "search", "checkout"].includes(kind),
);

/**
 * People with up to 25 events: every other one with events of all kinds, known here or not, the rest such
 * that what is tasted is what was dealt with.
 */
export function peopleOf({ joined }: World, count: number, seed: number): readonly RandomPerson[] {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)];
  return Array.from({ length: count }, (_, person) => {
    const mixed = person % 2 === 1;
    const kinds: readonly string[] = mixed ? [...eventKinds, ...strangeKinds] : dealing;
    const events = Array.from({ length: below(26) }, (_, k): TacitEvent => {
      const kind = pick(kinds);
      const amount = mixed ? pick([undefined, 40, Number.NaN, Infinity, -3]) : pick([undefined, 40]);
      return {
        id: `${person}-${k}`,
        // A journal may hold what the type of this version excludes.
        kind: kind as TacitEvent["kind"],
        item: `item-${below(joined.items + 6)}`,
        atMs: nowMs - random() * 400 * dayMs,
        ...(amount === undefined ? {} : { amount }),
      };
    });
    return { events, tastes: tastesOf(eventWeights(events, { nowMs })), mixed };
  });
}

/** One who bought each of these once, just now. */
export function buyerOf(items: readonly string[]): RandomPerson {
  const events = items.map((item): TacitEvent => ({ id: item, kind: "purchase", item, atMs: nowMs }));
  return { events, tastes: new Map(items.map((item) => [item, 1])), mixed: false };
}

export function likesSomething({ model }: World, { tastes }: RandomPerson): boolean {
  return [...tastes].some(([item, weight]) => weight > 0 && model.rowOf.has(item));
}

/**
 * Items of the list that a device shows each person. Whoever judges takes every tasted item for dealt with,
 * and nothing else; a device that is to answer the same about a mixed person must be asked so.
 */
export function shownBy({ model }: World, people: readonly RandomPerson[]): readonly (readonly string[])[] {
  return people.map(({ events, tastes, mixed }) => {
    const profile = profileOf({ model, events, nowMs });
    const asked = mixed ? { includeSeen: true, exclude: [...tastes.keys()] } : {};
    return forYou(model, profile, { count: listLength, ...asked }).map(({ item }) => item);
  });
}

/** Items that a device shows as trending to each of them, but for those that they tasted. */
export function trendingFor(model: Model, people: readonly RandomPerson[]): readonly (readonly string[])[] {
  return people.map(({ tastes }) =>
    trending(model, { count: listLength, exclude: [...tastes.keys()] }).map(({ item }) => item),
  );
}

/** Rows of the first `count` items. */
export function firstRows({ model }: World, list: readonly string[], count: number): readonly number[] {
  return list.slice(0, count).map((item) => {
    const row = model.rowOf.get(item);
    if (row === undefined) throw new RangeError(`firstRows: item must be in the catalogue, got ${item}`);
    return row;
  });
}

/** 1, 2, … listLength. */
export const lengths: readonly number[] = Array.from({ length: listLength }, (_, k) => k + 1);
