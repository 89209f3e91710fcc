/**
 * What a person did, in one canonical form.
 *
 * Events are written to the on-device journal and never leave the device. Names follow the field's
 * e-commerce conventions (Segment v2, GA4), reduced to one word per action.
 */

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
}

/** What a page hands over: an event without the id and time that the SDK adds. */
export type EventInput = Omit<TacitEvent, "id" | "atMs">;

export function isEventKind(value: unknown): value is EventKind {
  return (eventKinds as readonly unknown[]).includes(value);
}

const kindsWithoutItem: readonly EventKind[] = ["search", "checkout"];

/**
 * Checks what a page tracked.
 *
 * @throws {TypeError} `track: …` naming the field, what was expected and what came.
 */
export function parseEventInput(kind: unknown, properties: unknown): EventInput {
  if (!isEventKind(kind)) {
    throw new TypeError(`track: kind must be one of ${eventKinds.join(", ")}, got ${show(kind)}`);
  }
  if (properties !== undefined && (typeof properties !== "object" || properties === null)) {
    throw new TypeError(`track: properties must be an object, got ${show(properties)}`);
  }
  const { item, amount, query } = (properties ?? {}) as Record<string, unknown>;
  if (item !== undefined && (typeof item !== "string" || item === "")) {
    throw new TypeError(`track: item must be a non-empty string, got ${show(item)}`);
  }
  if (item === undefined && !kindsWithoutItem.includes(kind)) {
    throw new TypeError(`track: item must be given for "${kind}", got nothing`);
  }
  if (amount !== undefined && (typeof amount !== "number" || !(amount >= 0) || amount === Infinity)) {
    throw new TypeError(`track: amount must be a finite number of at least 0, got ${show(amount)}`);
  }
  if (query !== undefined && typeof query !== "string") {
    throw new TypeError(`track: query must be a string, got ${show(query)}`);
  }
  return {
    kind,
    ...(item === undefined ? {} : { item }),
    ...(amount === undefined ? {} : { amount }),
    ...(query === undefined ? {} : { query }),
  };
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value);
}
