/**
 * The way of a task into the open: what its kind asks is signed and stored, then it is in the helper's log,
 * then browsers are given it.
 */
import { laneSecretBytes } from "../../core/sum/lanes.ts";
import { type Task, taskIdOf, taskJson } from "../../core/tasks/task.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { fillRandom, sha256 } from "../base/platform.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { finishTask, markTaskOpen, nextRoundOf, type StoredTask, storeOpeningTask } from "../store/tasks.ts";
import { type Identity, verifyEd25519 } from "./keys/identity.ts";
import type { ServerKind } from "./kind.ts";
import type { OpenTasks } from "./opentasks.ts";
import { taskOf } from "./taskof.ts";
import type { Voucher, VouchTrouble } from "./voucher.ts";

export interface OpeningParts {
  readonly store: LeaderStore;
  readonly tasks: OpenTasks;
  readonly identity: Identity;
  readonly voucher: Pick<Voucher, "vouch">;
  /** The token issuer's key that a new task names; null where reports need no token. */
  readonly tokenKey: () => Task["tokenKey"];
  readonly nowMs: () => number;
}

export class Opening {
  readonly #troubles = new Map<string, VouchTrouble>();
  readonly #parts: OpeningParts;

  constructor(parts: OpeningParts) {
    this.#parts = parts;
  }

  /** By kind, of those that nobody could open yet. */
  get troubles(): Readonly<Record<string, VouchTrouble>> {
    return Object.fromEntries(this.#troubles);
  }

  /** Stores the kind's next task, opening; false when the kind has nothing to ask. */
  async store(kind: ServerKind): Promise<boolean> {
    const { store, tasks, identity, tokenKey, nowMs } = this.#parts;
    const atMs = nowMs();
    const question = kind.next(atMs);
    if (question === null) return false;
    const laneSecret = new Uint8Array(laneSecretBytes);
    fillRandom(laneSecret);
    const round = await nextRoundOf(store, kind.name);
    const ground = { kind: kind.name, question, round, laneSecret, tokenKey: tokenKey(), atMs };
    const task = await taskOf(ground);
    const signed = identity.sign("task", taskJson(task));
    const id = await taskIdOf(task, sha256);
    this.#troubles.delete(kind.name);
    await tasks.change((transaction) =>
      storeOpeningTask(transaction, { id, task, signed, laneSecret, atMs }),
    );
    return true;
  }

  /** Brings a kind's opening task into the helper's log and opens it; why it is still not open, or null. */
  async vouch(kind: string): Promise<VouchTrouble | null> {
    const { tasks, voucher, nowMs } = this.#parts;
    const task = await tasks.ofKind(kind);
    if (task?.state !== "opening") return null;
    const trouble = await voucher.vouch("task", task.signed);
    if (trouble !== null) {
      this.#troubles.set(kind, trouble);
      return trouble;
    }
    await tasks.change((transaction) => markTaskOpen(transaction, task.seq, nowMs()));
    this.#troubles.delete(kind);
    return null;
  }

  /**
   * At a start: finishes tasks that this server as it is set up could not give out. An opening one must be
   * what its kind's settings call for, and any must be signed by the server's identity and of a kind that it
   * asks.
   */
  async dropStale(kinds: readonly ServerKind[]): Promise<void> {
    const { tasks } = this.#parts;
    for (const task of await tasks.list()) {
      const kind = kinds.find(({ name }) => name === task.kind);
      const why =
        kind === undefined ? "nothing of its kind is asked any more" : await this.#stale(kind, task);
      if (why !== null) {
        await tasks.change((transaction) => finishTask(transaction, task.seq, `superseded: ${why}`));
      }
    }
  }

  async #stale(
    kind: ServerKind,
    { id, task, state, signed, laneSecret }: StoredTask,
  ): Promise<string | null> {
    const { identity, tokenKey, nowMs } = this.#parts;
    try {
      await openSigned("task", signed, { key: identity.publicKey, verify: verifyEd25519 });
    } catch {
      // Browsers that pinned the identity of today would refuse the task.
      return "the identity changed";
    }
    if (state !== "opening") return null;
    const atMs = nowMs();
    const question = kind.next(atMs);
    if (question === null) return "its kind has nothing to ask";
    const { round, expiresAtMs } = task;
    const ground = { kind: kind.name, question, round, laneSecret, tokenKey: tokenKey(), atMs };
    const wanted = { ...(await taskOf(ground)), expiresAtMs };
    return (await taskIdOf(wanted, sha256)) === id ? null : "the settings changed";
  }
}
