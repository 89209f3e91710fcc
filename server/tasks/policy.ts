/** When a round is over: enough reports everywhere, or enough waiting. Pure: the clock is handed in. */

export interface RoundPolicy {
  /** Fewer reports of a block are never summed. */
  readonly minBatch: number;
  /** So many reports of every block end the round at once. */
  readonly batchSize: number;
  /** So long without a report ends the round, when every block has minBatch. */
  readonly quietSeconds: number;
  /** After so long the round ends with the blocks that have minBatch; the others are dropped unsummed. */
  readonly roundSeconds: number;
}

export interface RoundProgress {
  /** Reports of each block, all blocks in order. */
  readonly reports: readonly number[];
  readonly openedAtMs: number;
  readonly lastReportAtMs: number;
  readonly nowMs: number;
}

export function roundIsDue(
  { reports, openedAtMs, lastReportAtMs, nowMs }: RoundProgress,
  { minBatch, batchSize, quietSeconds, roundSeconds }: RoundPolicy,
): boolean {
  const old = nowMs - openedAtMs >= roundSeconds * 1000;
  if (old) return reports.some((count) => count >= minBatch);
  if (reports.some((count) => count < minBatch)) return false;
  const quiet = nowMs - lastReportAtMs >= quietSeconds * 1000;
  return quiet || reports.every((count) => count >= batchSize);
}
