/**
 * What is due now: of the tasks that the server names those that this browser takes part in and has not
 * answered, and of them those that the person has something to say to and that budget and plan have room for,
 * together.
 *
 * Sums that are due together leave in one report, as far as they ask for the same token and fit its size.
 * Which sums are in it says that there was enough to say to each; a report of its own for each would say the
 * same.
 */

import type { ReportLimits } from "../../core/sum/limits.ts";
import { type PrivacyPlan, requirePlanned } from "../../core/sum/plan.ts";
import { nullIfUnbounded } from "../../core/sum/spending.ts";
import { rhoOf, type Task } from "../../core/tasks/task.ts";
import { mostSums, reportBytes } from "../../core/wire/report.ts";
import type { SentSum } from "../api.ts";
import type { Trusted, TrustedTask } from "../trust/trust.ts";
import type { AnyContributor, Contribution, Device } from "./kinds/contributor.ts";
import type { Asked, Ledger } from "./ledger.ts";
import { requireWithin } from "./limits.ts";
import type { PlainSum } from "./report.ts";

export interface OpenTask extends TrustedTask {
  readonly contributor: AnyContributor;
}

/** A contribution on its way into a report. */
export interface DueSum extends PlainSum {
  readonly basedOn: string | null;
  readonly tells?: readonly string[] | undefined;
}

export interface OpenOptions {
  readonly ledger: Ledger;
  readonly contributors: readonly AnyContributor[];
  readonly limits: ReportLimits;
  readonly nowMs: number;
  /** Called with why a task is refused; the others do not depend on it. */
  readonly report: (cause: unknown) => void;
}

/** Tasks of kinds that this browser knows, not answered yet, within its limits and the site's own plan. */
export async function openTasks(
  { tasks, plan }: Pick<Trusted, "tasks" | "plan">,
  { ledger, contributors, limits, nowMs, report }: OpenOptions,
): Promise<readonly OpenTask[]> {
  const answered = await ledger.answeredTasks();
  const open: OpenTask[] = [];
  for (const { task, taskId } of tasks) {
    const contributor = contributors.find(({ kind }) => kind.name === task.kind);
    if (contributor === undefined || answered.has(taskId)) continue;
    try {
      contributor.requireFit(task);
      requireWithin(limits, task, nowMs);
      requirePlanned(plan, { kind: task.kind, rho: rhoOf(task) }, { contributed: [], nowMs });
      open.push({ task, taskId, contributor });
    } catch (cause) {
      report(cause);
    }
  }
  return open;
}

export interface DueOptions extends Pick<OpenOptions, "ledger" | "report"> {
  readonly device: Device;
  readonly plan: PrivacyPlan;
}

/**
 * Contributions to open tasks, as far as there is something to contribute and room for all of them together.
 */
export async function dueSums(
  open: readonly OpenTask[],
  { ledger, device, plan, report }: DueOptions,
): Promise<readonly DueSum[]> {
  const due: DueSum[] = [];
  for (const { task, taskId, contributor } of open) {
    try {
      const history = await ledger.blockHistory(task.kind);
      const { experiments } = device;
      // What one of them tells, no other does.
      const told = new Set([...(experiments?.told ?? []), ...due.flatMap(({ tells = [] }) => tells)]);
      const contribution = contributor.contribute(
        task,
        { ...device, experiments: experiments && { ...experiments, told } },
        history,
      );
      if (contribution === null) continue;
      await ledger.requireRoom([...due.map((sum) => askedOf(sum.task)), askedOf(task)], plan, device.nowMs);
      due.push(dueSumOf({ task, taskId }, contribution));
    } catch (cause) {
      report(cause);
    }
  }
  return due;
}

/** Sums by the report that they leave in: of one token key, within its bytes, in their order. */
export function reportsFor(due: readonly DueSum[], mostBytes: number): readonly (readonly DueSum[])[] {
  const reports: DueSum[][] = [];
  for (const sum of due) {
    const fits = (sums: readonly DueSum[]): boolean =>
      sums[0].task.tokenKey === sum.task.tokenKey &&
      sums.length < mostSums &&
      bytesOf([...sums, sum]) <= mostBytes;
    const report = reports.find(fits);
    if (report === undefined) reports.push([sum]);
    else report.push(sum);
  }
  return reports;
}

/** What the ledger writes of a sum before it is sent. */
export function entrySumOf({ task, taskId, block, tells = [] }: DueSum): SentSum {
  const told = tells.length === 0 ? {} : { tells };
  return { task: taskId, ...askedOf(task), round: task.round, block, state: "sending", ...told };
}

/** What a task would take of budget and plan. */
export function askedOf(task: Task): Asked {
  return { kind: task.kind, rho: nullIfUnbounded(rhoOf(task)) };
}

function bytesOf(sums: readonly DueSum[]): number {
  return reportBytes(
    sums.map(({ task }) => task.length),
    { token: sums[0].task.tokenKey !== null },
  );
}

function dueSumOf({ task, taskId }: TrustedTask, { block, values, basedOn, tells }: Contribution): DueSum {
  return { task, taskId, block, values, basedOn, tells };
}
