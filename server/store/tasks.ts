/**
 * Queries on tasks. A task that is not finished is read whole; of the others stay what happened to them, so
 * that no version has to read what an older one signed.
 */
import { sql } from "kysely";
import { parseTask, type Task, type TaskId } from "../../core/tasks/task.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { LeaderQueries, TaskState } from "./leaderstore.ts";
import { leastNumber, raiseLeast } from "./leastnumbers.ts";
import { forgetTokens } from "./spent.ts";

/** What is known of every task, finished or not. */
export interface TaskRecord {
  /** The leader's own short number of the task. */
  readonly seq: number;
  readonly id: TaskId;
  readonly kind: string;
  readonly round: number;
  readonly state: TaskState;
  readonly openedAtMs: number;
  /** What came of it, in words. */
  readonly outcome: string | null;
}

/** A task that is not finished. */
export interface StoredTask extends TaskRecord {
  readonly task: Task;
  /** The task's canonical JSON and the leader's signature: what browsers and the helper are given. */
  readonly signed: SignedDocument;
  /** Spreads its reports over lanes. */
  readonly laneSecret: Uint8Array;
}

export async function findTask(queries: LeaderQueries, id: TaskId): Promise<TaskRecord | undefined> {
  const row = await queries.selectFrom("tasks").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : recordFrom(row);
}

/** The tasks that are not finished, at most one of a kind, oldest first. */
export async function findUnfinished(queries: LeaderQueries): Promise<readonly StoredTask[]> {
  const rows = await queries
    .selectFrom("tasks")
    .selectAll()
    .where("state", "<>", "finished")
    .orderBy("seq")
    .execute();
  return rows.map((row) => ({
    ...recordFrom(row),
    task: parseTask(JSON.parse(row.task)),
    signed: { document: row.task, signature: row.signature },
    laneSecret: row.lane_secret,
  }));
}

/** Newest first. */
export async function listTasks(queries: LeaderQueries, limit: number): Promise<readonly TaskRecord[]> {
  const rows = await queries.selectFrom("tasks").selectAll().orderBy("seq", "desc").limit(limit).execute();
  return rows.map(recordFrom);
}

/** Number of a kind's next round: one more than any before, so that no two tasks are the same. */
export async function nextRoundOf(queries: LeaderQueries, kind: string): Promise<number> {
  const row = await queries
    .selectFrom("tasks")
    .select(({ fn }) => fn.max("round").as("round"))
    .where("kind", "=", kind)
    .executeTakeFirst();
  return Math.max((row?.round ?? 0) + 1, (await leastNumber(queries, "round")) ?? 0);
}

/** Of a store that is older than what its leader signed: rounds that it does not know had numbers too. */
export async function skipRounds(queries: LeaderQueries, by: number): Promise<void> {
  const row = await queries
    .selectFrom("tasks")
    .select(({ fn }) => fn.max<number | null>("round").as("round"))
    .executeTakeFirst();
  const least = (await leastNumber(queries, "round")) ?? 0;
  await raiseLeast(queries, "round", Math.max(row?.round ?? 0, least) + by);
}

export interface OpeningTask extends Pick<StoredTask, "id" | "task" | "signed" | "laneSecret"> {
  readonly atMs: number;
}

/** @throws when a task of the kind is not finished. */
export async function storeOpeningTask(
  queries: LeaderQueries,
  { id, task, signed, laneSecret, atMs }: OpeningTask,
): Promise<void> {
  await queries
    .insertInto("tasks")
    .values({
      id,
      task: signed.document,
      signature: signed.signature,
      kind: task.kind,
      lane_secret: laneSecret,
      round: task.round,
      state: "opening",
      opened_at_ms: atMs,
      expires_at_ms: task.expiresAtMs,
      outcome: null,
    })
    .execute();
}

/** @throws when the task is not opening. */
export async function markTaskOpen(queries: LeaderQueries, seq: number, atMs: number): Promise<void> {
  const result = await queries
    .updateTable("tasks")
    .set({ state: "open", opened_at_ms: atMs })
    .where("seq", "=", seq)
    .where("state", "=", "opening")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new Error("markTaskOpen: expected an opening task, got another state");
}

/** A task that was opened while the clock was ahead was opened now. */
export async function dateTaskBack(queries: LeaderQueries, seq: number, nowMs: number): Promise<void> {
  await queries.updateTable("tasks").set({ opened_at_ms: nowMs }).where("seq", "=", seq).execute();
}

/** @throws when the task is not open. */
export async function markTaskClosed(queries: LeaderQueries, seq: number): Promise<void> {
  const result = await queries
    .updateTable("tasks")
    .set({ state: "closed" })
    .where("seq", "=", seq)
    .where("state", "=", "open")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new Error("markTaskClosed: expected an open task, got another state");
}

/** Finishes the task of a kind that is not finished; false when there is none. See `finishTask`. */
export async function finishTaskOfKind(
  queries: LeaderQueries,
  kind: string,
  outcome: string,
): Promise<boolean> {
  const row = await queries
    .selectFrom("tasks")
    .select("seq")
    .where("kind", "=", kind)
    .where("state", "<>", "finished")
    .executeTakeFirst();
  if (row !== undefined) await finishTask(queries, row.seq, outcome);
  return row !== undefined;
}

/** Finishes a task; its reports that were not summed are deleted, and what their batches had of them. */
export async function finishTask(queries: LeaderQueries, seq: number, outcome: string): Promise<void> {
  await queries.deleteFrom("reports").where("task", "=", seq).execute();
  await queries
    .updateTable("batches")
    .set({ state: "dropped", sum: null })
    .where("task", "=", seq)
    .where("state", "in", ["open", "closed"])
    .execute();
  await queries
    .updateTable("batches")
    .set({ state: "used" })
    .where("task", "=", seq)
    .where("state", "=", "summed")
    .execute();
  await queries.updateTable("tasks").set({ state: "finished", outcome }).where("seq", "=", seq).execute();
}

/**
 * Forgets what finished tasks that expired before `expiredBeforeMs` left behind, but for their rows; and old
 * tokens. Safe whatever the clock says next: no task that is finished takes reports.
 */
export async function pruneTasks(
  queries: LeaderQueries,
  { expiredBeforeMs, nowMs }: { readonly expiredBeforeMs: number; readonly nowMs: number },
): Promise<void> {
  const rows = await queries
    .selectFrom("tasks")
    .select("seq")
    .where("state", "=", "finished")
    .where("expires_at_ms", "<", expiredBeforeMs)
    .execute();
  const old = rows.map(({ seq }) => seq);
  if (old.length > 0) {
    await queries.deleteFrom("batches").where("task", "in", old).execute();
    await queries.deleteFrom("report_ids").where("task", "in", old).execute();
  }
  await forgetTokens(queries, { named: await tokenKeysNamed(queries), nowMs });
}

/** Issuer's keys that tasks name which are not finished, and the newest that names one. */
async function tokenKeysNamed(queries: LeaderQueries): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ readonly id: string; readonly state: TaskState }>`
    SELECT json_extract(task, '$.tokenKey') AS id, state FROM tasks
    WHERE json_extract(task, '$.tokenKey') IS NOT NULL ORDER BY seq DESC
  `.execute(queries);
  return new Set(rows.filter(({ state }, at) => at === 0 || state !== "finished").map(({ id }) => id));
}

interface TaskRow extends Pick<TaskRecord, "seq" | "id" | "kind" | "round" | "state" | "outcome"> {
  readonly opened_at_ms: number;
}

function recordFrom({ seq, id, kind, round, state, opened_at_ms, outcome }: TaskRow): TaskRecord {
  return { seq, id, kind, round, state, openedAtMs: opened_at_ms, outcome };
}
