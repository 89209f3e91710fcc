/** Queries on documents that are signed once and given out until they change. */
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { LeaderQueries } from "./leaderstore.ts";

export async function findDocument(
  queries: LeaderQueries,
  kind: string,
): Promise<SignedDocument | undefined> {
  return queries
    .selectFrom("documents")
    .select(["document", "signature"])
    .where("kind", "=", kind)
    .executeTakeFirst();
}

/** In place of the one before. */
export async function storeDocument(
  queries: LeaderQueries,
  kind: string,
  { document, signature }: SignedDocument,
): Promise<void> {
  await queries
    .insertInto("documents")
    .values({ kind, document, signature })
    .onConflict((conflict) => conflict.column("kind").doUpdateSet({ document, signature }))
    .execute();
}
