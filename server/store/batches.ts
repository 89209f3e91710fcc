/** Queries on batches. */
import { uint32FromBytes, uint32ToBytes } from "../../core/bytes.ts";
import type { BatchState, LeaderQueries } from "./leaderstore.ts";
import type { LaneOfTask } from "./reports.ts";

/** Reason -> number of reports left out of a sum for it. */
export type LeftOut = Readonly<Record<string, number>>;

/** Where a batch stands, without its sum: what the operator is shown. */
export interface Batch extends LaneOfTask {
  /** 16 random bytes, drawn with its first chunk. */
  readonly id: Uint8Array;
  /** 0 for the first batch of a lane. */
  readonly number: number;
  readonly state: BatchState;
  /**
   * Chunks that are added, their reports, those of them that the helper was offered, and those that are in
   * the sum.
   */
  readonly chunks: number;
  readonly reports: number;
  readonly offered: number;
  readonly counted: number;
  readonly leftOut: LeftOut;
}

/** A released sum: what kinds consume. */
export interface Aggregate {
  readonly batch: Batch;
  /** Field elements, with the noise of both aggregators. */
  readonly sum: Uint32Array;
}

const columns = [
  "id",
  "task",
  "block",
  "lane",
  "number",
  "state",
  "chunks",
  "reports",
  "offered",
  "counted",
  "left_out",
] as const;

/** Begins a batch without chunks. @throws when there is one of that place. */
export async function beginBatch(
  queries: LeaderQueries,
  { id, task, block, lane, number }: LaneOfTask & Pick<Batch, "id" | "number">,
): Promise<Batch> {
  const counts = { chunks: 0, reports: 0, offered: 0, counted: 0 };
  const base = { id, task, block, lane, number, state: "open", ...counts } as const;
  await queries
    .insertInto("batches")
    .values({ ...base, left_out: "{}" })
    .execute();
  return { ...base, leftOut: {} };
}

/** Batches of a task in the order of their blocks, lanes and numbers. */
export async function batchesOf(queries: LeaderQueries, task: number): Promise<readonly Batch[]> {
  const rows = await queries
    .selectFrom("batches")
    .select(columns)
    .where("task", "=", task)
    .orderBy("block")
    .orderBy("lane")
    .orderBy("number")
    .execute();
  return rows.map(fromRow);
}

/** The newest batch of a lane. */
export async function newestBatchOf(
  queries: LeaderQueries,
  { task, block, lane }: LaneOfTask,
): Promise<Batch | undefined> {
  const row = await queries
    .selectFrom("batches")
    .select(columns)
    .where("task", "=", task)
    .where("block", "=", block)
    .where("lane", "=", lane)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/**
 * The sum of a batch: of the leader's shares alone while it is open or closed; null before its first chunk is
 * added.
 */
export async function sumOf(queries: LeaderQueries, id: Uint8Array): Promise<Uint32Array | null> {
  const row = await queries.selectFrom("batches").select("sum").where("id", "=", id).executeTakeFirst();
  return row?.sum == null ? null : uint32FromBytes(row.sum);
}

/** The released sums of a task, of summed and used batches. */
export async function aggregatesOf(queries: LeaderQueries, task: number): Promise<readonly Aggregate[]> {
  const aggregates: Aggregate[] = [];
  for (const batch of await batchesOf(queries, task)) {
    if (batch.state !== "summed" && batch.state !== "used") continue;
    const sum = await sumOf(queries, batch.id);
    if (sum !== null) aggregates.push({ batch, sum });
  }
  return aggregates;
}

export interface AddedShares {
  readonly reports: number;
  readonly offered: number;
  readonly counted: number;
  readonly leftOut: LeftOut;
  /** The batch's sum with the shares of this chunk; null when the helper was offered none of them. */
  readonly sum: Uint32Array | null;
}

/** @throws when the batch is not open. */
export async function addChunk(
  queries: LeaderQueries,
  { id, leftOut }: Batch,
  added: AddedShares,
): Promise<void> {
  const { reports, offered, counted, sum } = added;
  const result = await queries
    .updateTable("batches")
    .set((row) => ({
      chunks: row("chunks", "+", sum === null ? 0 : 1),
      reports: row("reports", "+", reports),
      offered: row("offered", "+", offered),
      counted: row("counted", "+", counted),
      left_out: JSON.stringify(merged(leftOut, added.leftOut)),
      ...(sum === null ? {} : { sum: uint32ToBytes(sum) }),
    }))
    .where("id", "=", id)
    .where("state", "=", "open")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw new Error("addChunk: expected an open batch, got another state");
}

/** @throws when the batch is not open. */
export async function markBatchClosed(queries: LeaderQueries, id: Uint8Array): Promise<void> {
  const result = await queries
    .updateTable("batches")
    .set({ state: "closed" })
    .where("id", "=", id)
    .where("state", "=", "open")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new Error("markBatchClosed: expected an open batch, got another state");
}

/** Stores the aggregate in place of the shares. @throws when the batch is not closed: it is summed once. */
export async function markBatchSummed(
  queries: LeaderQueries,
  id: Uint8Array,
  aggregate: Uint32Array,
): Promise<void> {
  const result = await queries
    .updateTable("batches")
    .set({ state: "summed", sum: uint32ToBytes(aggregate) })
    .where("id", "=", id)
    .where("state", "=", "closed")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new Error("markBatchSummed: expected a closed batch, got another state");
}

/** Drops a batch that is open or closed, with what it had of its reports. */
export async function markBatchDropped(
  queries: LeaderQueries,
  { id, leftOut }: Batch,
  more: LeftOut,
): Promise<void> {
  await queries
    .updateTable("batches")
    .set({ state: "dropped", sum: null, left_out: JSON.stringify(merged(leftOut, more)) })
    .where("id", "=", id)
    .where("state", "in", ["open", "closed"])
    .execute();
}

/** Notes what of a batch was not used after all; noting it again adds it again. */
export async function noteLeftOut(
  queries: LeaderQueries,
  { id, leftOut }: Batch,
  more: LeftOut,
): Promise<void> {
  await queries
    .updateTable("batches")
    .set({ left_out: JSON.stringify(merged(leftOut, more)) })
    .where("id", "=", id)
    .execute();
}

function merged(before: LeftOut, more: LeftOut): LeftOut {
  const both: Record<string, number> = { ...before };
  for (const [why, count] of Object.entries(more)) both[why] = (both[why] ?? 0) + count;
  return both;
}

type BatchRow = Omit<Batch, "leftOut"> & { readonly left_out: string };

function fromRow({ left_out, ...row }: BatchRow): Batch {
  return { ...row, leftOut: parseLeftOut(left_out) };
}

function parseLeftOut(json: string): LeftOut {
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([why, count]) => [why, Number(count)]))
    : {};
}
