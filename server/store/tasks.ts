/** Queries on tasks. */
import { parseTask, type Task, type TaskId } from "../../core/sum/task.ts";
import type { LeaderQueries, TaskState } from "./leaderstore.ts";

export interface StoredTask {
  /** The leader's own short number of the task. */
  readonly seq: number;
  readonly id: TaskId;
  readonly task: Task;
  readonly state: TaskState;
  readonly openedAtMs: number;
  /** What came of it, in words. */
  readonly outcome: string | null;
}

interface TaskRow {
  readonly seq: number;
  readonly id: string;
  readonly task: string;
  readonly state: TaskState;
  readonly opened_at_ms: number;
  readonly outcome: string | null;
}

export async function findTask(queries: LeaderQueries, id: TaskId): Promise<StoredTask | undefined> {
  const row = await queries.selectFrom("tasks").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** The one task that is open or closed and not yet finished. */
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

export async function storeOpenTask(
  queries: LeaderQueries,
  { id, task, openedAtMs }: Pick<StoredTask, "id" | "task" | "openedAtMs">,
): Promise<void> {
  await queries
    .insertInto("tasks")
    .values({
      id,
      task: JSON.stringify(task),
      round: task.round,
      state: "open",
      opened_at_ms: openedAtMs,
      outcome: null,
    })
    .execute();
}

export async function markTaskClosed(queries: LeaderQueries, seq: number): Promise<void> {
  await queries.updateTable("tasks").set({ state: "closed" }).where("seq", "=", seq).execute();
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

function fromRow({ seq, id, task, state, opened_at_ms, outcome }: TaskRow): StoredTask {
  return { seq, id, task: parseTask(JSON.parse(task)), state, openedAtMs: opened_at_ms, outcome };
}
