/**
 * What a person did, in one canonical form.
 *
 * Events are written to the on-device journal and never leave the device. Names follow the field's
 * e-commerce conventions (Segment v2, GA4), reduced to one word per action.
 */
import { show, sortOf } from "../errors.ts";
import { hintAt } from "../nearest.ts";

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
  "hover",
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
  /**
   * What may be told twice and happened once, such as an order by its number: only on the way to the journal, where
   * it has become the event's id (worker/events/once.ts).
   */
  readonly once?: string;
}

/** What a page hands over: an event without the id and time that the SDK adds. */
export type EventInput = Omit<TacitEvent, "id" | "atMs">;

/** Longest name of what happened once, in characters: an order's number. */
const longestOnce = 200;

export function isEventKind(value: unknown): value is EventKind {
  return (eventKinds as readonly unknown[]).includes(value);
}

/** What was only before a person, on the screen or under the pointer: no act of theirs. */
export function isPassive(kind: string): boolean {
  return kind === "impression" || kind === "hover";
}

const kindsWithoutItem: readonly EventKind[] = ["search", "checkout"];

const expected = {
  item: "a non-empty string",
  amount: "a finite number of at least 0",
  query: "a string",
  position: "an integer of at least 1",
  list: "a non-empty string",
  depth: "a number from 0 to 1",
  once: `a text of 1 to ${longestOnce} characters`,
};

export const eventFields: readonly string[] = /* @__PURE__ */ Object.keys(expected);

/**
 * What a page tracked, or null where it is no event (`parseEventInput` says why). Ids may be numbers, numbers may be
 * text (as in attributes and forms), and null is the same as nothing. Field by field, because a page calls it in its
 * handlers: a microsecond counts.
 */
export function eventOf(kind: unknown, properties: unknown): EventInput | null {
  if (!isEventKind(kind) || (properties != null && typeof properties !== "object")) return null;
  const fields = (properties ?? {}) as Readonly<Record<keyof typeof expected, unknown>>;
  const event: { -readonly [Field in keyof EventInput]: EventInput[Field] } = { kind };
  const item = fields.item ?? null;
  if (item !== null) {
    const id = itemIdOf(item);
    if (id === null) return null;
    event.item = id;
  } else if (!kindsWithoutItem.includes(kind)) return null;
  const { amount, query, position, list, depth } = fields;
  if (amount != null) {
    const pieces = numberOf(amount);
    if (!(pieces >= 0 && pieces < Number.POSITIVE_INFINITY)) return null;
    event.amount = pieces;
  }
  if (query != null) {
    if (typeof query !== "string") return null;
    event.query = query;
  }
  if (position != null) {
    const place = numberOf(position);
    if (!(Number.isInteger(place) && place >= 1)) return null;
    event.position = place;
  }
  if (list != null) {
    if (typeof list !== "string" || list === "") return null;
    event.list = list;
  }
  if (depth != null) {
    const share = numberOf(depth);
    if (!(share >= 0 && share <= 1)) return null;
    event.depth = share;
  }
  if (fields.once != null) {
    const once = itemIdOf(fields.once);
    if (once === null || once.length > longestOnce) return null;
    event.once = once;
  }
  return event;
}

/**
 * Checks what a page tracked.
 *
 * @throws {TypeError} `track: …` naming the field, what was expected and what came.
 */
export function parseEventInput(kind: unknown, properties: unknown): EventInput {
  const event = eventOf(kind, properties);
  if (event !== null) return event;
  if (!isEventKind(kind)) {
    const got = show(kind) + hintAt(kind, eventKinds);
    throw new TypeError(`track: kind must be one of ${eventKinds.join(", ")}, got ${got}`);
  }
  if (typeof properties !== "object" && properties !== undefined) {
    throw new TypeError(`track: properties must be an object, got ${show(properties)}`);
  }
  const given = (properties ?? {}) as Readonly<Record<string, unknown>>;
  for (const [field, what] of Object.entries(expected)) {
    const value = given[field] ?? undefined;
    if (eventOf(kind, { item: "any", [field]: value }) !== null) continue;
    if (value === undefined) throw new TypeError(`track: item must be given for "${kind}", got nothing`);
    throw new TypeError(
      `track: ${field} must be ${what}, got ${field === "once" ? sortOf(value) : show(value)}`,
    );
  }
  throw new TypeError(`track: properties must be such that they can be read, got ${sortOf(properties)}`);
}

/** An item's id as catalogue and journal have it: text. Null for what cannot be one. */
export function itemIdOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  const isNumber = typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
  return isNumber ? String(value) : null;
}

/** NaN for what is neither a number nor text of one: nothing else is asked what it would be as a number. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}
