/** Queries on sealed reports. */
import type { Report } from "../../core/wire/protocol.ts";
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

/** Ids of the leader's keys that waiting reports are sealed to. */
export async function leaderKeysInUse(queries: LeaderQueries): Promise<ReadonlySet<number>> {
  const rows = await queries.selectFrom("reports").select("leader_key").distinct().execute();
  return new Set(rows.map(({ leader_key }) => leader_key));
}

export interface BlockOfTask {
  readonly task: number;
  readonly block: number;
}

/** Places and ids of a block's reports in their order of arrival. */
export async function reportIdsOf(
  queries: LeaderQueries,
  { task, block }: BlockOfTask,
): Promise<readonly { readonly seq: number; readonly id: Uint8Array }[]> {
  return queries
    .selectFrom("reports")
    .select(["seq", "id"])
    .where("task", "=", task)
    .where("block", "=", block)
    .orderBy("seq")
    .execute();
}

/** Reports by their places, a few at a time, so that a large batch never stands in memory. */
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

export async function deleteReports(queries: LeaderQueries, { task, block }: BlockOfTask): Promise<void> {
  await queries.deleteFrom("reports").where("task", "=", task).where("block", "=", block).execute();
}
