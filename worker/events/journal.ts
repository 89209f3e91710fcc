/**
 * The journal: the on-device log of what the person did. Owns the events in memory and keeps them in step
 * with the store and with other tabs; drops the oldest when there are more than ranking can use.
 */
import { isEventKind, type TacitEvent } from "../../core/events/event.ts";
import { oldestFirst, type Store } from "../store/store.ts";

export interface JournalLimits {
  readonly events: number;
  /**
   * Impressions come in crowds and weigh nothing: they may not push out what was meant. As many are kept of
   * kinds that only another version knows, which may be as frequent; they serve again once that version is
   * back.
   */
  readonly impressions: number;
}

const journalLimits: JournalLimits = { events: 5_000, impressions: 500 };

export class Journal {
  readonly #store: Store;
  readonly #limits: JournalLimits;
  /** Oldest first; null when the store must be read again. The same array as long as nothing changed. */
  #events: Promise<readonly TacitEvent[]> | null = null;

  constructor(store: Store, limits = journalLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** All events, oldest first. */
  events(): Promise<readonly TacitEvent[]> {
    if (this.#events === null) {
      const reading = this.#store.events();
      this.#events = reading;
      reading.catch(() => {
        // Whoever asked gets the failure; the next to ask tries again.
        if (this.#events === reading) this.#events = null;
      });
    }
    return this.#events;
  }

  /** Adds events whose id is new; resolves with their number once they are durable. */
  async append(events: readonly TacitEvent[]): Promise<number> {
    const added = await this.#store.addEvents(events);
    if (added.length === 0) return 0;
    // What was read before may or may not hold them already.
    if (this.#events !== null) this.#events = this.#events.then((known) => merged(known, added));
    await this.#compact();
    return added.length;
  }

  async erase(): Promise<void> {
    await this.#store.eraseEvents();
    this.forget();
  }

  /** Drops what is held in memory, because the store changed behind it. */
  forget(): void {
    this.#events = null;
  }

  async #compact(): Promise<void> {
    const events = await this.events();
    const surplus = surplusOf(events, this.#limits);
    if (surplus.size === 0) return;
    await this.#store.removeEvents([...surplus]);
    if (this.#events !== null) {
      this.#events = this.#events.then((known) => known.filter((event) => !surplus.has(event.id)));
    }
  }
}

/** Ids of the oldest events over the limits. `events` oldest first. */
export function surplusOf(events: readonly TacitEvent[], limits: JournalLimits): ReadonlySet<string> {
  const surplus = new Set<string>();
  const addOldest = (among: readonly TacitEvent[], limit: number): void => {
    for (const { id } of among.slice(0, Math.max(0, among.length - limit))) surplus.add(id);
  };
  addOldest(
    events.filter(({ kind }) => kind === "impression"),
    limits.impressions,
  );
  addOldest(
    events.filter(({ kind }) => !isEventKind(kind)),
    limits.impressions,
  );
  addOldest(
    events.filter(({ id }) => !surplus.has(id)),
    limits.events,
  );
  return surplus;
}

function merged(known: readonly TacitEvent[], added: readonly TacitEvent[]): readonly TacitEvent[] {
  const ids = new Set(known.map((event) => event.id));
  return [...known, ...added.filter((event) => !ids.has(event.id))].sort(oldestFirst);
}
