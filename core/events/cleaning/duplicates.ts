/**
 * Duplicates: what was written twice though it happened once. Two handlers on one button, a double click, a page that
 * reloads itself, a receipt that is looked at again.
 *
 * An event repeats the one before it in its thread (what was done to one item, or one search) when both say the same
 * and are no further apart than the window of their kind; repeats of repeats are repeats. What undoes is of the thread,
 * so that add, remove, add is three acts. Opinions are never repeats: the last word of a person counts.
 */
import { type EventKind, isEventKind, type TacitEvent } from "../event.ts";
import { insertInOrder, placeOf } from "../order.ts";
import { added, type CleaningRule, dropped, type EventChange } from "./rule.ts";

const second = 1_000;
const minute = 60 * second;

/** Milliseconds; null for kinds that are never repeats. */
export const duplicateWindowsMs: Readonly<Record<EventKind, number | null>> = {
  impression: 2 * second,
  click: 2 * second,
  view: 10 * second,
  dwell: 2 * second,
  search: 10 * second,
  cart_add: second,
  cart_remove: second,
  checkout: 10 * second,
  // A receipt that is loaded again tracks its purchases again.
  purchase: 10 * minute,
  refund: 10 * minute,
  like: null,
  dislike: null,
  share: 10 * second,
};

/** Kinds of which one undoes the other share a thread. */
const threadOf: Readonly<Partial<Record<EventKind, string>>> = {
  cart_add: "cart",
  cart_remove: "cart",
  purchase: "order",
  refund: "order",
};

export interface DuplicateOptions {
  /** How far apart times are that are told apart; a window that is shorter says nothing. 1 unless given. */
  readonly resolutionMs?: number;
}

const longestWindowMs = Math.max(...Object.values(duplicateWindowsMs).map((windowMs) => windowMs ?? 0));

export class Duplicates implements CleaningRule {
  readonly #resolutionMs: number;
  /** Events by item, "" for those about none; oldest first. */
  readonly #byItem = new Map<string, TacitEvent[]>();

  constructor({ resolutionMs = 1 }: DuplicateOptions = {}) {
    this.#resolutionMs = resolutionMs;
  }

  add(event: TacitEvent): readonly EventChange[] {
    if (!Number.isFinite(event.atMs)) return [added(event)];
    const { item = "" } = event;
    const known = this.#byItem.get(item) ?? [];
    this.#byItem.set(item, known);
    const place = insertInOrder(known, event);
    const [previous, next] = [before(known, place), after(known, place)];
    const changes: EventChange[] = this.#repeats(event, previous) ? [] : [added(event)];
    if (next === undefined) return changes;
    const [was, is] = [this.#repeats(next, previous), this.#repeats(next, event)];
    if (was !== is) changes.push(is ? dropped(next) : added(next));
    return changes;
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
    const changes: EventChange[] = this.#repeats(event, previous) ? [] : [dropped(event)];
    if (next === undefined) return changes;
    const [was, is] = [this.#repeats(next, event), this.#repeats(next, previous)];
    if (was !== is) changes.push(is ? dropped(next) : added(next));
    return changes;
  }

  leavesOut(event: TacitEvent): boolean {
    const known = this.#byItem.get(event.item ?? "") ?? [];
    const place = Number.isFinite(event.atMs) ? placeOf(known, event) : null;
    return place !== null && this.#repeats(event, before(known, place));
  }

  #repeats(event: TacitEvent, previous: TacitEvent | undefined): boolean {
    return previous !== undefined && isDuplicate(event, previous, this.#resolutionMs);
  }
}

/** @param previous the event before this one in its thread. */
function isDuplicate(event: TacitEvent, previous: TacitEvent, resolutionMs: number): boolean {
  if (event.kind !== previous.kind || event.amount !== previous.amount) return false;
  const windowMs = isEventKind(event.kind) ? duplicateWindowsMs[event.kind] : null;
  return windowMs !== null && windowMs >= resolutionMs && event.atMs - previous.atMs <= windowMs;
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

/** Whether one may repeat or undo the other: both are about the same, at the same place on the page. */
function isOfThread(a: TacitEvent, b: TacitEvent): boolean {
  const isSameKind = (threadOf[a.kind] ?? a.kind) === (threadOf[b.kind] ?? b.kind);
  return isSameKind && a.query === b.query && a.list === b.list && a.position === b.position;
}
