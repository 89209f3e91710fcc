/**
 * The store in IndexedDB, as far as IndexedDB answers. It yields to other tabs (a deletion, a newer version)
 * by closing, and opens again with the next operation; an operation that fails is done once more on a new
 * connection, whatever the failure's name, since a transaction that failed wrote nothing. What still fails
 * then, or does not answer in time, rejects: fallback.ts goes on without.
 *
 * Events are durable against a closed tab and a crashed browser. Ledger entries are written with strict
 * durability, against a power cut too, because "answered at most once" rests on them.
 */
import { type IDBPDatabase, type IDBPObjectStore, openDB, type StoreNames, unwrap, wrap } from "idb";
import type { Recorded } from "../../core/events/fact.ts";
import type { Kept, SentReport } from "../api.ts";
import { exchanged } from "./exchanged.ts";
import { type Exchange, type KeptMoving, nothingMoving } from "./keptmoving.ts";
import { DatabaseLogs } from "./logstore.ts";
import { attempt, decided } from "./outcome.ts";
import { DatabaseParts } from "./partstore.ts";
import { DatabaseSchedule } from "./schedulestore.ts";
import { type KeptUpdate, type Left, type NewReport, nothingKept, type Since, type Store } from "./store.ts";
import { DatabaseTokens } from "./tokenstore.ts";
import { DatabaseTrials } from "./trialstore.ts";
import { underKey } from "./underkey.ts";
import { isOurs, type TacitSchema, upgrade, upgradeSteps } from "./upgrades.ts";
import { TimedOut, within } from "./within.ts";

type Connection = IDBPDatabase<TacitSchema>;

const strict = { durability: "strict" } as const;

const reopenAfterMs = [50, 250, 500];
/** What opening again does not change: storage is denied, or another version holds the database. */
const finalNames: readonly string[] = ["SecurityError", "VersionError"];

/** Why a connection ended: `deleted` when the data are gone for certain. */
export type LostBecause = "deleted" | "closed";

/** There is no such database, and none may be made. */
export class NotThere extends Error {}

export interface DatabaseLimits {
  /** How long opening may take; 2 s unless given. */
  readonly openLimitMs?: number;
  /** How long an operation may take; 2 s unless given, five times as much for parts of the model. */
  readonly limitMs?: number;
}

export class Database implements Store {
  readonly storage = "device";
  readonly knowsKept = true;
  readonly tokens = new DatabaseTokens((work) => this.#run(work));
  readonly parts = new DatabaseParts((work) => this.#run(work, 15));
  readonly logs = new DatabaseLogs((work) => this.#run(work));
  readonly schedule = new DatabaseSchedule((work) => this.#run(work));
  readonly trials = new DatabaseTrials((work) => this.#run(work));
  readonly experiments = underKey((work) => this.#run(work), "experiments");
  /** Whether one that is not there may be made. */
  mayCreate = true;
  readonly #name: string;
  readonly #onLost: (because: LostBecause) => void;
  readonly #limits: Required<DatabaseLimits>;
  #connection: Promise<Connection> | null = null;
  /** The connection once it is open; null: it is not, or was let go. */
  #open: Connection | null = null;
  /** Transactions that have not ended. */
  readonly #under = new Set<IDBTransaction>();
  #closed = false;
  #wasOpen = false;

  /**
   * @param onLost called when what was read before may be gone: the connection ended from outside, or another
   * found
   *   a new database. Not every engine tells a connection of its end while an operation of its fails.
   */
  constructor(name: string, onLost: (because: LostBecause) => void, limits: DatabaseLimits = {}) {
    this.#name = name;
    this.#onLost = onLost;
    this.#limits = { openLimitMs: 2_000, limitMs: 2_000, ...limits };
  }

  /** @throws {Error} when it does not open in time; it may still open later, see `opened`. */
  async open(): Promise<void> {
    await this.#connected();
  }

  /** Resolves when it is open, however long that takes. */
  async opened(): Promise<void> {
    await this.#connect();
  }

  addEvents(events: readonly Recorded[], left: Left = () => true): Promise<readonly Recorded[]> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["events", "kept"], "readwrite");
      const store = transaction.objectStore("events");
      const [kept = nothingKept, ...keys] = await Promise.all([
        transaction.objectStore("kept").get("kept"),
        ...events.map((event) => store.getKey(event.id)),
      ]);
      const known = new Set(keys);
      const added = events.filter(
        (event) => left(event, kept) && !known.has(event.id) && known.add(event.id),
      );
      await Promise.all([...added.map((event) => store.put(event)), transaction.done]);
      return added;
    });
  }

  events(): Promise<readonly Recorded[]> {
    return this.#run((db) => db.getAllFromIndex("events", "atMs"));
  }

  eventsById(ids: readonly string[]): Promise<readonly Recorded[]> {
    return this.#run(async (db) => {
      const { store } = db.transaction("events");
      const found = await Promise.all(ids.map((id) => store.get(id)));
      return found.flatMap((event) => event ?? []);
    });
  }

  removeEvents(ids: readonly string[]): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("events", "readwrite");
      await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done]);
    });
  }

  reports(): Promise<readonly SentReport[]> {
    return this.#run((db) => db.getAllFromIndex("reports", "atMs"));
  }

  reportBody(id: string): Promise<Uint8Array | null> {
    return this.#run(async (db) => (await db.get("reportBodies", id)) ?? null);
  }

  addReport({ admit, body, basedOn }: NewReport): Promise<SentReport | null> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["events", "reports", "reportBodies", "kept"], "readwrite", strict);
      const reports = transaction.objectStore("reports");
      const events = transaction.objectStore("events");
      const found = await Promise.all(basedOn.map((id) => events.getKey(id)));
      const kept = transaction.objectStore("kept");
      const [keptBefore, ledger] = await Promise.all([kept.get("kept"), reports.getAll()]);
      const admitted = attempt(() =>
        found.every((id) => id !== undefined) ? admit(keptBefore ?? null, ledger) : null,
      );
      const written = admitted.ok ? admitted.value : null;
      const writes =
        written === null
          ? []
          : [
              reports.put(written.entry),
              kept.put(written.kept, "kept"),
              transaction.objectStore("reportBodies").put(body, written.entry.id),
            ];
      await Promise.all([...writes, transaction.done]);
      return admitted;
    }).then((outcome) => decided(outcome)?.entry ?? null);
  }

  updateReport(entry: SentReport, still = (_kept: SentReport): boolean => true): Promise<boolean> {
    return this.#run(async (db) => {
      const transaction = db.transaction("reports", "readwrite", strict);
      const kept = await transaction.store.get(entry.id);
      const isKept = kept !== undefined && still(kept);
      await Promise.all([...(isKept ? [transaction.store.put(entry)] : []), transaction.done]);
      return isKept;
    });
  }

  removeReportBodies(ids: readonly string[]): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("reportBodies", "readwrite");
      await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done]);
    });
  }

  eraseEvents(since?: Since): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("events", "readwrite");
      await Promise.all([emptied(transaction.store, since), transaction.done]);
    });
  }

  kept(): Promise<Kept | null> {
    return this.#run(async (db) => (await db.get("kept", "kept")) ?? null);
  }

  keep(update: KeptUpdate): Promise<Kept> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["kept", "reports"], "readwrite", strict);
      const kept = await updatedKept(
        transaction.objectStore("kept"),
        transaction.objectStore("reports"),
        update,
      );
      await transaction.done;
      return kept;
    });
  }

  eraseAll(update: KeptUpdate, since?: Since): Promise<Kept> {
    return this.#run(async (db) => {
      const transaction = db.transaction([...db.objectStoreNames], "readwrite", strict);
      const kept = await updatedKept(
        transaction.objectStore("kept"),
        transaction.objectStore("reports"),
        update,
      );
      const others = [...db.objectStoreNames].filter((name) => name !== "kept" && name !== "events");
      await Promise.all([
        emptied(transaction.objectStore("events"), since),
        ...others.map((name) => transaction.objectStore(name).clear()),
        transaction.done,
      ]);
      return kept;
    });
  }

  moving(): Promise<KeptMoving> {
    return this.#run(async (db) => (await db.get("moving", "moving")) ?? nothingMoving);
  }

  exchange(exchange: Exchange): Promise<readonly Recorded[]> {
    // A whole journal may come, to a phone.
    return this.#run((db) => exchanged(db, exchange), 25).then(decided);
  }

  /** What is being written is written whole before, or not at all. */
  close(): void {
    this.#closed = true;
    for (const transaction of this.#under) abort(transaction);
    this.letGo();
  }

  /** Closes what is open, and what is opening once it is; the next operation opens anew. */
  letGo(): void {
    const connection = this.#connection;
    this.#connection = null;
    this.#open = null;
    void connection?.then(
      (db) => db.close(),
      () => undefined, // It never opened, and whoever asked got the failure.
    );
  }

  #connected(): Promise<Connection> {
    return within(this.#limits.openLimitMs, this.#connect(), `database ${this.#name}: expected to open`);
  }

  #connect(): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error("database: expected to be open, got closed"));
    if (this.#connection === null) {
      const opening = this.#openingPatiently();
      this.#connection = opening;
      // One that was let go meanwhile is nobody's.
      opening.then(
        (db) => {
          if (this.#connection === opening) this.#open = db;
        },
        () => {
          if (this.#connection === opening) this.#connection = null;
        },
      );
    }
    return this.#connection;
  }

  /** Opening fails while the browser is still clearing the site's data, or its own storage comes back. */
  async #openingPatiently(): Promise<Connection> {
    for (const afterMs of reopenAfterMs) {
      try {
        return await this.#opening();
      } catch (cause) {
        const isFinal = !(cause instanceof DOMException) || finalNames.includes(cause.name);
        if (isFinal || this.#closed) throw cause;
        await new Promise((resolve) => setTimeout(resolve, afterMs));
      }
    }
    return this.#opening();
  }

  async #opening(): Promise<Connection> {
    const notThere = () => new NotThere(`database ${this.#name}: expected one, got none`);
    if (!this.mayCreate && !(await mayBeThere(this.#name))) throw notThere();
    let failure: unknown = null;
    let isNew = false;
    const db = await openDB<TacitSchema>(this.#name, upgradeSteps.length, {
      upgrade: (db, from, _to, transaction) => {
        isNew = from === 0;
        // Whoever opens gets the failure.
        transaction.done.catch(() => undefined);
        if (isNew && !this.mayCreate) {
          failure = notThere();
          // What comes into being by being opened is gone with this.
          transaction.abort();
          return;
        }
        // A step that failed leaves the database as it was.
        void upgrade(db, transaction, from).catch((cause) => {
          failure = cause;
          transaction.abort();
        });
      },
      blocking: (_version, wantedVersion) => {
        this.#ended(db, wantedVersion === null ? "deleted" : "closed");
      },
      terminated: () => {
        this.#ended(db, "closed");
      },
    }).catch((cause) => {
      throw failure ?? cause;
    });
    if (isOurs(db)) {
      this.#follow(db);
      if (isNew && this.#wasOpen) this.#onLost("deleted");
      this.#wasOpen = true;
      return db;
    }
    db.close();
    throw new Error(`database ${this.#name}: expected this SDK's, got somebody else's; name another`);
  }

  /** Keeps the transactions that are under way. */
  #follow(db: Connection): void {
    const raw = unwrap(db);
    raw.transaction = (...asked) => {
      const transaction = IDBDatabase.prototype.transaction.apply(raw, asked);
      this.#under.add(transaction);
      // Whoever awaits the operation gets its failure, the handlers of the page's site do not.
      const { done } = wrap(transaction);
      done.catch(() => undefined).then(() => this.#under.delete(transaction));
      return transaction;
    };
  }

  #ended(db: Connection, because: LostBecause): void {
    db.close();
    if (db !== this.#open) return;
    this.letGo();
    this.#onLost(because);
  }

  /** @param patience how many times the limit of an operation it may take. */
  async #run<T>(work: (db: Connection) => Promise<T>, patience = 1): Promise<T> {
    const limited = (db: Connection): Promise<T> =>
      within(this.#limits.limitMs * patience, work(db), `database ${this.#name}: expected to answer`);
    const db = await this.#connected();
    try {
      return await limited(db);
    } catch (cause) {
      if (this.#closed) throw cause;
      // Of several that fail on it the first lets go of it, and none of the one that was opened since.
      if (db === this.#open) this.letGo();
      // What did not answer may yet be done, and is not done twice.
      if (cause instanceof TimedOut) throw cause;
      return limited(await this.#connected());
    }
  }
}

/** Where a browser lists its databases, that is asked first: WebKit keeps an empty one that was opened and aborted. */
async function mayBeThere(name: string): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some((database) => database.name === name);
  } catch {
    // Firefox before version 126 has no list.
    return true;
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended, and its last word is on the way.
  }
}

type EventStore = IDBPObjectStore<TacitSchema, StoreNames<TacitSchema>[], "events", "readwrite">;

async function emptied(store: EventStore, since: Since = () => false): Promise<void> {
  const staying = (await store.getAll()).filter(since);
  await Promise.all([store.clear(), ...staying.map((event) => store.put(event))]);
}

type KeptStore = IDBPObjectStore<TacitSchema, StoreNames<TacitSchema>[], "kept", "readwrite">;
type ReportStore = IDBPObjectStore<TacitSchema, StoreNames<TacitSchema>[], "reports", "readwrite">;

async function updatedKept(store: KeptStore, reports: ReportStore, update: KeptUpdate): Promise<Kept> {
  const [before, ledger] = await Promise.all([store.get("kept"), reports.index("atMs").getAll()]);
  const kept = update(before ?? null, ledger);
  await store.put(kept, "kept");
  return kept;
}
