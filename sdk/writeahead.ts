/**
 * Events on the page's own side until the worker has them on disk: written at once, in localStorage, so that
 * whatever was tracked outlives the page, however it goes. The next page of the site hands over what it finds;
 * the journal knows events by id, so one handed over twice is there once.
 *
 * One key an event, so that writing one costs the same however many there are. At most `mostAhead` at a time, twice as
 * many when they say much: a site's storage is the site's.
 */
import { isEventKind } from "../core/events/event.ts";
import type { Recorded } from "../core/events/fact.ts";
import { saysMuch } from "./backlog.ts";
import { randomId, type TextStore } from "./page.ts";

const prefix = "tacit.event.";
const erasedKey = "tacit.erased";
const mostAhead = 1_000;

/** The events of one database. */
export class WriteAhead {
  readonly #store: TextStore;
  readonly #prefix: string;
  readonly #written = new Set<string>();

  constructor(store: TextStore, database: string) {
    this.#store = store;
    this.#prefix = `${prefix}${database}.`;
  }

  /** What other pages left there, oldest first; each is found once. What cannot be read is dropped. */
  find(): readonly Recorded[] {
    const events: Recorded[] = [];
    for (const key of this.#store.keys(this.#prefix)) {
      if (this.#written.has(key.slice(this.#prefix.length))) continue;
      const event = parsed(this.#store.read(key));
      if (event === null || key !== this.#prefix + event.id) {
        this.#store.remove(key);
        continue;
      }
      this.#written.add(event.id);
      events.push(event);
    }
    return events.sort((a, b) => a.atMs - b.atMs);
  }

  /** False when it could not be written: the browser denies storage, it is full, or enough is there. */
  write(event: Recorded): boolean {
    // Clicks do not push a purchase out.
    if (this.#written.size >= (saysMuch(event) ? 2 : 1) * mostAhead) return false;
    if (!this.#store.write(this.#prefix + event.id, JSON.stringify(event))) return false;
    this.#written.add(event.id);
    return true;
  }

  has(id: string): boolean {
    return this.#written.has(id);
  }

  /** Whether it is there still: the site may have cleared its storage. */
  isThere(id: string): boolean {
    return this.has(id) && this.#store.read(this.#prefix + id) !== null;
  }

  /** They were erased. */
  forget(): void {
    this.#written.clear();
  }

  remove(id: string): void {
    if (this.#written.delete(id)) this.#store.remove(this.#prefix + id);
  }
}

/** Whether a key of the store is that of an event. */
export function isAhead(key: string | null): boolean {
  return key?.startsWith(prefix) === true;
}

/** Drops the events of every database and page, and has pages in other tabs drop those they hold. */
export function eraseAhead(store: TextStore): void {
  for (const key of store.keys(prefix)) store.remove(key);
  store.write(erasedKey, randomId());
}

/** Which erasure was the last; null when there was none or nothing is known of it. */
export function lastErasure(store: TextStore): string | null {
  return store.read(erasedKey);
}

function parsed(text: string | null): Recorded | null {
  try {
    const value = JSON.parse(text ?? "null");
    const isOurs = isEventKind(value?.kind) || (value?.kind === "fact" && typeof value.fact === "string");
    return isOurs && typeof value.id === "string" && Number.isFinite(value.atMs) ? value : null;
  } catch {
    return null;
  }
}
