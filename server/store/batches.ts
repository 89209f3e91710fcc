/** Queries on batches. */
import { uint32FromBytes, uint32ToBytes } from "../../core/bytes.ts";
import type { BatchState, LeaderQueries } from "./leaderstore.ts";

/** Reason -> number of reports left out of a sum for it. */
export type LeftOut = Readonly<Record<string, number>>;

/** A sum of some of a batch's reports; see core/sum/buckets.ts. */
export interface BucketSum {
  /** Reports in it. */
  readonly reports: number;
  /** Field elements. */
  readonly sum: Uint32Array;
}

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
      /** The aggregate. */
      readonly buckets: readonly BucketSum[];
    });

export async function storeBatch(
  queries: LeaderQueries,
  batch: BatchBase & { readonly state: BatchState },
): Promise<void> {
  const { id, task, block, reports, state, leftOut } = batch;
  await queries
    .insertInto("batches")
    .values({ id, task, block, state, reports, counted: null, left_out: JSON.stringify(leftOut) })
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
  const batches: Batch[] = [];
  for (const { id, block, state, reports, counted, left_out } of rows) {
    const base = { id, task, block, reports, leftOut: parseLeftOut(left_out) };
    if (state === "closed" || state === "dropped") batches.push({ ...base, state });
    else batches.push({ ...base, state, counted: counted ?? 0, buckets: await bucketsOfBatch(queries, id) });
  }
  return batches;
}

/** A batch without its sums: what the operator is shown. */
export interface BatchSummary extends BatchBase {
  readonly state: BatchState;
  readonly counted: number;
  readonly buckets: number;
}

export async function listBatches(queries: LeaderQueries, task: number): Promise<readonly BatchSummary[]> {
  const rows = await queries
    .selectFrom("batches")
    .selectAll()
    .select(({ selectFrom }) =>
      selectFrom("bucket_sums")
        .whereRef("bucket_sums.batch", "=", "batches.id")
        .select(({ fn }) => fn.countAll<number>().as("buckets"))
        .as("buckets"),
    )
    .where("task", "=", task)
    .orderBy("block")
    .execute();
  return rows.map(({ left_out, counted, buckets, ...row }) => ({
    ...row,
    leftOut: parseLeftOut(left_out),
    counted: counted ?? 0,
    buckets: buckets ?? 0,
  }));
}

export interface Summed {
  readonly buckets: readonly BucketSum[];
  readonly leftOut: LeftOut;
}

/** @throws when the batch is not closed: a batch is summed once. */
export async function markBatchSummed(
  queries: LeaderQueries,
  id: Uint8Array,
  { buckets, leftOut }: Summed,
): Promise<void> {
  const counted = buckets.reduce((total, { reports }) => total + reports, 0);
  const result = await queries
    .updateTable("batches")
    .set({ state: "summed", counted, left_out: JSON.stringify(leftOut) })
    .where("id", "=", id)
    .where("state", "=", "closed")
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n)
    throw new Error("markBatchSummed: expected a closed batch, got another state");
  for (const [bucket, { reports, sum }] of buckets.entries()) {
    await queries
      .insertInto("bucket_sums")
      .values({ batch: id, bucket, reports, sum: uint32ToBytes(sum) })
      .execute();
  }
}

/** Notes what of a summed batch was not used after all; noting it again changes nothing. */
export async function noteLeftOut(queries: LeaderQueries, batch: Batch, more: LeftOut): Promise<void> {
  await queries
    .updateTable("batches")
    .set({ left_out: JSON.stringify({ ...batch.leftOut, ...more }) })
    .where("id", "=", batch.id)
    .execute();
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

async function bucketsOfBatch(queries: LeaderQueries, batch: Uint8Array): Promise<readonly BucketSum[]> {
  const rows = await queries
    .selectFrom("bucket_sums")
    .select(["reports", "sum"])
    .where("batch", "=", batch)
    .orderBy("bucket")
    .execute();
  return rows.map(({ reports, sum }) => ({ reports, sum: uint32FromBytes(sum) }));
}

function parseLeftOut(json: string): LeftOut {
  const value: unknown = JSON.parse(json);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([why, count]) => [why, Number(count)]))
    : {};
}
