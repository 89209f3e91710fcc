/**
 * The ledger: each report that left, or was about to. An entry and its body are written before the report is sent, so
 * that whatever happens on the way the task is never answered by a second, different report.
 */
import type { TaskId } from "../core/sum/task.ts";
import type { SentReport } from "./api.ts";
import type { NewReport, Store } from "./store.ts";

/** How many bodies are kept for the person to look at; digests are kept of all. */
const keptBodies = 5;

export interface PendingReport {
  readonly entry: SentReport;
  readonly body: Uint8Array;
}

export class Ledger {
  readonly #store: Store;
  /** Tasks answered before the ledger was last erased, in this tab or another. */
  readonly #answeredBefore: Set<TaskId>;

  constructor(store: Store, answeredBefore: readonly TaskId[]) {
    this.#store = store;
    this.#answeredBefore = new Set(answeredBefore);
  }

  /** Oldest first. */
  entries(): Promise<readonly SentReport[]> {
    return this.#store.reports();
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

  /** Writes a report down before it is sent; false when what it came from was erased meanwhile: then it must not be. */
  begin(report: NewReport): Promise<boolean> {
    return this.#store.addReport(report);
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

  /** Takes over the tasks answered before an erasure; returns all that are known, oldest first. */
  rememberAnswered(tasks: readonly TaskId[]): readonly TaskId[] {
    for (const task of tasks) this.#answeredBefore.add(task);
    return [...this.#answeredBefore];
  }
}
