/** What went wrong outside of what was computed. */
import { JobCut } from "../base/jobs.ts";

/** The store could not be read or written; tried later it may do. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";
}

/** Whether an error is of the store or the system, and says nothing of what was computed. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StoreFailure || error instanceof JobCut) return true;
  return error instanceof Error && "syscall" in error;
}
