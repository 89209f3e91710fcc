/** What this browser refuses to take part in, whatever is signed: the limits are compiled in. */

import { developmentLimits, productionLimits, type ReportLimits } from "../../core/sum/limits.ts";
import { rhoOf, type Task, vectorLengthOf } from "../../core/tasks/task.ts";
import { reportBytes } from "../../core/wire/protocol.ts";
import { isLoopback } from "./trust.ts";

/** Those of production, but for a server on this very machine. */
export function limitsFor(server: string): ReportLimits {
  return isLoopback(server) ? developmentLimits : productionLimits;
}

/** @throws {RangeError} naming the limit that the task goes beyond. */
export function requireWithin(limits: ReportLimits, task: Task, nowMs: number): void {
  const bytes = reportBytes(vectorLengthOf(task), { token: task.tokenKey !== null });
  const { minBatch, noiseMultiplier } = task;
  if (minBatch < limits.minBatch) refuse("minBatch", `at least ${limits.minBatch}`, minBatch);
  if (noiseMultiplier < limits.noiseMultiplier) {
    refuse("noiseMultiplier", `at least ${limits.noiseMultiplier}`, noiseMultiplier);
  }
  if (rhoOf(task) > limits.rhoPerReport) refuse("rho", `at most ${limits.rhoPerReport}`, rhoOf(task));
  if (bytes > limits.reportBytes) refuse("a report's bytes", `at most ${limits.reportBytes}`, bytes);
  if (task.expiresAtMs <= nowMs) {
    const got = new Date(task.expiresAtMs).toISOString();
    refuse("expiresAtMs", `after ${new Date(nowMs).toISOString()}`, got);
  }
}

function refuse(what: string, bound: string, got: number | string): never {
  throw new RangeError(`task: ${what} must be ${bound} for this browser, got ${got}`);
}
