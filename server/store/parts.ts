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

export async function findPart(queries: LeaderQueries, id: string): Promise<EncodedPart | undefined> {
  return queries.selectFrom("parts").selectAll().where("id", "=", id).executeTakeFirst();
}

/** A part that some published edition lists. */
export async function findPublishedPart(
  queries: LeaderQueries,
  id: string,
): Promise<EncodedPart | undefined> {
  return queries
    .selectFrom("parts")
    .selectAll()
    .where("id", "=", id)
    .where("id", "in", (listed) =>
      listed
        .selectFrom("edition_parts")
        .innerJoin("editions", "editions.sequence", "edition_parts.sequence")
        .select("edition_parts.part")
        .where("editions.state", "=", "published"),
    )
    .executeTakeFirst();
}
