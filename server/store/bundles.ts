/** Queries on bundles and on the list of what was published when. */
import type { BundleState, LeaderQueries } from "./leaderstore.ts";

/** A bundle's body as it is served. */
export interface EncodedBundle {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly brotli: Uint8Array;
  readonly gzip: Uint8Array;
}

/** A bundle as the server works on: its body, and what training knows beside it. */
export interface StoredBundle extends EncodedBundle {
  readonly learned: Uint8Array;
}

export interface BundleRow extends StoredBundle {
  readonly createdAtMs: number;
  readonly round: number;
  readonly origin: string;
  readonly state: BundleState;
  readonly verdict: string;
}

/** A bundle without its body. */
export type BundleSummary = Omit<BundleRow, keyof StoredBundle> & {
  readonly id: string;
  readonly bytes: number;
};

/** Does nothing when the same bytes are there already, but for the state: a bundle once refused can be published. */
export async function storeBundle(queries: LeaderQueries, row: BundleRow): Promise<void> {
  await queries
    .insertInto("bundles")
    .values({
      id: row.id,
      created_at_ms: row.createdAtMs,
      round: row.round,
      origin: row.origin,
      state: row.state,
      verdict: row.verdict,
      bytes: row.bytes,
      brotli: row.brotli,
      gzip: row.gzip,
      learned: row.learned,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** Puts a stored bundle in force. */
export async function storePublication(queries: LeaderQueries, bundle: string, atMs: number): Promise<void> {
  await queries.updateTable("bundles").set({ state: "published" }).where("id", "=", bundle).execute();
  await queries.insertInto("publications").values({ bundle, at_ms: atMs }).execute();
}

export async function findBundleInForce(queries: LeaderQueries): Promise<StoredBundle | undefined> {
  return queries
    .selectFrom("publications")
    .innerJoin("bundles", "bundles.id", "publications.bundle")
    .select(["bundles.id", "bytes", "brotli", "gzip", "learned"])
    .orderBy("publications.seq", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** The body of a bundle, unless it never was published. */
export async function findPublishedBundle(
  queries: LeaderQueries,
  id: string,
): Promise<EncodedBundle | undefined> {
  return queries
    .selectFrom("bundles")
    .select(["id", "bytes", "brotli", "gzip"])
    .where("id", "=", id)
    .where("state", "=", "published")
    .executeTakeFirst();
}

/** A bundle, whatever its state. */
export async function findBundle(queries: LeaderQueries, id: string): Promise<StoredBundle | undefined> {
  return queries
    .selectFrom("bundles")
    .select(["id", "bytes", "brotli", "gzip", "learned"])
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Newest first. */
export async function listBundles(queries: LeaderQueries): Promise<readonly BundleSummary[]> {
  const rows = await queries
    .selectFrom("bundles")
    .select(["id", "created_at_ms", "round", "origin", "state", "verdict"])
    .select(({ fn }) => fn<number>("length", ["bytes"]).as("bytes"))
    .orderBy("created_at_ms", "desc")
    .execute();
  return rows.map(({ created_at_ms, ...row }) => ({ ...row, createdAtMs: created_at_ms }));
}

/** Forgets all but the newest bundles and the one in force, and when those were published. */
export async function pruneBundles(
  queries: LeaderQueries,
  { keep, inForce }: { readonly keep: number; readonly inForce: string },
): Promise<void> {
  const newest = await queries
    .selectFrom("bundles")
    .select("id")
    .orderBy("created_at_ms", "desc")
    .orderBy("round", "desc")
    .limit(keep)
    .execute();
  const kept = [inForce, ...newest.map(({ id }) => id)];
  await queries.deleteFrom("publications").where("bundle", "not in", kept).execute();
  await queries.deleteFrom("bundles").where("id", "not in", kept).execute();
}
