/**
 * Tokens that were spent, and the report that each was spent by: in the leader's store and in the helper's,
 * in one transaction with the report each time. A report has several sums, decided one by one: its token is
 * good for each of them, and for no sum of a task that came after it was first spent, which cannot have been
 * in that report. Which came first is told by the numbers of tasks, not by a clock.
 *
 * A key's tokens are forgotten when its time is over and another key took its place. By the time alone they
 * are not, because the clock may be set back; and the key is noted, so that no token of it is good again.
 * What was spent before keys were noted beside it names none (''): it is kept for ever, a hundred bytes each.
 */
import { type QueryExecutorProvider, sql } from "kysely";

export interface SpentTables {
  spent_tokens: {
    nonce: Uint8Array;
    /** Id of the report that it was spent by. */
    report: Uint8Array;
    token_key: string;
    last_task: number;
    expires_at_ms: number;
  };
  /** Keys that are over, of which no token is good again. */
  retired_token_keys: { id: string };
}

export interface SpentOn {
  readonly nonce: Uint8Array;
  /** Id of the report. */
  readonly report: Uint8Array;
  /** The store's own number of the task that the token is brought for. */
  readonly task: number;
  /** Hex id of the issuer's key. */
  readonly tokenKey: string;
}

/**
 * False when the token was spent before, by another report or too early for this task, or its key is over:
 * then nothing changes.
 *
 * @param queries a store, or a transaction on one, that has the tables `spent_tokens`, `retired_token_keys` and
 *   `tasks`.
 * @param untilMs until when the key is good.
 */
export async function markSpent(
  queries: QueryExecutorProvider,
  { nonce, report, task, tokenKey, untilMs }: SpentOn & { readonly untilMs: number },
): Promise<boolean> {
  const result = await sql`
    INSERT INTO spent_tokens (nonce, report, token_key, last_task, expires_at_ms)
    SELECT ${nonce}, ${report}, ${tokenKey}, (SELECT max(seq) FROM tasks), ${untilMs}
    WHERE NOT EXISTS (SELECT 1 FROM retired_token_keys WHERE id = ${tokenKey})
    ON CONFLICT (nonce) DO UPDATE SET report = excluded.report
    WHERE report = excluded.report AND last_task >= ${task}
  `.execute(queries);
  return result.numAffectedRows === 1n;
}

export async function isSpentElsewhere(
  queries: QueryExecutorProvider,
  { nonce, report, task, tokenKey }: SpentOn,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM spent_tokens WHERE nonce = ${nonce} AND (report <> ${report} OR last_task < ${task})
    UNION ALL
    SELECT 1 FROM retired_token_keys WHERE id = ${tokenKey}
  `.execute(queries);
  return rows.length > 0;
}

/** Whether the tokens of a key were forgotten: none of it is good any more. */
export async function isRetiredKey(queries: QueryExecutorProvider, tokenKey: string): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM retired_token_keys WHERE id = ${tokenKey}`.execute(queries);
  return rows.length > 0;
}

/**
 * Forgets the tokens of keys whose time is over, for good.
 *
 * @param named ids of the keys that the tasks of now name; while there is none, nothing took the place of any
 *   key, and nothing is forgotten.
 */
export async function forgetTokens(
  queries: QueryExecutorProvider,
  { named, nowMs }: { readonly named: ReadonlySet<string>; readonly nowMs: number },
): Promise<void> {
  if (named.size === 0) return;
  const over = await sql<{ readonly token_key: string }>`
    SELECT DISTINCT token_key FROM spent_tokens WHERE token_key <> '' AND expires_at_ms <= ${nowMs}
  `.execute(queries);
  for (const { token_key } of over.rows) {
    if (named.has(token_key)) continue;
    await sql`INSERT INTO retired_token_keys (id) VALUES (${token_key}) ON CONFLICT DO NOTHING`.execute(
      queries,
    );
    await sql`DELETE FROM spent_tokens WHERE token_key = ${token_key}`.execute(queries);
  }
}
