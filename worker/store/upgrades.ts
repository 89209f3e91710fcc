/**
 * The database's schema as numbered steps: step k makes version k out of version k - 1. A step that was
 * released is never edited; the next change is the next step.
 */
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import type { Recorded } from "../../core/events/fact.ts";
import type { KeptTrials } from "../../core/lists/servings.ts";
import type { LogHead } from "../../core/wire/log.ts";
import type { Kept, SentReport } from "../api.ts";
import type { KeptEdition } from "./keptmodel.ts";
import type { KeptMoving } from "./keptmoving.ts";
import type { KeptTasks, Schedule } from "./keptschedule.ts";
import type { RefillPlan } from "./kepttokens.ts";
import { type EntryOfOneTask, entryOfSums } from "./ledgerupgrade.ts";

export interface TacitSchema extends DBSchema {
  events: { key: string; value: Recorded; indexes: { atMs: number } };
  /** Single values by name. */
  kv: { key: "edition"; value: KeptEdition };
  /** Whole parts of the model by id. */
  parts: { key: string; value: Uint8Array };
  /** What there is of parts that are under way. */
  chunks: { key: [string, number]; value: KeptChunk };
  /** Tokens to let reports in, by the issuer's key. */
  tokens: { key: number; value: KeptToken; indexes: { keyId: string } };
  /**
   * What is due when: at the issuer (`plan`), in all, and the tasks answer that it is about; lists on trial,
   * and experiments (keptexperiments.ts).
   */
  refills: {
    key: "plan" | "schedule" | "tasks" | "trials" | "experiments";
    value: RefillPlan | Schedule | KeptTasks | KeptTrials | object;
  };
  /** Head of each helper's log that was seen last, by the helper's identity. */
  logs: { key: string; value: LogHead };
  /** Of data that move between devices; one value. */
  moving: { key: "moving"; value: KeptMoving };
  /** What outlives an erasure; one value. */
  kept: { key: "kept"; value: Kept };
  /** The ledger. */
  reports: { key: string; value: SentReport; indexes: { atMs: number } };
  /** Request bodies by report id, kept for the newest reports only. */
  reportBodies: { key: string; value: Uint8Array };
}

/** Bytes of `part` from `offset` on. */
export interface KeptChunk {
  readonly part: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export interface KeptToken {
  readonly keyId: string;
  readonly token: Uint8Array;
}

type Upgrading = IDBPTransaction<TacitSchema, StoreNames<TacitSchema>[], "versionchange">;

/** A step that reads returns a promise, and the next one waits for it. */
export type UpgradeStep = (db: IDBPDatabase<TacitSchema>, transaction: Upgrading) => void | Promise<void>;

export const upgradeSteps: readonly UpgradeStep[] = [
  function journalAndBundle(db) {
    db.createObjectStore("events", { keyPath: "id" }).createIndex("atMs", "atMs");
    db.createObjectStore("kv");
  },
  function ledger(db) {
    db.createObjectStore("reports", { keyPath: "id" }).createIndex("atMs", "atMs");
    db.createObjectStore("reportBodies");
  },
  function costs(_db, transaction) {
    // What reports cost was not written down: they count as without bound.
    return rewriteReports(transaction, (entry) => ({ ...entry, rho: null }));
  },
  function tokens(db) {
    db.createObjectStore("tokens", { autoIncrement: true }).createIndex("keyId", "keyId");
    db.createObjectStore("refills");
  },
  function sums(_db, transaction) {
    return rewriteReports(transaction, (entry) => {
      // The bytes of what was still to be sent are no report any more.
      if (entry.state === "sending") void transaction.objectStore("reportBodies").delete(entry.id);
      return entryOfSums(entry);
    });
  },
  function parts(db, transaction) {
    // The bundle of protocol 2: nothing but the model of the time, which comes in parts now.
    void transaction.objectStore("kv").clear();
    db.createObjectStore("parts");
    db.createObjectStore("chunks", { keyPath: ["part", "offset"] });
  },
  function logs(db) {
    db.createObjectStore("logs");
  },
  function kept(db) {
    db.createObjectStore("kept");
  },
  function moving(db) {
    db.createObjectStore("moving");
  },
];

const storeNames = [
  "events",
  "kv",
  "parts",
  "chunks",
  "tokens",
  "refills",
  "logs",
  "moving",
  "kept",
  "reports",
  "reportBodies",
] as const satisfies readonly StoreNames<TacitSchema>[];

/** Whether a database of the newest version has the stores of this SDK: others may use the same name. */
export function isOurs({ objectStoreNames }: IDBPDatabase<TacitSchema>): boolean {
  return storeNames.every((name) => objectStoreNames.contains(name));
}

/** Takes a database from version `from` (0: new) to the newest. */
export async function upgrade(
  db: IDBPDatabase<TacitSchema>,
  transaction: Upgrading,
  from: number,
): Promise<void> {
  if (from > 0 && !db.objectStoreNames.contains("events")) {
    throw new Error("database: expected this SDK's, got somebody else's");
  }
  for (const step of upgradeSteps.slice(from)) {
    const work = step(db, transaction);
    // Only where there is something to wait for: a transaction without a request under way ends.
    if (work !== undefined) await work;
  }
}

async function rewriteReports(
  transaction: Upgrading,
  rewrite: (entry: EntryOfOneTask) => EntryOfOneTask | SentReport,
): Promise<void> {
  let cursor = await transaction.objectStore("reports").openCursor();
  while (cursor !== null) {
    // The schema's type is that of the newest version; the step that calls knows which one it finds.
    const entry = cursor.value as unknown as EntryOfOneTask;
    await cursor.update(rewrite(entry) as SentReport);
    cursor = await cursor.continue();
  }
}
