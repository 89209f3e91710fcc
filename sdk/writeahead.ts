/**
 * Events on the page's own side until the worker has them on disk: written in localStorage before the task
 * that tracked them ends, so that whatever was tracked outlives the page, however it goes. The next page of
 * the site hands over what it finds; the journal knows events by id, so one handed over twice is there once.
 *
 * One key for what one task tracked, named by its first event, so that writing costs the same however many
 * wait, and a task that tracks a thousand writes once. A key goes when the last event under it is settled. At
 * most `mostAhead` events at a time, twice as many when they say much: a site's storage is the site's.
 */
import { eventOf } from "../core/events/event.ts";
import { factsOf, type Recorded } from "../core/events/fact.ts";
import { saysMuch } from "./backlog.ts";
import { aheadPrefix } from "./leftahead.ts";
import type { WrittenCall } from "./loader/call.ts";
import { type TextStore, valueIn } from "./page.ts";
import { callIn, recordedOf } from "./rest/recorded.ts";

const mostAhead = 1_000;

/** The events of one database. */
export class WriteAhead {
  readonly #store: TextStore;
  readonly #prefix: string;
  /** The key of each event that is there, and how many are left under each key. */
  readonly #keyOf = new Map<string, string>();
  readonly #left = new Map<string, number>();

  constructor(store: TextStore, database: string) {
    this.#store = store;
    this.#prefix = `${aheadPrefix}${database}.`;
  }

  /** What other pages left there, oldest first; each is found once. What cannot be read is dropped. */
  find(): readonly Recorded[] {
    const found: Recorded[] = [];
    for (const key of this.#store.keys(this.#prefix)) {
      if (this.#left.has(key)) continue;
      const [first, events] = eventsIn(this.#store.read(key));
      if (key === this.#prefix + first && events.length > 0) found.push(...this.#put(key, events));
      else this.#store.remove(key);
    }
    return found.sort((a, b) => a.atMs - b.atMs);
  }

  /** Takes over what the loader of this page wrote while it was alone. */
  adopt(key: string, calls: readonly WrittenCall[]): void {
    if (this.#store.read(key) !== null) this.#put(key, calls.flatMap(recordedOf));
  }

  /** Writes what one task tracked; what has no room, or was denied it, is not there. */
  write(events: readonly Recorded[]): void {
    let room = this.#keyOf.size;
    // Clicks do not push a purchase out.
    const fitting = events.filter((event) => room < (saysMuch(event) ? 2 : 1) * mostAhead && ++room);
    // A store that has no room for all may have it for some.
    if (!this.#writeTogether(fitting) && fitting.length > 1) {
      for (const event of fitting) this.#writeTogether([event]);
    }
  }

  has(id: string): boolean {
    return this.#keyOf.has(id);
  }

  /** Whether it is there still: the site may have cleared its storage. */
  isThere(id: string): boolean {
    const key = this.#keyOf.get(id);
    return key !== undefined && this.#store.read(key) !== null;
  }

  /** They were erased. */
  forget(): void {
    this.#keyOf.clear();
    this.#left.clear();
  }

  remove(id: string): void {
    const key = this.#keyOf.get(id);
    if (key === undefined) return;
    this.#keyOf.delete(id);
    const left = (this.#left.get(key) ?? 0) - 1;
    this.#left.set(key, left);
    if (left > 0) return;
    this.#left.delete(key);
    this.#store.remove(key);
  }

  #writeTogether(events: readonly Recorded[]): boolean {
    if (events.length === 0) return true;
    const key = this.#prefix + events[0].id;
    // One by itself stands there as earlier versions wrote it.
    const text = JSON.stringify(events.length > 1 ? events : events[0]);
    return this.#store.write(key, text) && this.#put(key, events) !== null;
  }

  #put(key: string, events: readonly Recorded[]): readonly Recorded[] {
    for (const { id } of events) this.#keyOf.set(id, key);
    this.#left.set(key, events.length);
    return events;
  }
}

/** Whether a key of the store is that of an event. */
export function isAhead(key: string | null): boolean {
  return key?.startsWith(aheadPrefix) === true;
}

/** The id of what it begins with, and all that can be read of it; none where something else wrote it. */
function eventsIn(text: string | null): readonly [string | undefined, readonly Recorded[]] {
  const value = valueIn(text);
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return [Object(all[0]).id, all.flatMap(recordedIn)];
}

/** What the loader of a page wrote as it was called, or what this wrote. */
function recordedIn(one: unknown): readonly Recorded[] {
  const call = callIn(one);
  if (call !== null) return recordedOf(call);
  const { id, kind, atMs, fact, value, ...properties }: Readonly<Record<string, unknown>> = Object(one);
  if (typeof id !== "string" || typeof atMs !== "number" || !Number.isFinite(atMs)) return [];
  const said = kind === "fact" ? factsOf({ [String(fact)]: value })?.[0] : eventOf(kind, properties);
  return said == null ? [] : [{ ...said, id, atMs }];
}
