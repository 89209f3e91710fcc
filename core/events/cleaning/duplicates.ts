/**
 * Duplicates: what was written twice though it happened once. Two handlers on one button, a double click, a
 * page that reloads itself, a route that is entered twice.
 *
 * An event repeats the one before it in its thread (what was done to one item, or one search) when both say
 * the same and are no further apart than the window of their kind; repeats of repeats are repeats. What
 * undoes is of the thread, so that add, remove, add is three acts, and the last word of a person counts.
 * Windows are shorter than a hand is where every act is worth something (orders, baskets), and as long as a
 * reload takes where it is only looked at.
 */
import { type EventKind, isEventKind, type TacitEvent } from "../event.ts";
import { insertInOrder, placeOf } from "../order.ts";
import { added, type CleaningRule, dropped, type EventChange } from "./rule.ts";

const second = 1_000;

/** Milliseconds. */
export const duplicateWindowsMs: Readonly<Record<EventKind, number>> = {
  impression: 2 * second,
  click: second,
  view: 10 * second,
  dwell: 2 * second,
  search: 10 * second,
  // Whoever presses + five times wants five.
  cart_add: 250,
  cart_remove: 250,
  checkout: 2 * second,
  // The same again some minutes later is another order, and another return.
  purchase: 2 * second,
  refund: 2 * second,
  like: second,
  dislike: second,
  share: 2 * second,
  hover: 2 * second,
};

/** Kinds of which one undoes the other share a thread. */
const threadOf: Readonly<Partial<Record<EventKind, string>>> = {
  cart_add: "cart",
  cart_remove: "cart",
  purchase: "order",
  refund: "order",
  like: "opinion",
  dislike: "opinion",
};

const longestWindowMs = Math.max(...Object.values(duplicateWindowsMs));

export class Duplicates implements CleaningRule {
  /** Events by item, "" for those about none; oldest first. */
  readonly #byItem = new Map<string, TacitEvent[]>();

  add(event: TacitEvent): readonly EventChange[] {
    if (!Number.isFinite(event.atMs)) return [added(event)];
    const { item = "" } = event;
    const known = this.#byItem.get(item) ?? [];
    this.#byItem.set(item, known);
    const place = insertInOrder(known, event);
    const [previous, next] = [before(known, place), after(known, place)];
    const changes = repeats(event, previous) ? [] : [added(event)];
    return [...changes, ...changeOf(next, { was: previous, is: event })];
  }

  remove(event: TacitEvent): readonly EventChange[] {
    if (!Number.isFinite(event.atMs)) return [dropped(event)];
    const { item = "" } = event;
    const known = this.#byItem.get(item) ?? [];
    const place = placeOf(known, event);
    if (place === null) return [];
    const [previous, next] = [before(known, place), after(known, place)];
    known.splice(place, 1);
    if (known.length === 0) this.#byItem.delete(item);
    const changes = repeats(event, previous) ? [] : [dropped(event)];
    return [...changes, ...changeOf(next, { was: event, is: previous })];
  }

  leavesOut(event: TacitEvent): boolean {
    const known = this.#byItem.get(event.item ?? "") ?? [];
    const place = Number.isFinite(event.atMs) ? placeOf(known, event) : null;
    return place !== null && repeats(event, before(known, place));
  }
}

interface Before {
  readonly was: TacitEvent | undefined;
  readonly is: TacitEvent | undefined;
}

/** Whether an event counts from now on, or does not, since another one is before it. */
function changeOf(event: TacitEvent | undefined, { was, is }: Before): readonly EventChange[] {
  if (event === undefined || repeats(event, was) === repeats(event, is)) return [];
  return [repeats(event, is) ? dropped(event) : added(event)];
}

/** @param previous the event before this one in its thread. */
function repeats(event: TacitEvent, previous: TacitEvent | undefined): boolean {
  if (previous === undefined || event.kind !== previous.kind || !isEventKind(event.kind)) return false;
  return saysTheSame(event, previous) && event.atMs - previous.atMs <= duplicateWindowsMs[event.kind];
}

/** Two handlers may know more or less of one act; two timers never agree. */
function saysTheSame(a: TacitEvent, b: TacitEvent): boolean {
  const isSamePlace = isAlike(a.list, b.list) && isAlike(a.position, b.position);
  return isSamePlace && (a.kind === "dwell" || (a.amount ?? 1) === (b.amount ?? 1));
}

function isAlike<T>(a: T | undefined, b: T | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

/** The event before that place that is of its thread, as far as any window goes. */
function before(events: readonly TacitEvent[], place: number): TacitEvent | undefined {
  for (let at = place - 1; at >= 0 && isNear(events[at], events[place]); at--)
    if (isOfThread(events[at], events[place])) return events[at];
  return undefined;
}

function after(events: readonly TacitEvent[], place: number): TacitEvent | undefined {
  for (let at = place + 1; at < events.length && isNear(events[place], events[at]); at++)
    if (isOfThread(events[at], events[place])) return events[at];
  return undefined;
}

function isNear(earlier: TacitEvent, later: TacitEvent): boolean {
  return later.atMs - earlier.atMs <= longestWindowMs;
}

/** Whether one may repeat or undo the other. */
function isOfThread(a: TacitEvent, b: TacitEvent): boolean {
  return (threadOf[a.kind] ?? a.kind) === (threadOf[b.kind] ?? b.kind) && a.query === b.query;
}
