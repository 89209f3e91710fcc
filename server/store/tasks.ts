/** Queries on tasks. */
import { parseTask, type Task, type TaskId } from "../../core/tasks/task.ts";
import type { LeaderQueries, TaskState } from "./leaderstore.ts";

export interface StoredTask {
  /** The leader's own short number of the task. */
  readonly seq: number;
  readonly id: TaskId;
  readonly task: Task;
  /** The task's canonical JSON and the leader's signature: what browsers and the helper are given. */
  readonly signed: { readonly document: string; readonly signature: string };
  readonly state: TaskState;
  readonly openedAtMs: number;
  /** What came of it, in words. */
  readonly outcome: string | null;
}

interface TaskRow {
  readonly seq: number;
  readonly id: string;
  readonly task: string;
  readonly signature: string;
  readonly state: TaskState;
  readonly opened_at_ms: number;
  readonly outcome: string | null;
}

export async function findTask(queries: LeaderQueries, id: TaskId): Promise<StoredTask | undefined> {
  const row = await queries.selectFrom("tasks").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** The one task that is not finished. */
export async function findCurrentTask(queries: LeaderQueries): Promise<StoredTask | undefined> {
  const row = await queries
    .selectFrom("tasks")
    .selectAll()
    .where("state", "<>", "finished")
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** Newest first. */
export async function listTasks(queries: LeaderQueries, limit: number): Promise<readonly StoredTask[]> {
  const rows = await queries.selectFrom("tasks").selectAll().orderBy("seq", "desc").limit(limit).execute();
  return rows.map(fromRow);
}

/** Number of the next round: one more than any before, so that no two tasks are the same. */
export async function nextTaskRound(queries: LeaderQueries): Promise<number> {
  const row = await queries
    .selectFrom("tasks")
    .select(({ fn }) => fn.max("round").as("round"))
    .executeTakeFirst();
  return (row?.round ?? 0) + 1;
}

export interface OpeningTask extends Pick<StoredTask, "id" | "task" | "signed"> {
  readonly atMs: number;
}

export async function storeOpeningTask(
  queries: LeaderQueries,
  { id, task, signed, atMs }: OpeningTask,
): Promise<void> {
  await queries
    .insertInto("tasks")
    .values({
      id,
      task: signed.document,
      signature: signed.signature,
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

/** Finishes whatever task is current; its sealed reports that were not summed are deleted. */
export async function finishCurrentTask(queries: LeaderQueries, outcome: string): Promise<void> {
  const current = await findCurrentTask(queries);
  if (current === undefined) return;
  await queries.deleteFrom("reports").where("task", "=", current.seq).execute();
  await queries
    .updateTable("batches")
    .set({ state: "dropped" })
    .where("task", "=", current.seq)
    .where("state", "=", "closed")
    .execute();
  await queries
    .updateTable("batches")
    .set({ state: "used" })
    .where("task", "=", current.seq)
    .where("state", "=", "summed")
    .execute();
  await queries
    .updateTable("tasks")
    .set({ state: "finished", outcome })
    .where("seq", "=", current.seq)
    .execute();
}

/** Forgets what finished tasks that expired before `expiredBeforeMs` left behind, but for their rows; and old tokens. */
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
    const batches = queries.selectFrom("batches").select("id").where("task", "in", old);
    await queries.deleteFrom("bucket_sums").where("batch", "in", batches).execute();
    await queries.deleteFrom("batches").where("task", "in", old).execute();
    await queries.deleteFrom("report_ids").where("task", "in", old).execute();
  }
  await queries.deleteFrom("spent_tokens").where("expires_at_ms", "<=", nowMs).execute();
}

function fromRow({ seq, id, task, signature, state, opened_at_ms, outcome }: TaskRow): StoredTask {
  return {
    seq,
    id,
    task: parseTask(JSON.parse(task)),
    signed: { document: task, signature },
    state,
    openedAtMs: opened_at_ms,
    outcome,
  };
}
