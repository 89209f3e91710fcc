/**
 * Queries on editions, and on what is kept beside them: what was learned, content spaces, which items have
 * left.
 */
import { createHash } from "node:crypto";
import type { EditionState, LeaderQueries } from "./leaderstore.ts";
import { leastNumber, raiseLeast } from "./leastnumbers.ts";

export interface EditionRow {
  /** Larger than that of any edition before. */
  readonly sequence: number;
  /** Hex SHA-256 of what is signed. */
  readonly id: string;
  readonly signed: { readonly document: string; readonly signature: string };
  readonly createdAtMs: number;
  readonly origin: string;
  readonly state: EditionState;
  /** JSON of the gate's verdict. */
  readonly verdict: string;
  readonly round: number;
  /** Items in its catalogue. */
  readonly items: number;
  /** Name of what was learned beside its parts; in a column that had the id of its factors part. */
  readonly factors: string;
  /** Id of the content space its rows are in. */
  readonly space: string;
}

/** @param parts ids of everything the edition lists; they are stored already. */
export async function storeEdition(
  queries: LeaderQueries,
  row: EditionRow,
  parts: readonly string[],
): Promise<void> {
  const { signed, createdAtMs, ...rest } = row;
  await queries
    .insertInto("editions")
    .values({ ...rest, ...signed, created_at_ms: createdAtMs })
    .execute();
  for (const part of new Set(parts)) {
    await queries.insertInto("edition_parts").values({ sequence: row.sequence, part }).execute();
  }
}

/** Newest first. */
export async function listEditions(queries: LeaderQueries): Promise<readonly EditionRow[]> {
  const rows = await queries.selectFrom("editions").selectAll().orderBy("sequence", "desc").execute();
  return rows.map(({ document, signature, created_at_ms, ...row }) => ({
    ...row,
    signed: { document, signature },
    createdAtMs: created_at_ms,
  }));
}

/** The largest number that an edition had, or that is left out; 0 before the first. */
export async function lastSequenceOf(queries: LeaderQueries): Promise<number> {
  const row = await queries
    .selectFrom("editions")
    .select(({ fn }) => fn.max<number | null>("sequence").as("sequence"))
    .executeTakeFirst();
  return Math.max(row?.sequence ?? 0, (await leastNumber(queries, "sequence")) ?? 0);
}

/** Of a store that is older than what its leader signed: editions that it does not know had numbers too. */
export async function skipSequences(queries: LeaderQueries, by: number): Promise<void> {
  await raiseLeast(queries, "sequence", (await lastSequenceOf(queries)) + by);
}

/**
 * Forgets all but the newest editions, the one in force and the one that the helper vouched for last, and what
 * belonged to the others alone.
 */
export async function pruneEditions(
  queries: LeaderQueries,
  {
    keep,
    inForce,
    vouchedFor,
  }: { readonly keep: number; readonly inForce: number; readonly vouchedFor: string | null },
): Promise<void> {
  const newest = await queries
    .selectFrom("editions")
    .select("sequence")
    .orderBy("sequence", "desc")
    .limit(keep)
    .execute();
  const vouched = await queries
    .selectFrom("editions")
    .select("sequence")
    .where("id", "=", vouchedFor ?? "")
    .execute();
  const kept = [inForce, ...[...newest, ...vouched].map(({ sequence }) => sequence)];
  await queries.deleteFrom("editions").where("sequence", "not in", kept).execute();
  await queries.deleteFrom("edition_parts").where("sequence", "not in", kept).execute();
  const listed = queries.selectFrom("edition_parts").select("part");
  await queries.deleteFrom("parts").where("id", "not in", listed).execute();
  const factors = queries.selectFrom("editions").select("factors");
  await queries.deleteFrom("learned").where("factors", "not in", factors).execute();
  const spaces = queries.selectFrom("editions").select("space");
  await queries.deleteFrom("spaces").where("id", "not in", spaces).execute();
}

/** What training knows beside the parts; the same name has the same. */
export async function storeLearned(
  queries: LeaderQueries,
  row: { readonly factors: string; readonly state: Uint8Array },
): Promise<void> {
  await queries
    .insertInto("learned")
    .values({ ...row, sha256: digestOf(row.state) })
    .onConflict((conflict) => conflict.column("factors").doNothing())
    .execute();
}

/** Undefined also for what was damaged since it was stored. */
export async function findLearned(queries: LeaderQueries, factors: string): Promise<Uint8Array | undefined> {
  const row = await queries
    .selectFrom("learned")
    .select(["state", "sha256"])
    .where("factors", "=", factors)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  // What was stored before it had a digest is taken as it is.
  return row.sha256 === "" || row.sha256 === digestOf(row.state) ? row.state : undefined;
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function storeSpace(
  queries: LeaderQueries,
  row: { readonly id: string; readonly bytes: Uint8Array },
): Promise<void> {
  await queries
    .insertInto("spaces")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ bytes: row.bytes }))
    .execute();
}

export async function findSpace(queries: LeaderQueries, id: string): Promise<Uint8Array | undefined> {
  const row = await queries.selectFrom("spaces").select("bytes").where("id", "=", id).executeTakeFirst();
  return row?.bytes;
}

/** Items that have left the catalogue, and when. */
export async function findDepartures(queries: LeaderQueries): Promise<ReadonlyMap<string, number>> {
  const rows = await queries.selectFrom("departures").selectAll().execute();
  return new Map(rows.map(({ item, left_at_ms }) => [item, left_at_ms]));
}

/** Of the items that are gone, those not noted yet left now; what is noted of others is forgotten. */
export async function storeDepartures(
  queries: LeaderQueries,
  gone: readonly string[],
  atMs: number,
): Promise<void> {
  // None left later than now, whatever the clock said then.
  await queries.updateTable("departures").set({ left_at_ms: atMs }).where("left_at_ms", ">", atMs).execute();
  const noted = await findDepartures(queries);
  const now = new Set(gone);
  for (const item of noted.keys()) {
    if (!now.has(item)) await queries.deleteFrom("departures").where("item", "=", item).execute();
  }
  for (const item of now) {
    if (noted.has(item)) continue;
    await queries.insertInto("departures").values({ item, left_at_ms: atMs }).execute();
  }
}

/**
 * An edition with a part that is not what its name says: it cannot come into force again, and the part can be
 * stored again.
 */
export async function markDamaged(queries: LeaderQueries, sequence: number, part: string): Promise<void> {
  const verdict = JSON.stringify({ verdict: "refused", why: "damaged", detail: part });
  await queries
    .updateTable("editions")
    .set({ state: "refused", verdict })
    .where("sequence", "=", sequence)
    .execute();
  await queries.deleteFrom("parts").where("id", "=", part).execute();
  await queries.deleteFrom("learned").where("factors", "=", part).execute();
}
