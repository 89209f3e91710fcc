/** A write that reaches the disk: what "writable" means, where asking would only tell about permissions. */
import { type QueryExecutorProvider, sql } from "kysely";

/** @throws when the store, which must have the table `probes`, cannot be written. */
export async function probe(store: QueryExecutorProvider, atMs: number): Promise<void> {
  await sql`INSERT INTO probes (id, at_ms) VALUES (1, ${atMs}) ON CONFLICT (id) DO UPDATE SET at_ms = ${atMs}`.execute(
    store,
  );
}
