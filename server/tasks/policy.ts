/** When a round is over: enough reports everywhere, or enough waiting. Pure: the clock is handed in. */
import type { Pace } from "./kind.ts";

export interface RoundProgress {
  /** Reports of each lane of each block that count or may come to count: reports[block][lane]. */
  readonly reports: readonly (readonly number[])[];
  readonly openedAtMs: number;
  readonly lastReportAtMs: number;
  readonly nowMs: number;
}

/** @param minBatch of the task: fewer reports of a lane are never summed. */
export function roundIsDue(
  { reports, openedAtMs, lastReportAtMs, nowMs }: RoundProgress,
  { minBatch, batchSize, quietSeconds, roundSeconds }: Pace & { readonly minBatch: number },
): boolean {
  const lanes = reports.flat();
  const old = nowMs - openedAtMs >= roundSeconds * 1000;
  if (old) return lanes.some((count) => count >= minBatch);
  if (lanes.some((count) => count < minBatch)) return false;
  const quiet = nowMs - lastReportAtMs >= quietSeconds * 1000;
  return quiet || reports.every((block) => block.reduce((sum, count) => sum + count, 0) >= batchSize);
}
