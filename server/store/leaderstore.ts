/**
 * The leader's store: editions and their parts, tasks, sealed reports, batches, findings. Nothing here tells
 * who sent a report, or when.
 *
 * States, as they are written down (of a kind, one task at a time is not finished):
 *   task   opening    signed and stored; the helper may or may not have its copy yet; no browser has seen it
 *          open       the helper has its copy; browsers are given it and report on it until it expires
 *          closed     takes no more reports; its batches are summed and learned from
 *          finished   done, or superseded; its sealed reports are gone
 *   batch  open       takes chunks of reports; those that count are in its partial sum
 *          closed     has all its chunks; the helper may or may not have answered for it
 *          summed     its aggregate is stored
 *          used       learned from, or its task was superseded
 *          dropped    never summed: too few reports, or the helper refused
 *   report waiting    of no batch yet
 *          fixed      in the one chunk of its batch that is on its way to the helper; gone once the chunk is added
 *   edition published | refused; in force is the published one of the largest sequence
 *
 * A task that expired more than `rememberMs` ago is pruned: its report ids, batches and sums go, its row
 * stays as history. That is safe because a report of a finished task is refused for its state, whether its id
 * is remembered or not.
 */
import type { Generated, Kysely, Transaction } from "kysely";
import type { PlaceTable } from "./place.ts";
import type { SpentTables } from "./spent.ts";
import { openSqlite } from "./sqlite.ts";

export type EditionState = "published" | "refused";
export type TaskState = "opening" | "open" | "closed" | "finished";
export type BatchState = "open" | "closed" | "summed" | "used" | "dropped";

export interface LeaderTables extends SpentTables {
  /** Of protocol 2: read once, when they are made an edition; see publishing/upgrade.ts. */
  bundles: { id: string; created_at_ms: number; origin: string; bytes: Uint8Array; learned: Uint8Array };
  publications: { seq: Generated<number>; bundle: string; at_ms: number };
  /** Each once, whatever the number of editions that list it. */
  parts: { id: string; kind: string; bytes: Uint8Array; brotli: Uint8Array; gzip: Uint8Array };
  editions: {
    sequence: number;
    id: string;
    /** Canonical JSON, and the signature of the leader's identity in hex. */
    document: string;
    signature: string;
    created_at_ms: number;
    /** What made it: "import", "train", "round", "roll back" or "upgrade". */
    origin: string;
    state: EditionState;
    /** JSON of the gate's verdict. */
    verdict: string;
    round: number;
    items: number;
    /** Id of its factors part: what was learned beside it is in `learned`. */
    factors: string;
    /** The content space its rows are in. */
    space: string;
  };
  /** Head, parts and deltas of each edition. */
  edition_parts: { sequence: number; part: string };
  /** What training knows beside a factors part; see kinds/itemfactors/learned.ts. */
  learned: { factors: string; state: Uint8Array; sha256: string };
  /** See publishing/import/space.ts. */
  spaces: { id: string; bytes: Uint8Array };
  /** Learned items that are not in the catalogue in force, and since when. */
  departures: { item: string; left_at_ms: number };
  tasks: {
    seq: Generated<number>;
    id: string;
    /** The task as canonical JSON: what is signed, and what its id is the hash of. */
    task: string;
    /** Of the leader's identity, in hex. */
    signature: string;
    kind: string;
    /** Spreads reports over lanes; see core/sum/lanes.ts. */
    lane_secret: Uint8Array;
    round: number;
    state: TaskState;
    /** When it became opening, then when it became open. */
    opened_at_ms: number;
    expires_at_ms: number;
    /** What came of it, once finished. */
    outcome: string | null;
  };
  report_ids: { task: number; id: Uint8Array };
  reports: {
    seq: Generated<number>;
    task: number;
    block: number;
    lane: number;
    id: Uint8Array;
    leader_key: number;
    helper_key: number;
    leader_share: Uint8Array;
    helper_seed: Uint8Array;
    token: Uint8Array;
  };
  /** (task, block, lane, number); see core/wire/sums.ts. */
  batches: {
    id: Uint8Array;
    task: number;
    block: number;
    lane: number;
    number: number;
    state: BatchState;
    /**
     * The last report (`seq`) of the chunk that is on its way: all of its lane up to there are in it. Null when
     * none is. Not a mark on the reports: changing a row writes the sealed share in it again.
     */
    fixed_to: number | null;
    /** Chunks that are added. */
    chunks: number;
    /** Reports of its chunks. */
    reports: number;
    /** Of these, the ones the helper was offered. */
    offered: number;
    /** Of these, the ones in the sum. */
    counted: number;
    /** JSON: reason -> number of reports left out for it. */
    left_out: string;
    /**
     * Field elements, little-endian Uint32: the leader's shares alone while open or closed, then the
     * aggregate.
     */
    sum: Uint8Array | null;
  };
  /** What the server learned from aggregates, one row a task, as its kind writes it. */
  findings: { seq: Generated<number>; kind: string; round: number; at_ms: number; finding: string };
  /** Documents that are signed once and given out until they change, by their kind. */
  documents: { kind: string; document: string; signature: string };
  /** See leastnumbers.ts. */
  least_numbers: { name: string; value: number };
  places: PlaceTable;
  /** See experiments.ts. */
  experiments: {
    name: string;
    /** JSON, as the operator has it. */
    draft: string;
    created_at_ms: number;
    /** Null until it is started. */
    seed: string | null;
    from_ms: number | null;
    to_ms: number | null;
    look_days: number | null;
  };
  probes: { id: number; at_ms: number };
}

export type LeaderStore = Kysely<LeaderTables>;
/** A store, or a transaction on it: what a query function takes. */
export type LeaderQueries = Kysely<LeaderTables> | Transaction<LeaderTables>;

/** @throws {OperatorError} when it was written by a newer version. */
export function openLeaderStore(path: string): LeaderStore {
  return openSqlite<LeaderTables>({ path, migrations: leaderMigrations });
}

/** Steps from each version of the store to the next; one that is here is never changed. */
export const leaderMigrations = [
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
  // Protocol 2: signed tasks that expire, tokens, sums in buckets. Browsers of protocol 1 can no longer
  // report, so what was open is finished.
  `
  ALTER TABLE tasks ADD COLUMN signature TEXT NOT NULL DEFAULT '';
  ALTER TABLE tasks ADD COLUMN expires_at_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE tasks SET task = json_set(task, '$.expiresAtMs', 0, '$.buckets', 1, '$.tokenKey', NULL);
  UPDATE batches SET state = 'dropped' WHERE state = 'closed';
  UPDATE batches SET state = 'used' WHERE state = 'summed';
  UPDATE tasks SET state = 'finished', outcome = 'superseded: the protocol changed' WHERE state <> 'finished';
  DELETE FROM reports;
  ALTER TABLE reports ADD COLUMN token BLOB NOT NULL DEFAULT x'';
  CREATE TABLE bucket_sums (
    batch BLOB NOT NULL, bucket INTEGER NOT NULL, reports INTEGER NOT NULL, sum BLOB NOT NULL,
    PRIMARY KEY (batch, bucket)
  ) STRICT;
  INSERT INTO bucket_sums (batch, bucket, reports, sum) SELECT id, 0, counted, sum FROM batches WHERE sum IS NOT NULL;
  ALTER TABLE batches DROP COLUMN sum;
  CREATE TABLE spent_tokens (nonce BLOB PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // Protocol 3: several kinds of tasks at once, lanes, sums that stream. Browsers of protocol 2 can no longer
  // report, so what was open is finished; what was summed in buckets is history of as many batches.
  `
  UPDATE batches SET state = 'dropped' WHERE state = 'closed';
  UPDATE batches SET state = 'used' WHERE state = 'summed';
  UPDATE tasks SET state = 'finished', outcome = 'superseded: the protocol changed' WHERE state <> 'finished';
  DROP INDEX one_task_at_a_time;
  ALTER TABLE tasks ADD COLUMN kind TEXT NOT NULL DEFAULT 'item-factors';
  ALTER TABLE tasks ADD COLUMN lane_secret BLOB NOT NULL DEFAULT x'';
  CREATE UNIQUE INDEX one_task_of_a_kind ON tasks (kind) WHERE state <> 'finished';
  DROP TABLE reports;
  CREATE TABLE reports (
    seq INTEGER PRIMARY KEY, task INTEGER NOT NULL, block INTEGER NOT NULL, lane INTEGER NOT NULL, batch BLOB,
    id BLOB NOT NULL, leader_key INTEGER NOT NULL, helper_key INTEGER NOT NULL, leader_share BLOB NOT NULL,
    helper_seed BLOB NOT NULL, token BLOB NOT NULL
  ) STRICT;
  CREATE INDEX reports_of_lane ON reports (task, block, lane, batch, seq);
  ALTER TABLE batches RENAME TO batches_2;
  CREATE TABLE batches (
    id BLOB PRIMARY KEY, task INTEGER NOT NULL, block INTEGER NOT NULL, lane INTEGER NOT NULL, number INTEGER NOT NULL,
    state TEXT NOT NULL, chunks INTEGER NOT NULL, reports INTEGER NOT NULL, offered INTEGER NOT NULL,
    counted INTEGER NOT NULL, left_out TEXT NOT NULL, sum BLOB, UNIQUE (task, block, lane, number)
  ) STRICT;
  INSERT INTO batches
    SELECT id, task, block, 0, 0, state, 1, reports, reports, ifnull(counted, 0), left_out, NULL FROM batches_2;
  INSERT INTO batches
    SELECT randomblob(16), b.task, b.block, s.bucket, 0, b.state, 1, s.reports, s.reports, s.reports, '{}', s.sum
    FROM bucket_sums s JOIN batches_2 b ON b.id = s.batch WHERE s.bucket > 0;
  UPDATE batches SET counted = s.reports, sum = s.sum,
    reports = batches.reports - ifnull(batches.counted, 0) + s.reports, offered = batches.reports - batches.counted + s.reports
    FROM bucket_sums s WHERE s.batch = batches.id AND s.bucket = 0;
  DROP TABLE batches_2;
  DROP TABLE bucket_sums;
  CREATE TABLE findings (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, round INTEGER NOT NULL, at_ms INTEGER NOT NULL, finding TEXT NOT NULL
  ) STRICT;
  CREATE TABLE documents (kind TEXT PRIMARY KEY, document TEXT NOT NULL, signature TEXT NOT NULL) STRICT;
  ALTER TABLE spent_tokens ADD COLUMN report BLOB NOT NULL DEFAULT x'';
  `,
  // Protocol 3, the model in parts. What the bundle in force holds is published in parts when the server
  // opens.
  `
  CREATE TABLE parts (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, bytes BLOB NOT NULL, brotli BLOB NOT NULL, gzip BLOB NOT NULL
  ) STRICT;
  CREATE TABLE editions (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL, signature TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, verdict TEXT NOT NULL,
    round INTEGER NOT NULL, items INTEGER NOT NULL, factors TEXT NOT NULL, space TEXT NOT NULL
  ) STRICT;
  CREATE TABLE edition_parts (
    sequence INTEGER NOT NULL, part TEXT NOT NULL, PRIMARY KEY (sequence, part)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX editions_of_part ON edition_parts (part);
  CREATE TABLE learned (factors TEXT PRIMARY KEY, state BLOB NOT NULL) STRICT;
  CREATE TABLE spaces (id TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE departures (item TEXT PRIMARY KEY, left_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // A token serves the tasks alone that were open when it was spent. What was spent before serves none any more.
  `
  ALTER TABLE spent_tokens ADD COLUMN spent_at_ms INTEGER NOT NULL DEFAULT 0;
  `,
  // A chunk that is on its way is known by its last report.
  `
  ALTER TABLE batches ADD COLUMN fixed_to INTEGER;
  UPDATE batches SET fixed_to = chunk.last
    FROM (SELECT batch, max(seq) AS last FROM reports WHERE batch IS NOT NULL GROUP BY batch) chunk
    WHERE chunk.batch = batches.id;
  DROP INDEX reports_of_lane;
  ALTER TABLE reports DROP COLUMN batch;
  CREATE INDEX reports_of_lane ON reports (task, block, lane, seq);
  `,
  // Which task came after a token was spent is told by the tasks' numbers. A store knows its place, and what was
  // learned has a digest.
  `
  ALTER TABLE spent_tokens ADD COLUMN token_key TEXT NOT NULL DEFAULT '';
  ALTER TABLE spent_tokens ADD COLUMN last_task INTEGER NOT NULL DEFAULT 0;
  UPDATE spent_tokens SET last_task =
    ifnull((SELECT max(seq) FROM tasks WHERE opened_at_ms <= spent_tokens.spent_at_ms), 0);
  ALTER TABLE spent_tokens DROP COLUMN spent_at_ms;
  CREATE TABLE retired_token_keys (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE least_numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE places (id INTEGER PRIMARY KEY CHECK (id = 1), mark TEXT NOT NULL) STRICT;
  ALTER TABLE learned ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
  `,
  // Experiments, from draft to end.
  `
  CREATE TABLE experiments (
    name TEXT PRIMARY KEY, draft TEXT NOT NULL, created_at_ms INTEGER NOT NULL, seed TEXT, from_ms INTEGER, to_ms INTEGER,
    look_days INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
];
