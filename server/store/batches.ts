/** Queries on batches. */
import { uint32FromBytes, uint32ToBytes } from "../../core/bytes.ts";
import type { BatchState, LeaderQueries } from "./leaderstore.ts";

/** Reason -> number of reports left out of a sum for it. */
export type LeftOut = Readonly<Record<string, number>>;

interface BatchBase {
  /** 16 random bytes, drawn when the batch was closed. */
  readonly id: Uint8Array;
  readonly task: number;
  readonly block: number;
  readonly reports: number;
  readonly leftOut: LeftOut;
}

export type Batch =
  | (BatchBase & { readonly state: "closed" | "dropped" })
  | (BatchBase & {
      readonly state: "summed" | "used";
      readonly counted: number;
      /** Field elements: the aggregate. */
      readonly sum: Uint32Array;
    });

export async function storeBatch(
  queries: LeaderQueries,
  batch: BatchBase & { readonly state: BatchState },
): Promise<void> {
  const { id, task, block, reports, state, leftOut } = batch;
  await queries
    .insertInto("batches")
    .values({ id, task, block, state, reports, counted: null, sum: null, left_out: JSON.stringify(leftOut) })
    .execute();
}

/** Batches of a task in the order of their blocks. */
export async function batchesOf(queries: LeaderQueries, task: number): Promise<readonly Batch[]> {
  const rows = await queries
    .selectFrom("batches")
    .selectAll()
    .where("task", "=", task)
    .orderBy("block")
    .execute();
  return rows.map(({ id, block, state, reports, counted, sum, left_out }): Batch => {
    const base = { id, task, block, reports, leftOut: parseLeftOut(left_out) };
    if (state === "closed" || state === "dropped") return { ...base, state };
    if (counted === null || sum === null)
      throw new TypeError(`batchesOf: a ${state} batch must have a sum, got none`);
    return { ...base, state, counted, sum: uint32FromBytes(sum) };
  });
}

export interface Summed {
  readonly counted: number;
  readonly sum: Uint32Array;
  readonly leftOut: LeftOut;
}

/** @throws when the batch is not closed: a batch is summed once. */
export async function markBatchSummed(
  queries: LeaderQueries,
  id: Uint8Array,
  { counted, sum, leftOut }: Summed,
): Promise<void> {
  const result = await queries
    .updateTable("batches")
    .set({ state: "summed", counted, sum: uint32ToBytes(sum), left_out: JSON.stringify(leftOut) })
    .where("id", "=", id)
    .where("state", "=", "closed")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new Error("markBatchSummed: expected a closed batch, got another state");
}

export async function markBatchDropped(
  queries: LeaderQueries,
  id: Uint8Array,
  leftOut: LeftOut,
): Promise<void> {
  await queries
    .updateTable("batches")
    .set({ state: "dropped", left_out: JSON.stringify(leftOut) })
    .where("id", "=", id)
    .where("state", "=", "closed")
    .execute();
}

function parseLeftOut(json: string): LeftOut {
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([why, count]) => [why, Number(count)]))
    : {};
}
