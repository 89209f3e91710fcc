/** Queries on sealed reports. */
import type { Report } from "../../core/protocol.ts";
import type { LeaderQueries } from "./leaderstore.ts";

/** A report as the leader keeps it: its place in the order of arrival, and what is sealed. */
export type StoredReport = Omit<Report, "task"> & { readonly seq: number };

/** False when the id is known for this task: then nothing is stored. */
export async function storeReport(queries: LeaderQueries, task: number, report: Report): Promise<boolean> {
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
      block: report.block,
      id: report.id,
      leader_key: report.leaderKey,
      helper_key: report.helperKey,
      leader_share: report.leaderShare,
      helper_seed: report.helperSeed,
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

/** Block -> number of sealed reports of the task. */
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

export interface BlockOfTask {
  readonly task: number;
  readonly block: number;
}

/** Reports of a block in their order of arrival, a few at a time, so that a large batch never stands in memory. */
export async function* reportsOf(
  queries: LeaderQueries,
  { task, block }: BlockOfTask,
  pageSize = 32,
): AsyncGenerator<readonly StoredReport[]> {
  let after = 0;
  for (;;) {
    const rows = await queries
      .selectFrom("reports")
      .selectAll()
      .where("task", "=", task)
      .where("block", "=", block)
      .where("seq", ">", after)
      .orderBy("seq")
      .limit(pageSize)
      .execute();
    if (rows.length === 0) return;
    after = rows[rows.length - 1].seq;
    yield rows.map((row) => ({
      seq: row.seq,
      id: row.id,
      block: row.block,
      leaderKey: row.leader_key,
      helperKey: row.helper_key,
      leaderShare: row.leader_share,
      helperSeed: row.helper_seed,
    }));
  }
}

export async function deleteReports(queries: LeaderQueries, { task, block }: BlockOfTask): Promise<void> {
  await queries.deleteFrom("reports").where("task", "=", task).where("block", "=", block).execute();
}
