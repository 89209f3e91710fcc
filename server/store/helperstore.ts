/**
 * The helper's store: its log, its own copy of each task, batches with the masks that count in them, which
 * reports it has counted and which tokens they spent, and every answer it has given. What belongs to a task
 * goes when nothing can be asked about the task any more, which its clock alone does not say; see
 * `pruneHelper`.
 *
 * A batch is open while `answer` is null: then `masks` is the sum of its masks so far, which never leaves.
 * The commit that stores the answer, with its noise, deletes it.
 */
import type { Generated, Kysely, Transaction } from "kysely";
import { fromHex } from "../../core/bytes.ts";
import { parseTask } from "../../core/tasks/task.ts";
import type { VouchedKind } from "../../core/wire/log.ts";
import type { PlaceTable } from "./place.ts";
import type { SpentTables } from "./spent.ts";
import { forgetTokens } from "./spent.ts";
import { openSqlite } from "./sqlite.ts";

export interface HelperTables extends SpentTables {
  tasks: {
    /** The helper's own short number of the task. */
    seq: Generated<number>;
    id: Uint8Array;
    /** Canonical JSON, as the leader signed it. */
    document: string;
    signature: string;
    registered_at_ms: number;
    expires_at_ms: number;
  };
  batches: {
    /** The helper's own short number of the batch. */
    seq: Generated<number>;
    id: Uint8Array;
    task: number;
    block: number;
    lane: number;
    number: number;
    chunks: number;
    offered: number;
    counted: number;
    /** Field elements, little-endian Uint32. */
    masks: Uint8Array | null;
    /** SHA-256 of the closing it answers, and the answer. */
    closing: Uint8Array | null;
    answer: Uint8Array | null;
  };
  chunks: {
    batch: number;
    chunk: number;
    /** SHA-256 of the request it answers. */
    request: Uint8Array;
    answer: Uint8Array;
  };
  counted: { task: number; report: Uint8Array; batch: number };
  /** The log of what it vouched for; see vouched.ts. */
  vouched: {
    /** Place in the log, 1 for the first. */
    seq: number;
    kind: VouchedKind;
    subject: string;
    /** Both in hex. */
    id: string;
    at_ms: number;
    hash: string;
    sequence: number | null;
    until_ms: number | null;
    /** `at_ms` as far as the clock was not set back since: never ahead of now. Limits by the day count by it. */
    came_ms: number;
  };
  places: PlaceTable;
  probes: { id: number; at_ms: number };
}

export type HelperStore = Kysely<HelperTables>;
export type HelperQueries = Kysely<HelperTables> | Transaction<HelperTables>;

/** @throws {OperatorError} when it was written by a newer version. */
export function openHelperStore(path: string): HelperStore {
  return openSqlite<HelperTables>({ path, migrations: helperMigrations });
}

export interface RegisteredTask {
  readonly id: Uint8Array;
  readonly document: string;
  readonly signature: string;
  readonly registeredAtMs: number;
  readonly expiresAtMs: number;
}

/** Does nothing for a task that is there already. */
export async function storeRegistered(queries: HelperQueries, task: RegisteredTask): Promise<void> {
  const { id, document, signature, registeredAtMs, expiresAtMs } = task;
  await queries
    .insertInto("tasks")
    .values({ id, document, signature, registered_at_ms: registeredAtMs, expires_at_ms: expiresAtMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The helper's number and document of a registered task. */
export async function findRegistered(
  queries: HelperQueries,
  id: Uint8Array,
): Promise<(Pick<RegisteredTask, "document"> & { readonly seq: number }) | undefined> {
  return queries.selectFrom("tasks").select(["seq", "document"]).where("id", "=", id).executeTakeFirst();
}

/**
 * The times of the tasks that are remembered: browsers may have sealed to any key of such a time for them.
 */
export async function taskTimes(
  queries: HelperQueries,
): Promise<readonly Pick<RegisteredTask, "registeredAtMs" | "expiresAtMs">[]> {
  return queries
    .selectFrom("tasks")
    .select(["registered_at_ms as registeredAtMs", "expires_at_ms as expiresAtMs"])
    .execute();
}

/** What the clock, set back since, dated ahead of now came now. */
export async function dateBack(queries: HelperQueries, nowMs: number): Promise<void> {
  // Entries came in their order: when the last is not ahead, none is.
  const last = await queries
    .selectFrom("vouched")
    .select("came_ms")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last === undefined || last.came_ms <= nowMs) return;
  await queries.updateTable("vouched").set({ came_ms: nowMs }).where("came_ms", ">", nowMs).execute();
  await queries
    .updateTable("tasks")
    .set({ registered_at_ms: nowMs })
    .where("registered_at_ms", ">", nowMs)
    .execute();
}

/**
 * Forgets tasks that expired before `expiredBeforeMs` and that another of their kind came after, with their
 * answers and report ids; and tokens past their time. Safe whatever the clock says next: no report counts for
 * a task that another came after, and none that is in the log is registered again.
 */
export async function pruneHelper(
  queries: HelperQueries,
  { expiredBeforeMs, nowMs }: { readonly expiredBeforeMs: number; readonly nowMs: number },
): Promise<void> {
  const newest = await newestTasks(queries);
  const old = await queries
    .selectFrom("tasks")
    .select("seq")
    .where("expires_at_ms", "<", expiredBeforeMs)
    .where("id", "not in", newest)
    .execute();
  for (const { seq } of old) {
    const batches = queries.selectFrom("batches").select("seq").where("task", "=", seq);
    await queries.deleteFrom("chunks").where("batch", "in", batches).execute();
    await queries.deleteFrom("batches").where("task", "=", seq).execute();
    await queries.deleteFrom("counted").where("task", "=", seq).execute();
    await queries.deleteFrom("tasks").where("seq", "=", seq).execute();
  }
  const named = await queries.selectFrom("tasks").select("document").where("id", "in", newest).execute();
  const keys = named.flatMap(({ document }) => parseTask(JSON.parse(document)).tokenKey ?? []);
  await forgetTokens(queries, { named: new Set(keys), nowMs });
}

/** Ids of the newest task of each kind in the log. */
async function newestTasks(queries: HelperQueries): Promise<readonly Uint8Array[]> {
  const newest = queries
    .selectFrom("vouched")
    .select(({ fn }) => fn.max("seq").as("seq"))
    .where("kind", "=", "task")
    .groupBy("subject");
  const rows = await queries.selectFrom("vouched").select("id").where("seq", "in", newest).execute();
  return rows.map(({ id }) => fromHex(id));
}

/** Steps from each version of the store to the next; one that is here is never changed. */
export const helperMigrations: readonly string[] = [
  `
  CREATE TABLE answers (batch BLOB PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL) STRICT;
  CREATE TABLE counted (task BLOB NOT NULL, report BLOB NOT NULL, PRIMARY KEY (task, report)) STRICT, WITHOUT ROWID;
  CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT;
  `,
  // Protocol 2: sums for registered tasks alone. Nothing can be asked about tasks of protocol 1, so they are
  // forgotten.
  `
  DROP TABLE answers;
  DELETE FROM counted;
  CREATE TABLE answers (
    batch BLOB PRIMARY KEY, task BLOB NOT NULL, request BLOB NOT NULL, answer BLOB NOT NULL
  ) STRICT;
  CREATE TABLE tasks (
    id BLOB PRIMARY KEY, document TEXT NOT NULL, signature TEXT NOT NULL, registered_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE spent_tokens (nonce BLOB PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  // Protocol 3: batches come in chunks and are closed. Nothing can be asked about tasks of protocol 2; spent
  // tokens stay spent.
  `
  DROP TABLE answers;
  DROP TABLE counted;
  DROP TABLE tasks;
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, document TEXT NOT NULL, signature TEXT NOT NULL,
    registered_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE batches (
    seq INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, task INTEGER NOT NULL, block INTEGER NOT NULL, lane INTEGER NOT NULL,
    number INTEGER NOT NULL, chunks INTEGER NOT NULL, offered INTEGER NOT NULL, counted INTEGER NOT NULL, masks BLOB,
    closing BLOB, answer BLOB, UNIQUE (task, block, lane, number)
  ) STRICT;
  CREATE TABLE chunks (
    batch INTEGER NOT NULL, chunk INTEGER NOT NULL, request BLOB NOT NULL, answer BLOB NOT NULL,
    PRIMARY KEY (batch, chunk)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE counted (
    task INTEGER NOT NULL, report BLOB NOT NULL, batch INTEGER NOT NULL, PRIMARY KEY (task, report)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX counted_of_batch ON counted (batch);
  ALTER TABLE spent_tokens ADD COLUMN report BLOB NOT NULL DEFAULT x'';
  `,
  // The log of what the helper vouches for begins. No task from before is in it, so none is given out any
  // more.
  `
  CREATE TABLE vouched (
    seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, id TEXT NOT NULL, at_ms INTEGER NOT NULL,
    hash TEXT NOT NULL, sequence INTEGER, until_ms INTEGER
  ) STRICT;
  CREATE INDEX vouched_of_sort ON vouched (kind, subject, seq);
  CREATE INDEX vouched_of_id ON vouched (id, kind, seq);
  `,
  // A token serves the tasks alone that were open when it was spent. What was spent before serves none any more.
  `
  ALTER TABLE spent_tokens ADD COLUMN spent_at_ms INTEGER NOT NULL DEFAULT 0;
  `,
  // Which task came after a token was spent is told by the tasks' numbers, and what came today by a date that is
  // never ahead of now. A store knows its place.
  `
  ALTER TABLE spent_tokens ADD COLUMN token_key TEXT NOT NULL DEFAULT '';
  ALTER TABLE spent_tokens ADD COLUMN last_task INTEGER NOT NULL DEFAULT 0;
  UPDATE spent_tokens SET last_task =
    ifnull((SELECT max(seq) FROM tasks WHERE registered_at_ms <= spent_tokens.spent_at_ms), 0);
  ALTER TABLE spent_tokens DROP COLUMN spent_at_ms;
  CREATE TABLE retired_token_keys (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  ALTER TABLE vouched ADD COLUMN came_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE vouched SET came_ms = at_ms;
  CREATE TABLE places (id INTEGER PRIMARY KEY CHECK (id = 1), mark TEXT NOT NULL) STRICT;
  `,
];
