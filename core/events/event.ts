/**
 * What a person did, in one canonical form.
 *
 * Events are written to the on-device journal and never leave the device. Names follow the field's
 * e-commerce conventions (Segment v2, GA4), reduced to one word per action.
 */
import { show } from "../errors.ts";
import { given } from "../given.ts";

export const eventKinds = [
  "impression",
  "click",
  "view",
  "dwell",
  "search",
  "cart_add",
  "cart_remove",
  "checkout",
  "purchase",
  "refund",
  "like",
  "dislike",
  "share",
] as const;

export type EventKind = (typeof eventKinds)[number];

export interface TacitEvent {
  /** UUID made on the device. */
  readonly id: string;
  /**
   * A journal outlives the version that wrote it: what is read from one may hold kinds that this version does
   * not know. They weigh nothing and mark nothing; `isEventKind` tells them before a kind is looked up.
   */
  readonly kind: EventKind;
  /** Item id, for every kind but `search` and `checkout`. */
  readonly item?: string;
  /** Milliseconds since the Unix epoch, when it happened (not when it was written). */
  readonly atMs: number;
  /** Seconds for `dwell`, pieces for `cart_add`, `purchase` and `refund`. */
  readonly amount?: number;
  /** What was searched, for `search`. */
  readonly query?: string;
  /** Place in the list that the item stood in, 1 for the first. */
  readonly position?: number;
  /** The site's name for that list. */
  readonly list?: string;
  /** How far down the item's page the person went, 0..1, for `view` and `dwell`. */
  readonly depth?: number;
}

/** What a page hands over: an event without the id and time that the SDK adds. */
export type EventInput = Omit<TacitEvent, "id" | "atMs">;

export function isEventKind(value: unknown): value is EventKind {
  return (eventKinds as readonly unknown[]).includes(value);
}

const kindsWithoutItem: readonly EventKind[] = ["search", "checkout"];

export const eventFields = ["item", "amount", "query", "position", "list", "depth"] as const;

/**
 * Checks what a page tracked. Ids may be numbers, numbers may be text (as in attributes and forms), and null is
 * the same as nothing.
 *
 * @throws {TypeError} `track: …` naming the field, what was expected and what came.
 */
export function parseEventInput(kind: unknown, properties: unknown): EventInput {
  if (!isEventKind(kind)) {
    throw new TypeError(`track: kind must be one of ${eventKinds.join(", ")}, got ${show(kind)}`);
  }
  if (properties != null && typeof properties !== "object") {
    throw new TypeError(`track: properties must be an object, got ${show(properties)}`);
  }
  const fields = (properties ?? {}) as Record<string, unknown>;
  const item = fields.item == null ? undefined : itemIdOf(fields.item);
  const amount = fields.amount == null ? undefined : numberOf(fields.amount);
  const position = fields.position == null ? undefined : numberOf(fields.position);
  const depth = fields.depth == null ? undefined : numberOf(fields.depth);
  const query = fields.query ?? undefined;
  const list = fields.list ?? undefined;
  if (item === null) {
    throw new TypeError(`track: item must be a non-empty string, got ${show(fields.item)}`);
  }
  if (item === undefined && !kindsWithoutItem.includes(kind)) {
    throw new TypeError(`track: item must be given for "${kind}", got nothing`);
  }
  if (amount !== undefined && !(amount >= 0 && amount < Number.POSITIVE_INFINITY)) {
    throw new TypeError(`track: amount must be a finite number of at least 0, got ${show(fields.amount)}`);
  }
  if (query !== undefined && typeof query !== "string") {
    throw new TypeError(`track: query must be a string, got ${show(query)}`);
  }
  if (position !== undefined && !(Number.isInteger(position) && position >= 1)) {
    throw new TypeError(`track: position must be an integer of at least 1, got ${show(fields.position)}`);
  }
  if (list !== undefined && (typeof list !== "string" || list === "")) {
    throw new TypeError(`track: list must be a non-empty string, got ${show(list)}`);
  }
  if (depth !== undefined && !(depth >= 0 && depth <= 1)) {
    throw new TypeError(`track: depth must be a number from 0 to 1, got ${show(fields.depth)}`);
  }
  return given({ kind, item, amount, query, position, list, depth });
}

/** An item's id as catalogue and journal have it: text. Null for what cannot be one. */
export function itemIdOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  const isNumber = typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
  return isNumber ? String(value) : null;
}

/** NaN for what is neither a number nor text of one. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
