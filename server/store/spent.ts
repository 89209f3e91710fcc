/**
 * Tokens that were spent, and the report that each was spent by: in the leader's store and in the helper's,
 * in one transaction with the report each time. A report has several sums, decided one by one: its token is
 * good for each of them.
 */
import { type QueryExecutorProvider, sql } from "kysely";

export interface SpentBy {
  readonly nonce: Uint8Array;
  /** Id of the report. */
  readonly report: Uint8Array;
}

/**
 * False when another report spent the token before: then nothing changes.
 *
 * @param queries a store, or a transaction on one, that has the table `spent_tokens`.
 * @param untilMs until when it must be remembered.
 */
export async function markSpent(
  queries: QueryExecutorProvider,
  { nonce, report, untilMs }: SpentBy & { readonly untilMs: number },
): Promise<boolean> {
  const result = await sql`
    INSERT INTO spent_tokens (nonce, report, expires_at_ms) VALUES (${nonce}, ${report}, ${untilMs})
    ON CONFLICT (nonce) DO UPDATE SET report = excluded.report WHERE report = excluded.report
  `.execute(queries);
  return result.numAffectedRows === 1n;
}

export async function isSpentByAnother(
  queries: QueryExecutorProvider,
  { nonce, report }: SpentBy,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM spent_tokens WHERE nonce = ${nonce} AND report <> ${report}
  `.execute(queries);
  return rows.length > 0;
}
