/** Queries on the helper's batches, their chunks and the reports that count in them. */
import { uint32FromBytes, uint32ToBytes } from "../../core/bytes.ts";
import type { HelperQueries } from "./helperstore.ts";

/** What a batch is of, the task by the helper's number of it. */
export interface BatchPlace {
  readonly task: number;
  readonly block: number;
  readonly lane: number;
  readonly number: number;
}

/** Where a batch stands at the helper. */
export interface HelperBatch extends BatchPlace {
  readonly seq: number;
  readonly id: Uint8Array;
  /** Chunks, offered and counted reports so far. */
  readonly chunks: number;
  readonly offered: number;
  readonly counted: number;
  /** What it was closed by (SHA-256 of the request) and its answer; null while it is open. */
  readonly closed: { readonly closing: Uint8Array; readonly answer: Uint8Array } | null;
}

const columns = [
  "seq",
  "id",
  "task",
  "block",
  "lane",
  "number",
  "chunks",
  "offered",
  "counted",
  "closing",
  "answer",
] as const;

export async function findHelperBatch(
  queries: HelperQueries,
  id: Uint8Array,
): Promise<HelperBatch | undefined> {
  const row = await queries.selectFrom("batches").select(columns).where("id", "=", id).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** Batches that are remembered, those with an answer among them, and the reports in all. */
export async function countBatches(
  queries: HelperQueries,
): Promise<{ readonly all: number; readonly answered: number; readonly counted: number }> {
  const row = await queries
    .selectFrom("batches")
    .select(({ fn }) => [
      fn.countAll<number>().as("all"),
      fn.count<number>("answer").as("answered"),
      fn.sum<number | null>("counted").as("counted"),
    ])
    .executeTakeFirstOrThrow();
  return { ...row, counted: row.counted ?? 0 };
}

/** The batch of that place, whatever its id. */
export async function findHelperBatchAt(
  queries: HelperQueries,
  { task, block, lane, number }: BatchPlace,
): Promise<HelperBatch | undefined> {
  const row = await queries
    .selectFrom("batches")
    .select(columns)
    .where("task", "=", task)
    .where("block", "=", block)
    .where("lane", "=", lane)
    .where("number", "=", number)
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** The sum of the masks that count so far; of an open batch only. */
export async function masksOf(queries: HelperQueries, seq: number): Promise<Uint32Array | null> {
  const row = await queries.selectFrom("batches").select("masks").where("seq", "=", seq).executeTakeFirst();
  return row?.masks == null ? null : uint32FromBytes(row.masks);
}

export interface StoredChunk {
  /** SHA-256 of the request. */
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
}

export async function findChunk(
  queries: HelperQueries,
  seq: number,
  chunk: number,
): Promise<StoredChunk | undefined> {
  return queries
    .selectFrom("chunks")
    .select(["request", "answer"])
    .where("batch", "=", seq)
    .where("chunk", "=", chunk)
    .executeTakeFirst();
}

/** Whether a report of the task was counted before, in whatever batch. */
export async function isCounted(queries: HelperQueries, task: number, report: Uint8Array): Promise<boolean> {
  const row = await queries
    .selectFrom("counted")
    .select("batch")
    .where("task", "=", task)
    .where("report", "=", report)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countedIdsOf(queries: HelperQueries, seq: number): Promise<readonly Uint8Array[]> {
  const rows = await queries.selectFrom("counted").select("report").where("batch", "=", seq).execute();
  return rows.map(({ report }) => report);
}

/** Begins a batch without chunks; its number. @throws when there is one of that id or place. */
export async function beginHelperBatch(
  queries: HelperQueries,
  { id, task, block, lane, number }: BatchPlace & Pick<HelperBatch, "id">,
): Promise<number> {
  const row = await queries
    .insertInto("batches")
    .values({ id, task, block, lane, number, chunks: 0, offered: 0, counted: 0 })
    .returning("seq")
    .executeTakeFirstOrThrow();
  return row.seq;
}

export interface AddedChunk extends StoredChunk {
  readonly chunk: number;
  readonly task: number;
  readonly offered: number;
  readonly counted: readonly Uint8Array[];
  /** All masks of the batch that count, this chunk's with them. */
  readonly masks: Uint32Array;
}

/** @throws when the batch has the chunk, is closed, or one of the reports was counted. */
export async function storeChunk(queries: HelperQueries, seq: number, added: AddedChunk): Promise<void> {
  const { chunk, request, answer, task, offered, counted, masks } = added;
  await queries.insertInto("chunks").values({ batch: seq, chunk, request, answer }).execute();
  for (const report of counted) {
    await queries.insertInto("counted").values({ task, report, batch: seq }).execute();
  }
  const result = await queries
    .updateTable("batches")
    .set((row) => ({
      chunks: row("chunks", "+", 1),
      offered: row("offered", "+", offered),
      counted: row("counted", "+", counted.length),
      masks: uint32ToBytes(masks),
    }))
    .where("seq", "=", seq)
    .where("answer", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw new Error("storeChunk: expected an open batch, got a closed one");
}

/** Stores the one answer of a batch and forgets the sum without noise. @throws when the batch has one. */
export async function storeClosing(
  queries: HelperQueries,
  seq: number,
  { closing, answer }: { readonly closing: Uint8Array; readonly answer: Uint8Array },
): Promise<void> {
  const result = await queries
    .updateTable("batches")
    .set({ closing, answer, masks: null })
    .where("seq", "=", seq)
    .where("answer", "is", null)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw new Error("storeClosing: expected an open batch, got a closed one");
}

function fromRow({
  closing,
  answer,
  ...row
}: Omit<HelperBatch, "closed"> & {
  readonly closing: Uint8Array | null;
  readonly answer: Uint8Array | null;
}): HelperBatch {
  return { ...row, closed: closing === null || answer === null ? null : { closing, answer } };
}
