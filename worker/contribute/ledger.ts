/**
 * The ledger: each report that left, or was about to, and what it cost. An entry and its body are written before the
 * report is sent, so that whatever happens on the way the task is never answered by a second, different report, and
 * nothing is sent that the budget does not hold. A report counts from when it was written, whatever became of it.
 */
import { epsilonOf } from "../../core/sum/budget.ts";
import { type ReportLimits, toldDelta } from "../../core/sum/limits.ts";
import {
  mergeSpending,
  newestMs,
  nothingSpent,
  requireBudget,
  type Spending,
  spentBy,
  told,
  totalsOf,
} from "../../core/sum/spending.ts";
import type { TaskId } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { Budget, Remains, SentReport, SpentOf } from "../api.ts";
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
  /** Id of an event the report was computed from. */
  readonly basis: string;
}

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
    return new Set([...this.#answeredBefore, ...entries.map(({ task }) => task)]);
  }

  /** Blocks of the reports on a kind of task, oldest first. */
  async blockHistory(taskKind: string): Promise<readonly number[]> {
    const entries = await this.entries();
    return entries.filter((entry) => entry.taskKind === taskKind).map(({ block }) => block);
  }

  /**
   * Writes a report down before it is sent, and returns the entry as it stands; null when what it came from was erased
   * or its task was answered meanwhile: then it must not be sent.
   *
   * @throws {RangeError} when its cost would exceed the budget.
   */
  begin({ entry, body, basis }: NewEntry): Promise<SentReport | null> {
    return this.#store.addReport({ body, basis, admit: (ledger) => this.#admit(entry, ledger) });
  }

  /** Looks ahead, so that nothing is made, and no token taken, for a report that `begin` would refuse. @throws {RangeError} */
  async requireBudget(rho: number, nowMs: number): Promise<void> {
    const spent = { before: this.#spentBefore, costs: await this.entries() };
    requireBudget(spent, { rho, nowMs, limits: this.#limits });
  }

  /** What was spent, and what may be. */
  async budget(nowMs: number): Promise<Budget> {
    const spent = { before: this.#spentBefore, costs: await this.entries() };
    const { last30Days, lifetime } = spentBy(spent, nowMs);
    const { sinceDay } = totalsOf(spent, nowMs);
    return {
      last30Days: spentOf(last30Days, this.#limits.rhoPer30Days),
      lifetime: spentOf(lifetime, this.#limits.rhoLifetime),
      delta: toldDelta,
      since: sinceDay === null ? null : new Date(sinceDay * dayMs).toISOString().slice(0, 10),
    };
  }

  /** Reports without an answer, as they were written. */
  async pending(): Promise<readonly PendingReport[]> {
    const pending: PendingReport[] = [];
    for (const entry of await this.entries()) {
      if (entry.state !== "sending") continue;
      const body = await this.body(entry.id);
      if (body !== null) pending.push({ entry, body });
    }
    return pending;
  }

  /** Writes the answer down and drops bodies that are no longer among the newest; false when erased meanwhile. */
  async settle(entry: SentReport): Promise<boolean> {
    if (!(await this.#store.updateReport(entry))) return false;
    const settled = (await this.entries()).filter(({ state }) => state !== "sending");
    const old = settled.slice(0, Math.max(0, settled.length - keptBodies));
    await this.#store.removeReportBodies(old.map(({ id }) => id));
    return true;
  }

  /** Consent was taken back: what waits for an answer is never sent again. Returns the entries that changed. */
  async withdraw(): Promise<readonly SentReport[]> {
    const withdrawn: SentReport[] = [];
    for (const entry of await this.entries()) {
      if (entry.state !== "sending") continue;
      const changed: SentReport = { ...entry, state: "refused", why: "withdrawn" };
      await this.#store.updateReport(changed);
      await this.#store.removeReportBodies([entry.id]);
      withdrawn.push(changed);
    }
    return withdrawn;
  }

  /** The entries were erased; what of them counts on, with all that counted before. */
  erased(entries: readonly SentReport[], nowMs: number): Remains {
    const spent = totalsOf({ before: this.#spentBefore, costs: entries }, nowMs);
    return this.remember({ answeredTasks: entries.map(({ task }) => task), spent });
  }

  /** Takes over what an erasure, here or in another tab, left behind; returns all that is known, oldest tasks first. */
  remember({ answeredTasks, spent }: Remains): Remains {
    this.#seen = new Set();
    for (const task of answeredTasks) this.#answeredBefore.add(task);
    this.#spentBefore = mergeSpending(this.#spentBefore, spent);
    return { answeredTasks: [...this.#answeredBefore], spent: this.#spentBefore };
  }

  #admit(entry: SentReport, ledger: readonly SentReport[]): SentReport | null {
    const ids = new Set(ledger.map(({ id }) => id));
    const erased = [...this.#seen].some((id) => !ids.has(id));
    if (erased || ledger.some(({ task }) => task === entry.task)) return null;
    const spent = { before: this.#spentBefore, costs: ledger };
    const atMs = newestMs(spent, entry.atMs);
    const rho = entry.rho ?? Number.POSITIVE_INFINITY;
    requireBudget(spent, { rho, nowMs: atMs, limits: this.#limits });
    return { ...entry, atMs };
  }
}

function spentOf(rho: number, limit: number): SpentOf {
  const epsilon = (of: number) => told(epsilonOf({ rho: of, delta: toldDelta }));
  return {
    rho: told(rho),
    epsilon: epsilon(rho),
    limit: { rho: told(limit), epsilon: epsilon(limit) },
  };
}
