/** Tokens that were spent: in the leader's store and in the helper's, in one transaction with the report each time. */
import { type QueryExecutorProvider, sql } from "kysely";

/**
 * False when the token was spent before: then nothing changes.
 *
 * @param queries a store, or a transaction on one, that has the table `spent_tokens`.
 * @param untilMs until when it must be remembered.
 */
export async function markSpent(
  queries: QueryExecutorProvider,
  nonce: Uint8Array,
  untilMs: number,
): Promise<boolean> {
  const result = await sql`
    INSERT INTO spent_tokens (nonce, expires_at_ms) VALUES (${nonce}, ${untilMs}) ON CONFLICT DO NOTHING
  `.execute(queries);
  return result.numAffectedRows === 1n;
}

export async function isSpent(queries: QueryExecutorProvider, nonce: Uint8Array): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM spent_tokens WHERE nonce = ${nonce}`.execute(queries);
  return rows.length > 0;
}
