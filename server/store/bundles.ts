/** Queries on the bundles of protocol 2: read once, then forgotten. */
import type { LeaderQueries } from "./leaderstore.ts";

interface StoredBundle {
  readonly id: string;
  readonly bytes: Uint8Array;
  /** What training knew beside it. */
  readonly learned: Uint8Array;
}

export async function findBundleInForce(queries: LeaderQueries): Promise<StoredBundle | undefined> {
  return queries
    .selectFrom("publications")
    .innerJoin("bundles", "bundles.id", "publications.bundle")
    .select(["bundles.id", "bytes", "learned"])
    .orderBy("publications.seq", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function forgetBundles(queries: LeaderQueries): Promise<void> {
  await queries.deleteFrom("publications").execute();
  await queries.deleteFrom("bundles").execute();
}
