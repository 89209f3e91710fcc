/**
 * The device's store for as long as it answers, and memory while it does not: the person's events of this
 * visit are never waited for, whatever the browser's storage does.
 *
 * - An operation on the journal, or a look at the ledger, that the database refuses or does not answer in
 *   time
 *   is done in memory, with the events known until then. So are all that follow, until the database answers again:
 *   then what came meanwhile is written to it. It is tried again after 5 s, and ever more seldom.
 * - Whatever has to be certain is not done in memory: reports are neither written nor answered for.
 * - Where nothing may be stored yet no database is made: memory does until `permit`.
 * - What was erased does not come back: an erasure is due until the database has done it, and what was being
 *   read
 *   or written when it was asked for is dropped.
 */
import type { Recorded } from "../../core/events/fact.ts";
import type { Kept, SentReport, StoredIn } from "../api.ts";
import { Database, type DatabaseLimits, type LostBecause, NotThere } from "./database.ts";
import { isLeft, isSince, withCopy } from "./kept.ts";
import type { ExperimentStore } from "./keptexperiments.ts";
import type { PartStore } from "./keptmodel.ts";
import type { Exchange, KeptMoving } from "./keptmoving.ts";
import type { TokenStore } from "./kepttokens.ts";
import type { TrialStore } from "./kepttrials.ts";
import { MemoryStore } from "./memory.ts";
import { type KeptUpdate, type Left, type NewReport, nothingKept, type Since, type Store } from "./store.ts";
import { TimedOut } from "./within.ts";

export interface FallbackOptions {
  readonly name: string;
  /** Called when what was read before may be another now. */
  readonly onLost: () => void;
  /** Told why storage is denied, each time it is. */
  readonly onDenied: (denied: Error) => void;
  /** Called when the database is in use again. */
  readonly onBack?: () => void;
  /** Called when the database has done an erasure that was due: what others read meanwhile is gone. */
  readonly onErased?: () => void;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Whether a database that is not there may be made at once; true unless given. See `permit`. */
  readonly mayCreate?: boolean;
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
      /** Ids of what it was filled with: the database has them, or somebody took them from it. */
      readonly known: ReadonlySet<string>;
      /** Whether the browser denies IndexedDB as such: then there is nothing in it that could be erased. */
      readonly isDenied: boolean;
    };

/** What the database has yet to forget: the journal, or all but what is kept. */
interface Due {
  readonly what: "events" | KeptUpdate;
  readonly since: Since | undefined;
  /** When it was asked for. */
  readonly atMs: number;
}

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
  readonly trials: TrialStore = {
    all: (nowMs) => this.#kindly((store) => store.trials.all(nowMs)),
    serve: async (serve) => {
      let wasAsked = false;
      return this.#kindly((store) => {
        // What the database did not do in time it may do yet, of a list that was shown without it.
        if (store !== this.#device && wasAsked) this.#areTrialsDue = true;
        wasAsked = true;
        return store.trials.serve(serve);
      });
    },
    clear: async () => {
      this.#areTrialsDue = true;
      await this.#kindly(async (store) => {
        await store.trials.clear();
        if (store === this.#device) this.#areTrialsDue = false;
      });
    },
  };
  readonly experiments: ExperimentStore = routed((call) => this.#kindly((store) => call(store.experiments)));
  /** A part that finds no room is no reason to keep the journal in memory. */
  readonly parts: PartStore = routed((call) => call(this.#current.parts));
  readonly #options: FallbackOptions;
  readonly #device: Database;
  readonly #left: Left = (event, kept) =>
    // Of a "no" that this tab did not know of the database knows.
    kept.choices.personalise !== false && isLeft(event, kept, this.#options.nowMs());
  #state: State = { at: "device" };
  /** What the database is known to hold; null: it was not read yet. */
  #events: Recorded[] | null = null;
  #kept: Kept | null = null;
  #hasReadKept = false;
  #due: Due | null = null;
  /** Whether the database has yet to forget the lists on trial. */
  #areTrialsDue = false;
  /** How often something was erased: what began before must not write after. */
  #erasures = 0;
  /** While an erasure is due: after how many of them each event came, which those do not concern. */
  #cameAfter = new Map<string, number>();
  /** What was taken out while there was memory alone: the database lets go of it when it answers. */
  readonly #removed = new Set<string>();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: FallbackOptions) {
    this.#options = options;
    const { name, limits, mayCreate = true } = options;
    this.#device = new Database(name, (because) => this.#lost(because), limits);
    this.#device.mayCreate = mayCreate;
  }

  get storage(): StoredIn {
    return this.#state.at;
  }

  async open(): Promise<void> {
    await this.#device.open().catch((cause) => this.#deny(cause));
  }

  /** From now on a database may be made: where it was not for that, what came meanwhile is written to it. */
  permit(): void {
    if (this.#device.mayCreate) return;
    this.#device.mayCreate = true;
    const state = this.#state;
    if (state.at === "device") return;
    void this.#return().catch((cause) => {
      this.#state = { ...state, isDenied: isDenial(cause) };
      this.#denied(cause);
    });
  }

  addEvents(events: readonly Recorded[]): Promise<readonly Recorded[]> {
    const erasures = this.#erasures;
    if (this.#due !== null) for (const { id } of events) this.#cameAfter.set(id, erasures);
    return this.#kindly(async (store) => {
      const added = await store.addEvents(events, this.#left);
      if (erasures !== this.#erasures) {
        // It may have been done after the erasure: in memory, or on another connection.
        await store.removeEvents(events.map(({ id }) => id));
        return [];
      }
      for (const event of added) this.#events?.push(event);
      return added;
    });
  }

  events(): Promise<readonly Recorded[]> {
    const erasures = this.#erasures;
    return this.#kindly(async (store) => {
      const events = await store.events();
      if (erasures === this.#erasures) this.#events = [...events];
      return events;
    });
  }

  eventsById(ids: readonly string[]): Promise<readonly Recorded[]> {
    return this.#kindly((store) => store.eventsById(ids));
  }

  removeEvents(ids: readonly string[]): Promise<void> {
    const gone = new Set(ids);
    this.#events = this.#events?.filter(({ id }) => !gone.has(id)) ?? null;
    return this.#kindly(async (store) => {
      // The database has them still.
      if (store !== this.#device) for (const id of ids) this.#removed.add(id);
      await store.removeEvents(ids);
    });
  }

  async eraseEvents(): Promise<void> {
    if (this.#due === null) this.#cameAfter = new Map();
    const [came, nth] = [this.#cameAfter, this.#erasures + 1];
    const atMs = this.#options.nowMs();
    await this.#erase({ what: "events", since: ({ id }) => (came.get(id) ?? 0) >= nth, atMs });
  }

  /**
   * Another tab erased all events but those of `since`: what is known here is not to be shown or written.
   * Where it was the journal alone, for a "no", nothing that is being written is of after it.
   */
  erasedElsewhere(since?: Since): void {
    if (since === undefined) this.#erasures += 1;
    this.#events = null;
    if (this.#state.at === "memory") void this.#state.memory.eraseEvents(since);
  }

  kept(): Promise<Kept | null> {
    return this.#kindly(async (store) => {
      this.#kept = await store.kept();
      this.#hasReadKept ||= store === this.#device;
      return this.#kept;
    });
  }

  /** Where the browser has no database for the page, what the page keeps is all there is. */
  get knowsKept(): boolean {
    return this.#hasReadKept || (this.#state.at === "memory" && this.#state.isDenied);
  }

  keep(update: KeptUpdate): Promise<Kept> {
    return this.#kindly(async (store) => {
      this.#kept = await store.keep(update);
      this.#hasReadKept ||= store === this.#device;
      return this.#kept;
    });
  }

  /** @throws {Error} when the database cannot be emptied now. It is as soon as it answers again. */
  async eraseAll(update: KeptUpdate, since?: Since): Promise<Kept> {
    const kept = await this.#erase({ what: update, since, atMs: this.#options.nowMs() });
    if (this.#due !== null && this.#state.at === "memory" && !this.#state.isDenied) {
      throw new Error("erase: expected the database to answer, got nothing; memory alone was emptied");
    }
    return kept ?? nothingKept;
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

  moving(): Promise<KeptMoving> {
    return this.#current.moving();
  }

  /** @throws {Error} while there is nothing but memory, as `addReport` does. */
  async exchange(exchange: Exchange): Promise<readonly Recorded[]> {
    const erasures = this.#erasures;
    const added = await this.#current.exchange((seen) => {
      if (erasures !== this.#erasures) throw new Error("move: expected what is here to stay, got it erased");
      return exchange(seen);
    });
    this.#events = null;
    return added;
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
    if (because === "deleted") {
      this.#events = null;
      if (this.#state.at === "memory") void this.#state.memory.removeEvents([...this.#state.known]);
    }
    this.#options.onLost();
  }

  async #deny(cause: unknown): Promise<void> {
    // Of several that fail at once the first is enough.
    if (this.#state.at === "memory") return;
    const memory = new MemoryStore();
    const kept = this.#kept;
    const events = this.#events ?? [];
    const known = new Set(events.map(({ id }) => id));
    this.#state = { at: "memory", memory, known, isDenied: isDenial(cause) };
    // Nothing is done in this memory before both are.
    const filled = [memory.addEvents(events), ...(kept === null ? [] : [memory.keep(() => kept)])];
    await Promise.all(filled);
    // Nothing went wrong, and nothing is tried again before it is permitted.
    if (!(cause instanceof NotThere)) this.#denied(cause);
  }

  #denied(cause: unknown): void {
    const { onDenied, retryMs = 5_000 } = this.#options;
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
      // An opening that nobody answered in all that time may never be.
      this.#device.letGo();
      void this.#return().catch(() => {
        if (!this.#closed) this.#tryAgain(Math.min(afterMs * 3, mostRetryMs));
      });
    }, afterMs);
  }

  /** Writes to the database what came while there was memory alone, and goes on with it. */
  async #return(): Promise<void> {
    await this.#device.open();
    for (;;) {
      const state = this.#state;
      if (state.at === "device" || this.#closed) return;
      const { memory, known } = state;
      const [changes, erasures] = [memory.changes, this.#erasures];
      const kept = await memory.kept();
      if (this.#due !== null) {
        await this.#carryOut(this.#due, this.#device, await this.#cameElsewhere(this.#due, kept));
        this.#options.onErased?.();
      }
      if (kept !== null) await this.#device.keep(withCopy(kept, this.#options.nowMs()));
      if (this.#areTrialsDue) {
        // Due until it is done: where it fails now it is tried with the next return.
        await this.#device.trials.clear();
        this.#areTrialsDue = false;
      }
      const removed = [...this.#removed];
      if (removed.length > 0) await this.#device.removeEvents(removed);
      const events = (await memory.events()).filter(({ id }) => !known.has(id));
      const added = await this.#device.addEvents(events, this.#left);
      // What was erased or tracked meanwhile is next.
      if (erasures !== this.#erasures) await this.#device.removeEvents(added.map(({ id }) => id));
      else if (
        this.#state === state &&
        this.#due === null &&
        !this.#areTrialsDue &&
        changes === memory.changes
      )
        break;
    }
    clearTimeout(this.#retry);
    this.#state = { at: "device" };
    this.#events = null;
    this.#removed.clear();
    this.#options.onLost();
    this.#options.onBack?.();
  }

  /** Null where the journal alone was erased. */
  #erase(asked: Due): Promise<Kept | null> {
    this.#erasures += 1;
    this.#events = null;
    // What is due of everything besides the journal stays due.
    const before = asked.what === "events" ? (this.#due?.what ?? asked.what) : asked.what;
    const due = { ...asked, what: before };
    this.#due = due;
    return this.#kindly((store) => this.#carryOut(due, store));
  }

  /**
   * What an erasure that is done late does not concern, besides what came here: it is of after a later "yes"
   * elsewhere.
   */
  async #cameElsewhere({ atMs }: Due, here: Kept | null): Promise<Since> {
    const { choices } = (await this.#device.kept()) ?? nothingKept;
    const isOverruled = choices.personalise === true && choices.revision > (here?.choices.revision ?? 0);
    return (event) => isOverruled && isSince(event, atMs, this.#options.nowMs());
  }

  async #carryOut(due: Due, store: Store, elsewhere: Since = () => false): Promise<Kept | null> {
    const { what } = due;
    const since: Since = (event) => due.since?.(event) === true || elsewhere(event);
    const kept = what === "events" ? await store.eraseEvents(since) : await store.eraseAll(what, since);
    if (store === this.#device && this.#due === due) this.#due = null;
    return kept ?? null;
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
