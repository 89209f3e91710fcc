/**
 * Queries on sealed reports: one row for each sum of a report. It waits until it is fixed in a chunk of its
 * batch, and is deleted in the commit that adds the chunk. The first reports of a lane, up to one that the batch
 * names, are the chunk that is on its way.
 */
import { sql } from "kysely";
import type { Report, ReportSum } from "../../core/wire/report.ts";
import type { LeaderQueries } from "./leaderstore.ts";

/** One sum of a report as the leader keeps it: its place in the order of arrival, and what is sealed. */
export type StoredReport = Omit<Report, "sums"> & Omit<ReportSum, "task"> & { readonly seq: number };

export interface LaneOfTask {
  /** The leader's number of the task. */
  readonly task: number;
  readonly block: number;
  readonly lane: number;
}

/** A batch and the lane it is of. */
export interface BatchOfLane extends LaneOfTask {
  readonly id: Uint8Array;
}

/** False when the id is known for this task: then nothing is stored. */
export async function storeReport(
  queries: LeaderQueries,
  { task, block, lane }: LaneOfTask,
  report: Omit<StoredReport, "seq" | "block">,
): Promise<boolean> {
  const remembered = await queries
    .insertInto("report_ids")
    .values({ task, id: report.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (remembered.numInsertedOrUpdatedRows !== 1n) return false;
  await queries
    .insertInto("reports")
    .values({
      task,
      block,
      lane,
      id: report.id,
      leader_key: report.leaderKey,
      helper_key: report.helperKey,
      leader_share: report.leaderShare,
      helper_seed: report.helperSeed,
      token: report.token,
    })
    .execute();
  return true;
}

export async function isKnownReport(queries: LeaderQueries, task: number, id: Uint8Array): Promise<boolean> {
  const row = await queries
    .selectFrom("report_ids")
    .select("task")
    .where("task", "=", task)
    .where("id", "=", id)
    .executeTakeFirst();
  return row !== undefined;
}

export interface LaneReports {
  readonly block: number;
  readonly lane: number;
  /** Reports of no batch yet, and reports in the chunk that is on its way. */
  readonly waiting: number;
  readonly fixed: number;
}

/** Sealed reports of a task by lane; lanes without are not there. */
export async function reportsByLane(queries: LeaderQueries, task: number): Promise<readonly LaneReports[]> {
  const rows = await queries
    .selectFrom("reports as report")
    .leftJoin("batches as batch", (join) =>
      join
        .onRef("batch.task", "=", "report.task")
        .onRef("batch.block", "=", "report.block")
        .onRef("batch.lane", "=", "report.lane")
        .onRef("batch.fixed_to", ">=", "report.seq"),
    )
    .select(["report.block", "report.lane"])
    .select(({ fn }) => fn.countAll<number>().as("all"))
    .select(({ fn }) => fn.count<number>("batch.id").as("fixed"))
    .where("report.task", "=", task)
    .groupBy(["report.block", "report.lane"])
    .orderBy("report.block")
    .orderBy("report.lane")
    .execute();
  return rows.map(({ all, ...row }) => ({ ...row, waiting: all - row.fixed }));
}

/** Block -> sealed reports of the task that are in no sum yet. */
export async function countReports(
  queries: LeaderQueries,
  task: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await queries
    .selectFrom("reports")
    .select("block")
    .select(({ fn }) => fn.countAll<number>().as("reports"))
    .where("task", "=", task)
    .groupBy("block")
    .execute();
  return new Map(rows.map(({ block, reports }) => [block, reports]));
}

/** Ids of the leader's keys that sealed reports wait for. */
export async function leaderKeysInUse(queries: LeaderQueries): Promise<ReadonlySet<number>> {
  const rows = await queries.selectFrom("reports").select("leader_key").distinct().execute();
  return new Set(rows.map(({ leader_key }) => leader_key));
}

/** Puts the first reports of a lane into a batch's chunk; none of the lane may be in one. */
export async function fixReports(queries: LeaderQueries, batch: BatchOfLane, most: number): Promise<void> {
  const first = await ofLane(queries, batch).orderBy("seq").limit(most).execute();
  const last = first.at(-1)?.seq;
  if (last === undefined) return;
  await queries.updateTable("batches").set({ fixed_to: last }).where("id", "=", batch.id).execute();
}

/** Places of the reports in a batch's chunk, in their order of arrival. */
export async function placesIn(queries: LeaderQueries, batch: BatchOfLane): Promise<readonly number[]> {
  const last = await fixedTo(queries, batch);
  if (last === null) return [];
  const rows = await ofLane(queries, batch).where("seq", "<=", last).orderBy("seq").execute();
  return rows.map(({ seq }) => seq);
}

function ofLane(queries: LeaderQueries, { task, block, lane }: LaneOfTask) {
  return queries
    .selectFrom("reports")
    .select("seq")
    .where("task", "=", task)
    .where("block", "=", block)
    .where("lane", "=", lane);
}

async function fixedTo(queries: LeaderQueries, { id }: BatchOfLane): Promise<number | null> {
  const row = await queries.selectFrom("batches").select("fixed_to").where("id", "=", id).executeTakeFirst();
  return row?.fixed_to ?? null;
}

/** Reports by their places, a few at a time, so that a chunk of large ones never stands in memory. */
export async function* reportsAt(
  queries: LeaderQueries,
  places: readonly number[],
  pageSize = 32,
): AsyncGenerator<readonly StoredReport[]> {
  for (let at = 0; at < places.length; at += pageSize) {
    const rows = await queries
      .selectFrom("reports")
      .selectAll()
      .where("seq", "in", places.slice(at, at + pageSize))
      .orderBy("seq")
      .execute();
    yield rows.map((row) => ({
      seq: row.seq,
      id: row.id,
      block: row.block,
      leaderKey: row.leader_key,
      helperKey: row.helper_key,
      leaderShare: row.leader_share,
      helperSeed: row.helper_seed,
      token: row.token,
    }));
  }
}

/** Deletes the reports of a batch's chunk. */
export async function deleteFixed(queries: LeaderQueries, batch: BatchOfLane): Promise<void> {
  const last = await fixedTo(queries, batch);
  if (last === null) return;
  await queries
    .deleteFrom("reports")
    .where("task", "=", batch.task)
    .where("block", "=", batch.block)
    .where("lane", "=", batch.lane)
    .where("seq", "<=", last)
    .execute();
  await queries.updateTable("batches").set({ fixed_to: null }).where("id", "=", batch.id).execute();
}

/** Deletes what waits in a lane; how many those were. */
export async function deleteWaiting(
  queries: LeaderQueries,
  { task, block, lane }: LaneOfTask,
): Promise<number> {
  const fixed = queries
    .selectFrom("batches")
    .select(({ fn }) => fn.coalesce(fn.max("fixed_to"), sql<number>`0`).as("last"))
    .where("task", "=", task)
    .where("block", "=", block)
    .where("lane", "=", lane);
  const result = await queries
    .deleteFrom("reports")
    .where("task", "=", task)
    .where("block", "=", block)
    .where("lane", "=", lane)
    .where("seq", ">", fixed)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
