/** When a round is over: enough reports everywhere, or enough waiting. Pure: the clock is handed in. */
import type { Pace } from "./kind.ts";

export interface RoundProgress {
  /** Reports of each lane of each block that count or may come to count: reports[block][lane]. */
  readonly reports: readonly (readonly number[])[];
  readonly openedAtMs: number;
  readonly lastReportAtMs: number;
  readonly nowMs: number;
}

/** Why a round goes on. */
export interface RoundWait {
  readonly why: "too-few-reports" | "reports-still-come";
  /** Reports that it has, in all its lanes. */
  readonly reports: number;
  /** Lanes with fewer than `minBatch`, of all lanes. */
  readonly lanesShort: number;
  readonly lanes: number;
  readonly minBatch: number;
}

/**
 * Why a round is not over; null when it is.
 *
 * @param minBatch of the task: fewer reports of a lane are never summed.
 */
export function waitOf(
  { reports, openedAtMs, lastReportAtMs, nowMs }: RoundProgress,
  { minBatch, batchSize, quietSeconds, roundSeconds }: Pace & { readonly minBatch: number },
): RoundWait | null {
  const lanes = reports.flat();
  const lanesShort = lanes.filter((count) => count < minBatch).length;
  const all = { reports: sumOf(lanes), lanesShort, lanes: lanes.length, minBatch };
  const isOld = nowMs - openedAtMs >= roundSeconds * 1000;
  if (isOld ? lanesShort === lanes.length : lanesShort > 0) return { why: "too-few-reports", ...all };
  const isQuiet = nowMs - lastReportAtMs >= quietSeconds * 1000;
  if (isOld || isQuiet || reports.every((block) => sumOf(block) >= batchSize)) return null;
  return { why: "reports-still-come", ...all };
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
