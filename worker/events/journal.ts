/**
 * The journal: the on-device log of what the person did. Owns the events in memory and keeps them in step
 * with the store and with other tabs; drops the oldest when there are more than ranking can use.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import type { Recorded } from "../../core/events/fact.ts";
import { dayMs } from "../../core/time.ts";
import type { Store } from "../store/store.ts";
import { EventLog, type JournalLimits } from "./eventlog.ts";

export const journalLimits: JournalLimits = { events: 50_000, impressions: 5_000 };

/**
 * A fact that was taken back leaves its name until nothing that was said before can still be on its way: with a page
 * that was closed, or in a tab that had no storage.
 */
const takenBackMs = 7 * dayMs;

/**
 * What is dropped in memory at once leaves the store together with others, this part of the journal at a time:
 * a full journal would else write twice for each event.
 */
const partAtOnce = 1 / 64;

export class Journal {
  readonly #store: Store;
  readonly #limits: JournalLimits;
  /** Null when the store must be read again. */
  #log: Promise<EventLog> | null = null;
  /** Dropped in memory, and still in the store. */
  #dropped: string[] = [];

  constructor(store: Store, limits = journalLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** The events in memory, which change with the journal; another log once the store was read again. */
  log(): Promise<EventLog> {
    if (this.#log === null) {
      const reading = this.#read();
      this.#log = reading;
      reading.catch(() => {
        // Whoever asked gets the failure; the next to ask tries again.
        if (this.#log === reading) this.#log = null;
      });
    }
    return this.#log;
  }

  /** All events now, oldest first. */
  async events(): Promise<readonly TacitEvent[]> {
    return (await this.log()).all();
  }

  /** Adds events whose id is new; resolves with those once they are durable. */
  async append(events: readonly Recorded[]): Promise<readonly Recorded[]> {
    const added = await this.#store.addEvents(events);
    if (added.length > 0) await this.#take(added);
    return added;
  }

  /** Takes over what another tab appended, as far as the store still has it. */
  async learn(ids: readonly string[]): Promise<void> {
    const known = this.#log;
    if (known === null) return;
    const events = await this.#store.eventsById(ids);
    // Erased in the meantime: then what was read before may be gone.
    if (this.#log === known) await this.#take(events);
  }

  async erase(): Promise<void> {
    await this.#store.eraseEvents();
    this.forget();
  }

  /** Takes events out for good. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.#remove(ids);
    this.forget();
  }

  /** Drops what is held in memory, because the store changed behind it. */
  forget(): void {
    this.#log = null;
    this.#dropped = [];
  }

  async #read(): Promise<EventLog> {
    const recorded = await this.#store.events();
    const log = new EventLog(recorded, this.#limits);
    this.#dropped = [...log.dropSurplus()];
    // By the journal's own clock: the newest time in it.
    const nowMs = recorded.at(-1)?.atMs ?? 0;
    await this.#remove(log.takeSuperseded(nowMs - takenBackMs));
    return log;
  }

  async #take(recorded: readonly Recorded[]): Promise<void> {
    const log = await this.log();
    // What was read may or may not hold them already.
    log.add(recorded);
    // What a person takes back is gone at once.
    await this.#remove(log.takeSuperseded());
    this.#dropped.push(...log.dropSurplus());
    if (this.#dropped.length <= this.#limits.events * partAtOnce) return;
    const leaving = this.#dropped;
    this.#dropped = [];
    await this.#remove(leaving);
  }

  async #remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#store.removeEvents(ids);
  }
}
