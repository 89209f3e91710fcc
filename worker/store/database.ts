/**
 * The store in IndexedDB. It yields to other tabs (a deletion, a newer version) by closing, and opens again
 * with the next operation; an operation that meets a connection which died in the meantime is tried once
 * more.
 *
 * Events are durable against a closed tab and a crashed browser. Ledger entries are written with strict
 * durability, against a power cut too, because "answered at most once" rests on them.
 */
import { type IDBPDatabase, openDB } from "idb";
import type { TacitEvent } from "../../core/events/event.ts";
import type { SentReport } from "../api.ts";
import { DatabaseLogs } from "./logstore.ts";
import { MemoryStore } from "./memory.ts";
import { DatabaseParts } from "./partstore.ts";
import type { NewReport, Store } from "./store.ts";
import { DatabaseTokens } from "./tokenstore.ts";
import { type TacitSchema, upgrade, upgradeSteps } from "./upgrades.ts";

type Connection = IDBPDatabase<TacitSchema>;

const strict = { durability: "strict" } as const;

export interface OpenedStore {
  readonly store: Store;
  /** Why the device has no store of its own, when it has none. */
  readonly denied: Error | null;
}

/**
 * The device's store, or a memory store where it is denied.
 *
 * @param onLost called when the connection ended from outside: what was read before may be gone.
 */
export async function openStore(name: string, onLost: () => void): Promise<OpenedStore> {
  const database = new Database(name, onLost);
  try {
    await database.open();
    return { store: database, denied: null };
  } catch (cause) {
    const denied = new Error(
      `storage: expected IndexedDB, got ${cause}; events are kept until the tab closes`,
    );
    return { store: new MemoryStore(), denied };
  }
}

export class Database implements Store {
  readonly storage = "device";
  readonly tokens = new DatabaseTokens((work) => this.#run(work));
  readonly parts = new DatabaseParts((work) => this.#run(work));
  readonly logs = new DatabaseLogs((work) => this.#run(work));
  readonly #name: string;
  readonly #onLost: () => void;
  #connection: Promise<Connection> | null = null;
  #closed = false;

  constructor(name: string, onLost: () => void) {
    this.#name = name;
    this.#onLost = onLost;
  }

  async open(): Promise<void> {
    await this.#connect();
  }

  addEvents(events: readonly TacitEvent[]): Promise<readonly TacitEvent[]> {
    return this.#run(async (db) => {
      const transaction = db.transaction("events", "readwrite");
      const keys = await Promise.all(events.map((event) => transaction.store.getKey(event.id)));
      const known = new Set(keys);
      const added = events.filter((event) => !known.has(event.id) && known.add(event.id));
      await Promise.all([...added.map((event) => transaction.store.put(event)), transaction.done]);
      return added;
    });
  }

  events(): Promise<readonly TacitEvent[]> {
    return this.#run((db) => db.getAllFromIndex("events", "atMs"));
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
      const transaction = db.transaction(["events", "reports", "reportBodies"], "readwrite", strict);
      const reports = transaction.objectStore("reports");
      const events = transaction.objectStore("events");
      const found = await Promise.all(basedOn.map((id) => events.getKey(id)));
      const entry = found.every((id) => id !== undefined) ? admit(await reports.getAll()) : null;
      const writes =
        entry === null
          ? []
          : [reports.put(entry), transaction.objectStore("reportBodies").put(body, entry.id)];
      await Promise.all([...writes, transaction.done]);
      return entry;
    });
  }

  updateReport(entry: SentReport): Promise<boolean> {
    return this.#run(async (db) => {
      const transaction = db.transaction("reports", "readwrite", strict);
      const isKept = (await transaction.store.getKey(entry.id)) !== undefined;
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

  eraseEvents(): Promise<void> {
    return this.#run((db) => db.clear("events"));
  }

  eraseAll(): Promise<readonly SentReport[]> {
    return this.#run(async (db) => {
      const names = [...db.objectStoreNames];
      const transaction = db.transaction(names, "readwrite", strict);
      const reports = await transaction.objectStore("reports").index("atMs").getAll();
      await Promise.all([...names.map((name) => transaction.objectStore(name).clear()), transaction.done]);
      return reports;
    });
  }

  close(): void {
    this.#closed = true;
    this.#letGo();
  }

  #letGo(): void {
    const connection = this.#connection;
    this.#connection = null;
    void connection?.then(
      (db) => db.close(),
      () => undefined, // It never opened, and whoever asked got the failure.
    );
  }

  #connect(): Promise<Connection> {
    if (this.#closed) return Promise.reject(new Error("database: expected to be open, got closed"));
    this.#connection ??= openDB<TacitSchema>(this.#name, upgradeSteps.length, {
      upgrade: (db, from, _to, transaction) => {
        // A step that failed leaves the database as it was.
        void upgrade(db, transaction, from).catch(() => transaction.abort());
      },
      blocking: () => {
        this.#letGo();
        this.#onLost();
      },
      terminated: () => {
        this.#connection = null;
        this.#onLost();
      },
    }).catch((cause) => {
      this.#connection = null;
      throw cause;
    });
    return this.#connection;
  }

  async #run<T>(work: (db: Connection) => Promise<T>): Promise<T> {
    const db = await this.#connect();
    try {
      return await work(db);
    } catch (cause) {
      // Starting a transaction on a connection that is closing: nothing was done yet, so doing it again is
      // safe.
      if (!(cause instanceof DOMException && cause.name === "InvalidStateError")) throw cause;
      this.#connection = null;
      return work(await this.#connect());
    }
  }
}
