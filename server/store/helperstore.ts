/**
 * The helper's store: its own copy of each task, which reports it has counted, which tokens they spent, and every answer it
 * has given. What belongs to a task goes when nothing can be asked about the task any more; see `pruneHelper`.
 */
import type { Kysely, Transaction } from "kysely";
import { openSqlite } from "./sqlite.ts";

export interface HelperTables {
  tasks: {
    id: Uint8Array;
    /** Canonical JSON, as the leader signed it. */
    document: string;
    signature: string;
    registered_at_ms: number;
    expires_at_ms: number;
  };
  answers: {
    batch: Uint8Array;
    task: Uint8Array;
    /** SHA-256 of the request it answers. */
    request: Uint8Array;
    answer: Uint8Array;
  };
  counted: { task: Uint8Array; report: Uint8Array };
  /** Tokens that counted reports have spent; see tokens.ts. */
  spent_tokens: { nonce: Uint8Array; expires_at_ms: number };
  probes: { id: number; at_ms: number };
}

export type HelperStore = Kysely<HelperTables>;
export type HelperQueries = Kysely<HelperTables> | Transaction<HelperTables>;

/** @throws {OperatorError} when it was written by a newer version. */
export function openHelperStore(path: string): HelperStore {
  return openSqlite<HelperTables>({ path, migrations });
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

/** The document of a registered task. */
export async function findRegistered(queries: HelperQueries, id: Uint8Array): Promise<string | undefined> {
  const row = await queries.selectFrom("tasks").select("document").where("id", "=", id).executeTakeFirst();
  return row?.document;
}

/** When the first of the tasks was registered that are remembered; undefined without any. */
export async function earliestRegistrationMs(queries: HelperQueries): Promise<number | undefined> {
  const row = await queries
    .selectFrom("tasks")
    .select(({ fn }) => fn.min<number | null>("registered_at_ms").as("at"))
    .executeTakeFirst();
  return row?.at ?? undefined;
}

export interface StoredAnswer {
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
}

export async function findAnswer(
  queries: HelperQueries,
  batch: Uint8Array,
): Promise<StoredAnswer | undefined> {
  return queries
    .selectFrom("answers")
    .select(["request", "answer"])
    .where("batch", "=", batch)
    .executeTakeFirst();
}

/** Whether a report of the task was counted in an earlier batch. */
export async function isCounted(
  queries: HelperQueries,
  task: Uint8Array,
  report: Uint8Array,
): Promise<boolean> {
  const row = await queries
    .selectFrom("counted")
    .select("report")
    .where("task", "=", task)
    .where("report", "=", report)
    .executeTakeFirst();
  return row !== undefined;
}

export interface Answered extends StoredAnswer {
  readonly batch: Uint8Array;
  readonly task: Uint8Array;
  readonly reports: readonly Uint8Array[];
}

/** The answer and the reports it counts. @throws when the batch has an answer or one of the reports was counted. */
export async function storeAnswer(queries: HelperQueries, answered: Answered): Promise<void> {
  const { batch, request, answer, task, reports } = answered;
  await queries.insertInto("answers").values({ batch, task, request, answer }).execute();
  for (const report of reports) await queries.insertInto("counted").values({ task, report }).execute();
}

/**
 * Forgets tasks that expired before `expiredBeforeMs`, with their answers and report ids, and tokens past their time. Safe
 * when sums of such tasks are refused for their age and they cannot be registered again.
 */
export async function pruneHelper(
  queries: HelperQueries,
  { expiredBeforeMs, nowMs }: { readonly expiredBeforeMs: number; readonly nowMs: number },
): Promise<void> {
  const old = queries.selectFrom("tasks").select("id").where("expires_at_ms", "<", expiredBeforeMs);
  await queries.deleteFrom("answers").where("task", "in", old).execute();
  await queries.deleteFrom("counted").where("task", "in", old).execute();
  await queries.deleteFrom("tasks").where("expires_at_ms", "<", expiredBeforeMs).execute();
  await queries.deleteFrom("spent_tokens").where("expires_at_ms", "<=", nowMs).execute();
}

const migrations = [
  `
  CREATE TABLE answers (batch BLOB PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL) STRICT;
  CREATE TABLE counted (task BLOB NOT NULL, report BLOB NOT NULL, PRIMARY KEY (task, report)) STRICT, WITHOUT ROWID;
  CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT;
  `,
  // Protocol 2: sums for registered tasks alone. Nothing can be asked about tasks of protocol 1, so they are forgotten.
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
];
