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

export class Duplicates implements CleaningRule {
  readonly #resolutionMs: number;
  /** Oldest first. */
  readonly #threads = new Map<string, TacitEvent[]>();

  constructor({ resolutionMs = 1 }: DuplicateOptions = {}) {
    this.#resolutionMs = resolutionMs;
  }

  add(event: TacitEvent): readonly EventChange[] {
    const key = threadKey(event);
    const thread = this.#threads.get(key) ?? [];
    this.#threads.set(key, thread);
    const place = insertInOrder(thread, event);
    const changes: EventChange[] = this.#repeats(event, thread[place - 1]) ? [] : [added(event)];
    const next = thread[place + 1];
    if (next === undefined) return changes;
    const [was, is] = [this.#repeats(next, thread[place - 1]), this.#repeats(next, event)];
    if (was !== is) changes.push(is ? dropped(next) : added(next));
    return changes;
  }

  remove(event: TacitEvent): readonly EventChange[] {
    const key = threadKey(event);
    const thread = this.#threads.get(key) ?? [];
    const place = placeOf(thread, event);
    if (place === null) return [];
    const [previous, next] = [thread[place - 1], thread[place + 1]];
    thread.splice(place, 1);
    if (thread.length === 0) this.#threads.delete(key);
    const changes: EventChange[] = this.#repeats(event, previous) ? [] : [dropped(event)];
    if (next === undefined) return changes;
    const [was, is] = [this.#repeats(next, event), this.#repeats(next, previous)];
    if (was !== is) changes.push(is ? dropped(next) : added(next));
    return changes;
  }

  leavesOut(event: TacitEvent): boolean {
    const thread = this.#threads.get(threadKey(event)) ?? [];
    const place = placeOf(thread, event);
    return place !== null && this.#repeats(event, thread[place - 1]);
  }

  #repeats(event: TacitEvent, previous: TacitEvent | undefined): boolean {
    return previous !== undefined && isDuplicate(event, previous, this.#resolutionMs);
  }
}

/** @param previous the event before this one in its thread. */
export function isDuplicate(event: TacitEvent, previous: TacitEvent, resolutionMs = 1): boolean {
  if (event.kind !== previous.kind || event.amount !== previous.amount) return false;
  const windowMs = isEventKind(event.kind) ? duplicateWindowsMs[event.kind] : null;
  return windowMs !== null && windowMs >= resolutionMs && event.atMs - previous.atMs <= windowMs;
}

/** What an event is about, and where on the page: the same for acts of which one may repeat or undo another. */
export function threadKey({ kind, item, query, list, position }: TacitEvent): string {
  return JSON.stringify([threadOf[kind] ?? kind, item, query, list, position]);
}
