/**
 * The device's store for as long as it answers, and memory while it does not: the person's events of this
 * visit are never waited for, whatever the browser's storage does.
 *
 * - An operation on the journal, or a look at the ledger, that the database refuses or does not answer in time
 *   is done in memory, with the events known until then. So are all that follow, until the database answers again: then what is in
 *   memory is written to it. It is tried again after 5 s, and ever more seldom.
 * - Whatever has to be certain is not done in memory: reports are neither written nor answered for.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import type { Kept, SentReport, StoredIn } from "../api.ts";
import { Database, type DatabaseLimits, type LostBecause } from "./database.ts";
import { withCopy } from "./kept.ts";
import type { PartStore } from "./keptmodel.ts";
import type { TokenStore } from "./kepttokens.ts";
import { MemoryStore } from "./memory.ts";
import type { KeptUpdate, NewReport, Store } from "./store.ts";
import { TimedOut } from "./within.ts";

export interface FallbackOptions {
  readonly name: string;
  /** Called when what was read before may be another now. */
  readonly onLost: () => void;
  /** Told why storage is denied, each time it is. */
  readonly onDenied: (denied: Error) => void;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  readonly limits?: DatabaseLimits;
  /** When to try again, for the first time; 5 s unless given. */
  readonly retryMs?: number;
}

const mostRetryMs = 300_000;

type State =
  | { readonly at: "device" }
  | {
      readonly at: "memory";
      readonly memory: MemoryStore;
      /** Whether the browser denies IndexedDB as such: then there is nothing in it that could be erased. */
      readonly isDenied: boolean;
      /** What the database has to forget when it answers again: the journal, or all but what is kept. */
      readonly toErase: "nothing" | "events" | KeptUpdate;
    };

/** The device's store. It is open, or stands in for one that is not, when this resolves. */
export async function openStore(options: FallbackOptions): Promise<FallbackStore> {
  const store = new FallbackStore(options);
  await store.open();
  return store;
}

export class FallbackStore implements Store {
  readonly tokens: TokenStore = routed((call) => this.#kindly((store) => call(store.tokens)));
  readonly logs: Store["logs"] = routed((call) => this.#kindly((store) => call(store.logs)));
  readonly schedule: Store["schedule"] = routed((call) => this.#kindly((store) => call(store.schedule)));
  /** A part that finds no room is no reason to keep the journal in memory. */
  readonly parts: PartStore = routed((call) => call(this.#current.parts));
  readonly #options: FallbackOptions;
  readonly #device: Database;
  #state: State = { at: "device" };
  /** What the database is known to hold; null: it was not read yet. */
  #events: TacitEvent[] | null = null;
  #kept: Kept | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
    const { name, limits } = options;
    this.#device = new Database(name, (because) => this.#lost(because), limits);
  }

  get storage(): StoredIn {
    return this.#state.at;
  }

  async open(): Promise<void> {
    await this.#device.open().catch((cause) => this.#deny(cause));
  }

  addEvents(events: readonly TacitEvent[]): Promise<readonly TacitEvent[]> {
    return this.#kindly(async (store) => {
      const added = await store.addEvents(events);
      for (const event of added) this.#events?.push(event);
      return added;
    });
  }

  events(): Promise<readonly TacitEvent[]> {
    return this.#kindly(async (store) => {
      const events = await store.events();
      this.#events = [...events];
      return events;
    });
  }

  eventsById(ids: readonly string[]): Promise<readonly TacitEvent[]> {
    return this.#kindly((store) => store.eventsById(ids));
  }

  removeEvents(ids: readonly string[]): Promise<void> {
    return this.#kindly((store) => store.removeEvents(ids));
  }

  async eraseEvents(): Promise<void> {
    this.#events = null;
    await this.#kindly((store) => store.eraseEvents());
    this.#remember("events");
  }

  kept(): Promise<Kept | null> {
    return this.#kindly(async (store) => {
      this.#kept = await store.kept();
      return this.#kept;
    });
  }

  keep(update: KeptUpdate): Promise<Kept> {
    return this.#kindly(async (store) => {
      this.#kept = await store.keep(update);
      return this.#kept;
    });
  }

  /** @throws {Error} when the database cannot be emptied now. It is as soon as it answers again. */
  async eraseAll(update: KeptUpdate): Promise<Kept> {
    this.#events = null;
    const kept = await this.#kindly((store) => store.eraseAll(update));
    this.#remember(update);
    if (this.#state.at === "memory" && !this.#state.isDenied) {
      throw new Error("erase: expected the database to answer, got nothing; memory alone was emptied");
    }
    return kept;
  }

  reports(): Promise<readonly SentReport[]> {
    return this.#kindly((store) => store.reports());
  }

  reportBody(id: string): Promise<Uint8Array | null> {
    return this.#kindly((store) => store.reportBody(id));
  }

  /** @throws {Error} while there is nothing but memory: a report that is forgotten would be made again. */
  async addReport(report: NewReport): Promise<SentReport | null> {
    if (this.#state.at === "device") return this.#device.addReport(report);
    throw new Error("ledger: must be kept on this device, got a browser that denies storage");
  }

  updateReport(...update: Parameters<Store["updateReport"]>): Promise<boolean> {
    return this.#current.updateReport(...update);
  }

  removeReportBodies(ids: readonly string[]): Promise<void> {
    return this.#current.removeReportBodies(ids);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#device.close();
  }

  get #current(): Store {
    return this.#state.at === "device" ? this.#device : this.#state.memory;
  }

  /** Does it in the database, or in memory where that fails. */
  async #kindly<T>(work: (store: Store) => Promise<T>): Promise<T> {
    if (this.#state.at === "memory" || this.#closed) return work(this.#current);
    try {
      return await work(this.#device);
    } catch (cause) {
      if (this.#closed) throw cause;
      await this.#deny(cause);
      return work(this.#current);
    }
  }

  #lost(because: LostBecause): void {
    if (because === "deleted") this.#events = null;
    this.#options.onLost();
  }

  async #deny(cause: unknown): Promise<void> {
    // Of several that fail at once the first is enough.
    if (this.#state.at === "memory") return;
    const { onDenied, retryMs = 5_000 } = this.#options;
    const memory = new MemoryStore();
    const kept = this.#kept;
    this.#state = { at: "memory", memory, isDenied: isDenial(cause), toErase: "nothing" };
    if (this.#events !== null) await memory.addEvents(this.#events);
    if (kept !== null) await memory.keep(() => kept);
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    onDenied(new Error(`storage: expected IndexedDB, got ${reason}; events are kept until the tab closes`));
    // One that did not answer yet may still do so: the tab that was in its way closes.
    if (cause instanceof TimedOut)
      void this.#device
        .opened()
        .then(() => this.#return())
        .catch(ignore);
    this.#tryAgain(retryMs);
  }

  #tryAgain(afterMs: number): void {
    this.#retry = setTimeout(() => {
      void this.#return().catch(() => {
        if (!this.#closed) this.#tryAgain(Math.min(afterMs * 3, mostRetryMs));
      });
    }, afterMs);
  }

  /** Writes to the database what is in memory, and goes on with it. */
  async #return(): Promise<void> {
    await this.#device.open();
    const written = new Set<string>();
    for (;;) {
      const state = this.#state;
      if (state.at === "device" || this.#closed) return;
      await this.#eraseLate(state);
      const kept = await state.memory.kept();
      if (kept !== null) await this.#device.keep(withCopy(kept, this.#options.nowMs()));
      const events = (await state.memory.events()).filter(({ id }) => !written.has(id));
      if (events.length > 0) await this.#device.addEvents(events);
      for (const { id } of events) written.add(id);
      // Only what is done between two turns of the loop is still to be written.
      if (events.length === 0 && this.#state === state) break;
    }
    clearTimeout(this.#retry);
    this.#state = { at: "device" };
    this.#events = null;
    this.#options.onLost();
  }

  async #eraseLate(state: State & { readonly at: "memory" }): Promise<void> {
    const { toErase } = state;
    if (toErase === "nothing") return;
    if (toErase === "events") await this.#device.eraseEvents();
    else await this.#device.eraseAll(toErase);
    if (this.#state === state) this.#state = { ...state, toErase: "nothing" };
  }

  #remember(toErase: "events" | KeptUpdate): void {
    const state = this.#state;
    if (state.at !== "memory" || typeof state.toErase === "function") return;
    this.#state = { ...state, toErase };
  }
}

const ignore = (): void => undefined;

/** The browser has no IndexedDB, or none for this page. */
function isDenial(cause: unknown): boolean {
  return cause instanceof DOMException ? cause.name === "SecurityError" : !(cause instanceof TimedOut);
}

/** Hands each call to `pass`, which says whose it is. */
function routed<T extends object>(pass: (call: (to: T) => Promise<unknown>) => Promise<unknown>): T {
  const handler: ProxyHandler<object> = {
    get: (_target, name) => {
      return (...args: unknown[]) =>
        pass((to) => Reflect.apply(Reflect.get(to, name) as () => Promise<unknown>, to, args));
    },
  };
  // It has every method that what it passes calls on to has, and these interfaces have nothing but methods.
  return new Proxy({}, handler) as T;
}
