/**
 * What the standards of shops have in common: an event is about products, each with an id, a number of pieces
 * and a place in a list. Nothing is believed of what comes: pages, plugins and tag managers fill it in.
 */

import { given } from "../../given.ts";
import { type EventKind, itemIdOf, numberOf } from "../event.ts";

/** An event in our own form, as `track` takes it. */
export interface StandardEvent {
  readonly kind: EventKind;
  readonly properties: {
    readonly item?: string;
    readonly amount?: number;
    readonly query?: string;
    readonly position?: number;
    readonly list?: string;
    /** What tells this act from the same one told again, such as the number of an order. */
    readonly once?: string;
  };
}

export interface StandardOptions {
  /**
   * The fields of a product in which its id in the catalogue may stand; the first that it has counts. By
   * default those that its standard names.
   */
  readonly id?: readonly string[];
  /** What GA4's `index` calls the first place of a list: 0 as in its documentation, which is the default, or 1. */
  readonly firstIndex?: 0 | 1;
}

export type Fields = Readonly<Record<string, unknown>>;

/**
 * More than GA4 takes of one event
 * (https://developers.google.com/analytics/devguides/collection/ga4/reference/events).
 */
const mostProducts = 200;

/** What is no object has no fields. */
export function fieldsIn(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

export function productsIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.slice(0, mostProducts).map(fieldsIn) : [];
}

/** The id in the first field that has one. */
export function idIn(product: Fields, names: readonly string[]): string | null {
  for (const name of names) {
    const id = itemIdOf(product[name]);
    if (id !== null) return id;
  }
  return null;
}

/** The first text that is there. */
export function textIn(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = itemIdOf(value)?.trim();
    if (text) return text;
  }
  return undefined;
}

/** Pieces; nothing where it says none. */
export function piecesIn(value: unknown): number | undefined {
  const pieces = numberOf(value);
  return pieces > 0 && pieces < Number.POSITIVE_INFINITY ? pieces : undefined;
}

/** The place that a number means where `first` is the first one; nothing where it means none. */
export function placeIn(value: unknown, first: 0 | 1): number | undefined {
  const position = numberOf(value) + 1 - first;
  return Number.isInteger(position) && position >= 1 ? position : undefined;
}

/** What a standard says of one of its events. */
export interface Meaning {
  readonly kind: EventKind;
  /** `each`: one event a product. `first`: of the first product alone. `none`: it is about no product. */
  readonly of: "each" | "first" | "none";
}

/** Kinds whose number of pieces counts. */
const inPieces: readonly EventKind[] = ["cart_add", "cart_remove", "purchase", "refund"];
/** Kinds that happen in a list. */
const inLists: readonly EventKind[] = ["impression", "click"];

/** Where a standard has what we ask of a product. */
export interface Reading {
  readonly products: readonly Fields[];
  readonly idFields: readonly string[];
  readonly query?: string | undefined;
  readonly order?: string | undefined;
  readonly piecesOf: (product: Fields) => unknown;
  readonly positionOf: (product: Fields) => number | undefined;
  readonly listOf: (product: Fields) => string | undefined;
}

/** The events that it is in our form; products without an id are left out. */
export function eventsIn({ kind, of }: Meaning, reading: Reading): readonly StandardEvent[] {
  if (of === "none") return [{ kind, properties: given({ query: reading.query }) }];
  const events = reading.products.flatMap((product): StandardEvent[] => {
    const item = idIn(product, reading.idFields);
    if (item === null) return [];
    const properties = given({
      item,
      amount: inPieces.includes(kind) ? piecesIn(reading.piecesOf(product)) : undefined,
      position: inLists.includes(kind) ? reading.positionOf(product) : undefined,
      list: inLists.includes(kind) ? reading.listOf(product) : undefined,
      // Of one order the same may be returned twice, and is bought once.
      once: kind === "purchase" ? reading.order : undefined,
    });
    return [{ kind, properties }];
  });
  return of === "first" ? events.slice(0, 1) : events;
}
