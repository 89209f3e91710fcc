/**
 * The leader's store: bundles, tasks, sealed reports, batches. Nothing here tells who sent a report, or when.
 *
 * States, as they are written down:
 *   task   open -> closed -> finished          one task is open or closed at a time
 *   batch  closed -> summed -> used            or dropped; the reports of an open task's block are its open batch
 *   bundle published | refused                 in force is the one published last
 */
import type { Generated, Kysely, Transaction } from "kysely";
import { openSqlite } from "./sqlite.ts";

export type BundleState = "published" | "refused";
export type TaskState = "open" | "closed" | "finished";
export type BatchState = "closed" | "summed" | "used" | "dropped";

export interface LeaderTables {
  bundles: {
    id: string;
    created_at_ms: number;
    round: number;
    /** What made it: "import", "train" or "round". */
    origin: string;
    state: BundleState;
    /** JSON of the gate's verdict. */
    verdict: string;
    bytes: Uint8Array;
    brotli: Uint8Array;
    gzip: Uint8Array;
    /** What training knows beside it; see training/learned.ts. */
    learned: Uint8Array;
  };
  publications: { seq: Generated<number>; bundle: string; at_ms: number };
  tasks: {
    seq: Generated<number>;
    id: string;
    /** The task as JSON. */
    task: string;
    round: number;
    state: TaskState;
    opened_at_ms: number;
    /** What came of it, once finished. */
    outcome: string | null;
  };
  report_ids: { task: number; id: Uint8Array };
  reports: {
    seq: Generated<number>;
    task: number;
    block: number;
    id: Uint8Array;
    leader_key: number;
    helper_key: number;
    leader_share: Uint8Array;
    helper_seed: Uint8Array;
  };
  batches: {
    id: Uint8Array;
    task: number;
    block: number;
    state: BatchState;
    /** Reports in it when it was closed. */
    reports: number;
    /** Reports in the sum. */
    counted: number | null;
    /** The aggregate: field elements, little-endian Uint32. */
    sum: Uint8Array | null;
    /** JSON: reason -> number of reports left out for it. */
    left_out: string;
  };
  probes: { id: number; at_ms: number };
}

export type LeaderStore = Kysely<LeaderTables>;
/** A store, or a transaction on it: what a query function takes. */
export type LeaderQueries = Kysely<LeaderTables> | Transaction<LeaderTables>;

/** @throws {OperatorError} when it was written by a newer version. */
export function openLeaderStore(path: string): LeaderStore {
  return openSqlite<LeaderTables>({ path, migrations });
}

const migrations = [
  `
  CREATE TABLE bundles (
    id TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL, round INTEGER NOT NULL, origin TEXT NOT NULL,
    state TEXT NOT NULL, verdict TEXT NOT NULL, bytes BLOB NOT NULL, brotli BLOB NOT NULL, gzip BLOB NOT NULL,
    learned BLOB NOT NULL
  ) STRICT;
  CREATE TABLE publications (
    seq INTEGER PRIMARY KEY, bundle TEXT NOT NULL REFERENCES bundles (id), at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, task TEXT NOT NULL, round INTEGER NOT NULL,
    state TEXT NOT NULL, opened_at_ms INTEGER NOT NULL, outcome TEXT
  ) STRICT;
  CREATE UNIQUE INDEX one_task_at_a_time ON tasks (state <> 'finished') WHERE state <> 'finished';
  CREATE TABLE report_ids (task INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (task, id)) STRICT, WITHOUT ROWID;
  CREATE TABLE reports (
    seq INTEGER PRIMARY KEY, task INTEGER NOT NULL, block INTEGER NOT NULL, id BLOB NOT NULL,
    leader_key INTEGER NOT NULL, helper_key INTEGER NOT NULL, leader_share BLOB NOT NULL, helper_seed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX reports_of_block ON reports (task, block, seq);
  CREATE TABLE batches (
    id BLOB PRIMARY KEY, task INTEGER NOT NULL, block INTEGER NOT NULL, state TEXT NOT NULL, reports INTEGER NOT NULL,
    counted INTEGER, sum BLOB, left_out TEXT NOT NULL, UNIQUE (task, block)
  ) STRICT;
  CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT;
  `,
];
