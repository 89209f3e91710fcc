/**
 * The tasks that are not finished, at most one of a kind: the one owner of what is in force, so that it can
 * be kept in memory and an upload costs no query.
 *
 * Only `change` writes to tasks. While a change runs nothing is kept in memory, so whoever asks within a
 * transaction gets what that transaction sees: no report slips into a task that has just been closed.
 */
import type { TaskId } from "../../core/tasks/task.ts";
import type { LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import { findUnfinished, type StoredTask } from "../store/tasks.ts";

export class OpenTasks {
  #known: readonly StoredTask[] | null = null;
  #running = 0;
  /** Changes begun, ever. */
  #begun = 0;

  readonly #store: LeaderStore;

  constructor(store: LeaderStore) {
    this.#store = store;
  }

  /** Oldest first. @param queries the transaction that relies on the answer, if there is one. */
  async list(queries: LeaderQueries = this.#store): Promise<readonly StoredTask[]> {
    if (this.#known !== null) return this.#known;
    const [running, begun] = [this.#running, this.#begun];
    const tasks = await findUnfinished(queries);
    // A change that ran meanwhile may have been seen, and come to nothing; or not have been seen, and be
    // done.
    if (running === 0 && this.#begun === begun) this.#known = tasks;
    return tasks;
  }

  async byId(id: TaskId, queries?: LeaderQueries): Promise<StoredTask | undefined> {
    return (await this.list(queries)).find((task) => task.id === id);
  }

  async ofKind(kind: string, queries?: LeaderQueries): Promise<StoredTask | undefined> {
    return (await this.list(queries)).find((task) => task.kind === kind);
  }

  /** Tasks that browsers may report on. */
  async open(nowMs: number): Promise<readonly StoredTask[]> {
    const tasks = await this.list();
    return tasks.filter(({ state, task }) => state === "open" && nowMs < task.expiresAtMs);
  }

  /** Runs a transaction that may change tasks, or what they depend on. */
  async change<T>(work: (transaction: LeaderQueries) => Promise<T>): Promise<T> {
    this.#running++;
    this.#begun++;
    this.#known = null;
    try {
      return await this.#store.transaction().execute(work);
    } finally {
      this.#running--;
    }
  }
}
