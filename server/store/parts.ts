/** Queries on parts: the immutable pieces of what is published, each under the hash of its bytes. */
import type { LeaderQueries } from "./leaderstore.ts";

/** A part's body as it is served. */
export interface EncodedPart {
  /** Hex SHA-256 of `bytes`. */
  readonly id: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly brotli: Uint8Array;
  readonly gzip: Uint8Array;
}

/** Does nothing for a part that is there already. */
export async function storePart(queries: LeaderQueries, part: EncodedPart): Promise<void> {
  const { id, kind, bytes, brotli, gzip } = part;
  await queries
    .insertInto("parts")
    .values({ id, kind, bytes, brotli, gzip })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** In place of what is stored under its id. */
export async function replacePart(queries: LeaderQueries, part: EncodedPart): Promise<void> {
  const { id, bytes, brotli, gzip } = part;
  await queries.updateTable("parts").set({ bytes, brotli, gzip }).where("id", "=", id).execute();
}

export async function deletePart(queries: LeaderQueries, id: string): Promise<void> {
  await queries.deleteFrom("parts").where("id", "=", id).execute();
}

export async function findPart(queries: LeaderQueries, id: string): Promise<EncodedPart | undefined> {
  return queries.selectFrom("parts").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function partIds(queries: LeaderQueries): Promise<ReadonlySet<string>> {
  const rows = await queries.selectFrom("parts").select("id").execute();
  return new Set(rows.map(({ id }) => id));
}

/** Whether some published edition lists the part. */
export async function isPublishedPart(queries: LeaderQueries, id: string): Promise<boolean> {
  const row = await queries
    .selectFrom("edition_parts")
    .innerJoin("editions", "editions.sequence", "edition_parts.sequence")
    .select("edition_parts.part")
    .where("edition_parts.part", "=", id)
    .where("editions.state", "=", "published")
    .executeTakeFirst();
  return row !== undefined;
}
