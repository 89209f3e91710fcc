/** What this browser refuses to take part in, whatever is signed: the limits are compiled in. */

import { developmentLimits, productionLimits, type ReportLimits } from "../../core/sum/limits.ts";
import { type PrivacyPlan, plannedRhoOf } from "../../core/sum/plan.ts";
import { rhoOf, type Task } from "../../core/tasks/task.ts";
import { reportBytes } from "../../core/wire/report.ts";
import { isLoopback } from "../trust/trust.ts";

/** Those of production, but for a server on this very machine. */
export function limitsFor(server: string): ReportLimits {
  return isLoopback(server) ? developmentLimits : productionLimits;
}

/** @throws {RangeError} naming the limit that the task goes beyond. */
export function requireWithin(limits: ReportLimits, task: Task, nowMs: number): void {
  const bytes = reportBytes([task.length], { token: task.tokenKey !== null });
  const { minBatch } = task;
  if (minBatch < limits.minBatch) refuse("task: minBatch", `at least ${limits.minBatch}`, minBatch);
  if (rhoOf(task) > limits.rhoPerSum) refuse("task: rho", `at most ${limits.rhoPerSum}`, rhoOf(task));
  if (bytes > limits.reportBytes) refuse("task: a report's bytes", `at most ${limits.reportBytes}`, bytes);
  if (task.expiresAtMs <= nowMs) {
    const got = new Date(task.expiresAtMs).toISOString();
    refuse("task: expiresAtMs", `after ${new Date(nowMs).toISOString()}`, got);
  }
}

/** @throws {RangeError} when the plan asks for more than this browser ever spends within 30 days. */
export function requirePlanWithin(limits: ReportLimits, plan: PrivacyPlan): void {
  const rho = plannedRhoOf(plan);
  if (rho > limits.rhoPer30Days * (1 + 1e-9)) {
    refuse("plan: rho of 30 days", `at most ${limits.rhoPer30Days}`, rho);
  }
}

function refuse(what: string, bound: string, got: number | string): never {
  throw new RangeError(`${what} must be ${bound} for this browser, got ${got}`);
}
