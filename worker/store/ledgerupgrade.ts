/**
 * The ledger of protocol 2 as that of protocol 3: an entry of one task becomes a report of one sum. What it
 * cost and which task it answered stay as they were. A report without an answer can get none any more, since
 * no server reads its bytes: it is settled as `outdated`.
 */
import type { SentReport, SentSum } from "../api.ts";

/** An entry up to version 4 of the database. */
export interface EntryOfOneTask extends Omit<SentReport, "sums">, Omit<SentSum, "kind"> {
  readonly taskKind: string;
}

export function entryOfSums(entry: EntryOfOneTask): SentReport {
  const { id, atMs, bytes, sha256, task, taskKind, round, block, rho, state, why } = entry;
  const settled: Pick<SentSum, "state" | "why"> =
    state === "sending"
      ? { state: "refused", why: "outdated" }
      : { state, ...(why !== undefined && { why }) };
  return { id, atMs, bytes, sha256, sums: [{ task, kind: taskKind, round, block, rho, ...settled }] };
}
