/** Queries on findings: what the server learned from aggregates, as each kind writes it. */
import type { LeaderQueries } from "./leaderstore.ts";

export interface Finding {
  readonly kind: string;
  readonly round: number;
  readonly atMs: number;
  /** JSON, the kind's own. */
  readonly finding: string;
}

export async function storeFinding(
  queries: LeaderQueries,
  { kind, round, atMs, finding }: Finding,
): Promise<void> {
  await queries.insertInto("findings").values({ kind, round, at_ms: atMs, finding }).execute();
}

/** The newest of a kind; undefined where there is none. */
export async function newestFinding(queries: LeaderQueries, kind: string): Promise<Finding | undefined> {
  const [newest] = await findingsOf(queries, kind, 1);
  return newest;
}

/** Of one kind, newest first. */
export async function findingsOf(
  queries: LeaderQueries,
  kind: string,
  limit: number,
): Promise<readonly Finding[]> {
  const rows = await queries
    .selectFrom("findings")
    .select(["kind", "round", "at_ms", "finding"])
    .where("kind", "=", kind)
    .orderBy("seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ at_ms, ...row }) => ({ ...row, atMs: at_ms }));
}

/** Newest first. */
export async function listFindings(queries: LeaderQueries, limit: number): Promise<readonly Finding[]> {
  const rows = await queries
    .selectFrom("findings")
    .select(["kind", "round", "at_ms", "finding"])
    .orderBy("seq", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ at_ms, ...row }) => ({ ...row, atMs: at_ms }));
}
