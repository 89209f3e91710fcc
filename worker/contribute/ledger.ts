/**
 * The ledger: each report that left, or was about to, with its sums and what they cost. An entry and its body
 * are written before the report is sent, so that whatever happens on the way no task is ever answered by a
 * second, different report, and nothing is sent that the budget does not hold. A report counts from when it
 * was written, whatever became of it.
 */
import { epsilonOf } from "../../core/sum/budget.ts";
import { type ReportLimits, reportedDelta } from "../../core/sum/limits.ts";
import { type PrivacyPlan, requirePlanned } from "../../core/sum/plan.ts";
import {
  type Cost,
  mergeSpending,
  newestMs,
  nothingSpent,
  nullIfUnbounded,
  requireBudget,
  rhoTogether,
  type Spending,
  type Spent,
  spentBy,
  totalsOf,
} from "../../core/sum/spending.ts";
import type { TaskId } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { ReportAnswer, SumOutcome } from "../../core/wire/report.ts";
import type { Budget, CostOf, Remains, SentReport, SentSum, SpentOf } from "../api.ts";
import type { Store } from "../store/store.ts";

/** How many bodies are kept for the person to look at; digests are kept of all. */
const keptBodies = 5;

export interface PendingReport {
  readonly entry: SentReport;
  readonly body: Uint8Array;
}

export interface NewEntry {
  readonly entry: SentReport;
  /** The request body, byte for byte. */
  readonly body: Uint8Array;
  /** Ids of events that the report was computed from, one for each sum. */
  readonly basedOn: readonly string[];
  /** What the site promised; see `requireRoom`. */
  readonly plan: PrivacyPlan;
}

/** What a sum would take of the budget and the plan. */
export type Asked = Pick<SentSum, "kind" | "rho">;

export class Ledger {
  readonly #store: Store;
  readonly #limits: ReportLimits;
  /** Tasks answered before the ledger was last erased, in this tab or another. */
  readonly #answeredBefore: Set<TaskId>;
  /** What was spent before that. */
  #spentBefore: Spending;
  /** Every entry read since then: one that is missing was erased behind this tab's back. */
  #seen = new Set<string>();

  constructor(
    store: Store,
    { answeredTasks, spent, limits }: Partial<Remains> & { readonly limits: ReportLimits },
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#answeredBefore = new Set(answeredTasks);
    this.#spentBefore = spent ?? nothingSpent;
  }

  /** Oldest first. */
  async entries(): Promise<readonly SentReport[]> {
    const seen = this.#seen;
    const entries = await this.#store.reports();
    for (const { id } of entries) seen.add(id);
    return entries;
  }

  body(id: string): Promise<Uint8Array | null> {
    return this.#store.reportBody(id);
  }

  /** Every task that has an answer, whatever became of it: none may get another. */
  async answeredTasks(): Promise<ReadonlySet<TaskId>> {
    const entries = await this.entries();
    return new Set([...this.#answeredBefore, ...entries.flatMap(tasksOf)]);
  }

  /** Blocks of the sums of a kind, oldest first. */
  async blockHistory(kind: string): Promise<readonly number[]> {
    const sums = (await this.entries()).flatMap((entry) => entry.sums);
    return sums.filter((sum) => sum.kind === kind).map(({ block }) => block);
  }

  /**
   * Writes a report down before it is sent, and returns the entry as it was written; null when what it came
   * from was erased or one of its tasks was answered meanwhile: then it must not be sent.
   *
   * @throws {RangeError} when it would exceed budget or plan.
   */
  begin({ entry, body, basedOn, plan }: NewEntry): Promise<SentReport | null> {
    return this.#store.addReport({ body, basedOn, admit: (ledger) => this.#admit(entry, plan, ledger) });
  }

  /**
   * Looks ahead, so that nothing is made, and no token taken, for a report that `begin` would refuse.
   *
   * @param sums all that is to be sent now: together they must fit.
   * @throws {RangeError} naming what they would exceed.
   */
  async requireRoom(sums: readonly Asked[], plan: PrivacyPlan, nowMs: number): Promise<void> {
    this.#requireRoom(sums, plan, { entries: await this.entries(), nowMs });
  }

  /** What was spent, and what may be. */
  async budget(nowMs: number): Promise<Budget> {
    const spent = this.#spent(await this.entries());
    const { last30Days, lifetime } = spentBy(spent, nowMs);
    const { sinceDay } = totalsOf(spent, nowMs);
    return {
      last30Days: spentOf(last30Days, this.#limits.rhoPer30Days),
      lifetime: spentOf(lifetime, this.#limits.rhoLifetime),
      delta: reportedDelta,
      since: sinceDay === null ? null : new Date(sinceDay * dayMs).toISOString().slice(0, 10),
    };
  }

  /** Reports with a sum that has no answer, as they were written. */
  async pending(): Promise<readonly PendingReport[]> {
    const pending: PendingReport[] = [];
    for (const entry of await this.entries()) {
      if (!isPending(entry)) continue;
      const body = await this.body(entry.id);
      if (body !== null) pending.push({ entry, body });
    }
    return pending;
  }

  /** Whether a report is there and still has no answer. */
  async isWaiting(id: string): Promise<boolean> {
    return (await this.entries()).some((entry) => entry.id === id && isPending(entry));
  }

  /**
   * Writes down what the server answered, sum by sum, and drops bodies that are no longer among the newest.
   * Returns the entry as it is then; null when it was erased meanwhile.
   */
  async settle(entry: SentReport, answer: ReportAnswer): Promise<SentReport | null> {
    const settled = { ...entry, sums: entry.sums.map((sum) => settledSum(sum, answer)) };
    if (!(await this.#store.updateReport(settled))) return null;
    const done = (await this.entries()).filter((each) => !isPending(each));
    const old = done.slice(0, Math.max(0, done.length - keptBodies));
    await this.#store.removeReportBodies(old.map(({ id }) => id));
    return settled;
  }

  /**
   * Consent was taken back: what waits for an answer is never sent again. Returns the entries that changed.
   */
  async withdraw(): Promise<readonly SentReport[]> {
    const withdrawn: SentReport[] = [];
    for (const entry of await this.entries()) {
      if (!isPending(entry)) continue;
      const changed = { ...entry, sums: entry.sums.map((sum) => refusedIfPending(sum, "withdrawn")) };
      await this.#store.updateReport(changed);
      await this.#store.removeReportBodies([entry.id]);
      withdrawn.push(changed);
    }
    return withdrawn;
  }

  /** The entries were erased; what of them counts on, with all that counted before. */
  erased(entries: readonly SentReport[], nowMs: number): Remains {
    const spent = totalsOf(this.#spent(entries), nowMs);
    return this.remember({ answeredTasks: entries.flatMap(tasksOf), spent });
  }

  /**
   * Takes over what an erasure, here or in another tab, left behind; returns all that is known, oldest tasks
   * first.
   */
  remember({ answeredTasks, spent }: Remains): Remains {
    this.#seen = new Set();
    for (const task of answeredTasks) this.#answeredBefore.add(task);
    this.#spentBefore = mergeSpending(this.#spentBefore, spent);
    return { answeredTasks: [...this.#answeredBefore], spent: this.#spentBefore };
  }

  #admit(entry: SentReport, plan: PrivacyPlan, ledger: readonly SentReport[]): SentReport | null {
    const ids = new Set(ledger.map(({ id }) => id));
    const isErased = [...this.#seen].some((id) => !ids.has(id));
    const answered = new Set(ledger.flatMap(tasksOf));
    if (isErased || tasksOf(entry).some((task) => answered.has(task))) return null;
    const nowMs = newestMs(this.#spent(ledger), entry.atMs);
    this.#requireRoom(entry.sums, plan, { entries: ledger, nowMs });
    return { ...entry, atMs: nowMs };
  }

  #requireRoom(
    sums: readonly Asked[],
    plan: PrivacyPlan,
    { entries, nowMs }: { readonly entries: readonly SentReport[]; readonly nowMs: number },
  ): void {
    const spent = this.#spent(entries);
    const together = rhoTogether(sums) ?? Number.POSITIVE_INFINITY;
    requireBudget(spent, { rho: together, nowMs, limits: this.#limits });
    const contributed = entries.flatMap(({ atMs, sums: sent }) => sent.map(({ kind }) => ({ kind, atMs })));
    const planNowMs = newestMs(spent, nowMs);
    for (const { kind, rho } of sums) {
      requirePlanned(plan, { kind, rho: rho ?? Number.POSITIVE_INFINITY }, { contributed, nowMs: planNowMs });
    }
  }

  #spent(entries: readonly SentReport[]): Spent {
    const costs = entries.map(({ atMs, sums }): Cost => ({ atMs, rho: rhoTogether(sums) }));
    return { before: this.#spentBefore, costs };
  }
}

/** Whether a sum of it has no answer yet. */
function isPending({ sums }: SentReport): boolean {
  return sums.some(({ state }) => state === "sending");
}

/** A cost as it is shown. */
export function costOf(rho: number): CostOf {
  return {
    rho: nullIfUnbounded(rho),
    epsilon: nullIfUnbounded(epsilonOf({ rho, delta: reportedDelta })),
  };
}

function spentOf(rho: number, limit: number): SpentOf {
  return { ...costOf(rho), limit: costOf(limit) };
}

function tasksOf({ sums }: SentReport): readonly TaskId[] {
  return sums.map(({ task }) => task);
}

/**
 * In a repeated upload what was counted stays counted, whatever is answered then. A sum without an outcome
 * waits on.
 */
function settledSum(sum: SentSum, answer: ReportAnswer): SentSum {
  if (answer.state === "refused") return refusedIfPending(sum, answer.why);
  const outcome: SumOutcome | undefined = answer.sums.find(({ task }) => task === sum.task);
  if (outcome === undefined) return sum;
  return outcome.state === "refused" ? refusedIfPending(sum, outcome.why) : { ...sum, state: "accepted" };
}

function refusedIfPending(sum: SentSum, why: string): SentSum {
  return sum.state === "sending" ? { ...sum, state: "refused", why } : sum;
}
