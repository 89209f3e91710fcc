/**
 * The current task and its way from opening to finished: the one owner of what is in force, so that it can be kept in
 * memory and an upload costs no query.
 *
 *   (a bundle is put in force) -> opening: signed and stored -> the helper registers its copy -> open -> closed -> finished
 *
 * Only `change` writes to tasks. While a change runs nothing is kept in memory, so whoever asks within a transaction gets
 * what that transaction sees: no report slips into a task that has just been closed.
 */

import { messageOf } from "../../core/errors.ts";
import { type Task, taskIdOf } from "../../core/tasks/task.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { sha256 } from "../base/platform.ts";
import type { LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import {
  findCurrentTask,
  finishCurrentTask,
  markTaskOpen,
  nextTaskRound,
  pruneTasks,
  type StoredTask,
  storeOpeningTask,
} from "../store/tasks.ts";
import type { RegisterReply } from "./floors.ts";
import type { HelperClient } from "./helperclient.ts";
import { type Identity, verifyEd25519 } from "./keys/identity.ts";
import { rememberMs, type TaskSettings, taskOn } from "./taskon.ts";

export interface CurrentTaskParts {
  readonly store: LeaderStore;
  readonly identity: Identity;
  readonly helper: Pick<HelperClient, "register">;
  readonly settings: TaskSettings;
  readonly nowMs: () => number;
}

/** What a task is opened on. */
export type TaskGround = Pick<Task, "bundle" | "items" | "dim">;

/** Why an opening task is not open yet. */
export type OpeningTrouble =
  | Extract<RegisterReply, { ok: false }>
  | { readonly ok: false; readonly why: "helper-not-reached"; readonly detail: string };

export class CurrentTask {
  #known: { readonly task: StoredTask | undefined } | null = null;
  #changes = 0;
  /** Changes begun, ever. */
  #begun = 0;
  #lastTrouble: OpeningTrouble | null = null;

  readonly #parts: CurrentTaskParts;

  constructor(parts: CurrentTaskParts) {
    this.#parts = parts;
  }

  /** Why the current task is still opening; null when it is not, or nobody has tried yet. */
  get trouble(): OpeningTrouble | null {
    return this.#lastTrouble;
  }

  /** @param queries the transaction that relies on the answer, if there is one. */
  async get(queries: LeaderQueries = this.#parts.store): Promise<StoredTask | undefined> {
    if (this.#known !== null) return this.#known.task;
    const begun = this.#begun;
    const task = await findCurrentTask(queries);
    if (this.#changes === 0 && this.#begun === begun) this.#known = { task };
    return task;
  }

  /** Runs a transaction that may change the current task, or what tasks depend on. */
  async change<T>(work: (transaction: LeaderQueries) => Promise<T>): Promise<T> {
    this.#changes++;
    this.#begun++;
    this.#known = null;
    try {
      return await this.#parts.store.transaction().execute(work);
    } finally {
      this.#changes--;
    }
  }

  /** Within a change: finishes the current task with `outcome`, and stores the next one, opening. */
  async replace(transaction: LeaderQueries, ground: TaskGround, outcome: string): Promise<void> {
    const { identity, settings, nowMs } = this.#parts;
    const atMs = nowMs();
    await finishCurrentTask(transaction, outcome);
    const task = taskOn({ ...ground, round: await nextTaskRound(transaction), atMs }, settings);
    const signed = identity.sign("task", task);
    await storeOpeningTask(transaction, { id: await taskIdOf(task, sha256), task, signed, atMs });
    await pruneTasks(transaction, { expiredBeforeMs: atMs - rememberMs, nowMs: atMs });
    this.#lastTrouble = null;
  }

  /** Gives an opening task to the helper and opens it; returns why it is still not open, null when it is. */
  async open(): Promise<OpeningTrouble | null> {
    const { helper, nowMs } = this.#parts;
    const current = await this.get();
    if (current?.state !== "opening") return null;
    let reply: RegisterReply | OpeningTrouble;
    try {
      reply = await helper.register(current.signed);
    } catch (error) {
      reply = { ok: false, why: "helper-not-reached", detail: messageOf(error) };
    }
    if (reply.ok) await this.change((transaction) => markTaskOpen(transaction, current.seq, nowMs()));
    this.#lastTrouble = reply.ok ? null : reply;
    return this.#lastTrouble;
  }

  /**
   * Whether the current task could be given out by this server as it is set up now: an opening one must be what its settings
   * call for, and any must be signed by its identity.
   */
  async stands(ground: TaskGround): Promise<boolean> {
    const current = await this.get();
    if (current === undefined) return false;
    const { identity, settings } = this.#parts;
    try {
      await openSigned("task", current.signed, { key: identity.publicKey, verify: verifyEd25519 });
    } catch {
      // Another identity: browsers that pinned this one would refuse the task.
      return false;
    }
    if (current.state !== "opening") return true;
    const { round, expiresAtMs } = current.task;
    const wanted = { ...taskOn({ ...ground, round, atMs: this.#parts.nowMs() }, settings), expiresAtMs };
    return expiresAtMs > this.#parts.nowMs() && (await taskIdOf(wanted, sha256)) === current.id;
  }
}
