/**
 * Tokens that were spent, and the report that each was spent by: in the leader's store and in the helper's,
 * in one transaction with the report each time. A report has several sums, decided one by one: its token is
 * good for each of them, and for no sum of a task that began after it was first spent, which cannot have been
 * in that report. (Nor is it spent before its own task began, whatever the clock says by then.)
 */
import { type QueryExecutorProvider, sql } from "kysely";

export interface SpentOn {
  readonly nonce: Uint8Array;
  /** Id of the report. */
  readonly report: Uint8Array;
  /** When the task of the sum began that the token is brought for. */
  readonly taskBeganAtMs: number;
}

/**
 * False when the token was spent before, by another report or too early for this task: then nothing changes.
 *
 * @param queries a store, or a transaction on one, that has the table `spent_tokens`.
 * @param untilMs until when it must be remembered.
 */
export async function markSpent(
  queries: QueryExecutorProvider,
  {
    nonce,
    report,
    taskBeganAtMs,
    nowMs,
    untilMs,
  }: SpentOn & { readonly nowMs: number; readonly untilMs: number },
): Promise<boolean> {
  const result = await sql`
    INSERT INTO spent_tokens (nonce, report, spent_at_ms, expires_at_ms)
    VALUES (${nonce}, ${report}, ${Math.max(nowMs, taskBeganAtMs)}, ${untilMs})
    ON CONFLICT (nonce) DO UPDATE SET report = excluded.report
    WHERE report = excluded.report AND spent_at_ms >= ${taskBeganAtMs}
  `.execute(queries);
  return result.numAffectedRows === 1n;
}

export async function isSpentElsewhere(
  queries: QueryExecutorProvider,
  { nonce, report, taskBeganAtMs }: SpentOn,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM spent_tokens
    WHERE nonce = ${nonce} AND (report <> ${report} OR spent_at_ms < ${taskBeganAtMs})
  `.execute(queries);
  return rows.length > 0;
}
