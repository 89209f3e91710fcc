/**
 * The one life cycle of all tasks: each kind has one task at a time that is not finished, each at its own
 * pace.
 *
 *   (the kind has something to ask) -> opening: signed and stored -> (in the helper's log) -> open
 *        -> reports go into batches as they come -> (due, or expired) -> closed -> each batch summed or dropped
 *        -> the kind makes of the aggregates what it can -> finished, and the next one is opening
 *
 * Every state is on disk before the next begins, so a server that dies anywhere goes on from there when it
 * starts again. Nothing here knows what a kind sums.
 */
import { messageOf } from "../../core/errors.ts";
import type { Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { hasPassed } from "../base/clock.ts";
import { JobCut } from "../base/jobs.ts";
import type { Log } from "../base/log.ts";
import { Serial } from "../base/serial.ts";
import { aggregatesOf, batchesOf, noteLeftOut } from "../store/batches.ts";
import { isPassing } from "../store/failure.ts";
import { leaderKeysInUse, reportsByLane } from "../store/reports.ts";
import { dateTaskBack, finishTask, markTaskClosed, pruneTasks, type StoredTask } from "../store/tasks.ts";
import { type LeaderParts, streamTask } from "./chunks.ts";
import { sumTask } from "./closing.ts";
import type { Intake } from "./intake.ts";
import type { Consumed, ServerKind, Summed } from "./kind.ts";
import { rememberMs } from "./lifetimes.ts";
import type { Opening } from "./opening.ts";
import type { OpenTasks } from "./opentasks.ts";
import { type RoundWait, waitOf } from "./policy.ts";
import type { StandingDocuments } from "./standing.ts";
import type { VouchTrouble } from "./voucher.ts";

export interface CycleParts {
  readonly leader: LeaderParts;
  /** What kinds do that waits for none of their tasks, of those that are not asked for, too. */
  readonly heed: () => Promise<void>;
  readonly kinds: readonly ServerKind[];
  readonly tasks: OpenTasks;
  readonly opening: Opening;
  /** What browsers need beside tasks. */
  readonly standing: Pick<StandingDocuments, "bring" | "troubles">;
  readonly intake: Pick<Intake, "lastReportAtMs">;
  readonly nowMs: () => number;
  readonly log: Log;
}

/**
 * After a failure (the helper not reached, the disk full) a kind is tried again this much later, and twice as
 * much after each further one, up to the longest.
 */
const retryMs = { first: 10_000, longest: 80_000 } as const;

/** So often a round whose work is cut off is tried again. */
const mostCuts = 3;

/** For how long something waits that failed so often in a row. */
interface Waiting {
  readonly sinceMs: number;
  readonly waitMs: number;
  readonly failures: number;
}

/** What waits beside kinds. No kind has these names. */
const standingDocuments = Symbol("standing documents");
const heeding = Symbol("heeding");
type Waiter = string | typeof standingDocuments | typeof heeding;

export class Cycle {
  /** What tasks go through, and every other change of what is published, one after another. */
  readonly serial = new Serial();
  #timer: NodeJS.Timeout | null = null;
  #looking = false;
  /** Kinds, and documents beside tasks, that wait after failures. */
  readonly #waits = new Map<Waiter, Waiting>();
  /** How often the work on a round was cut off, by kind. */
  readonly #cuts = new Map<string, number>();
  /** Why open rounds go on, by kind. */
  readonly #goesOn = new Map<string, RoundWait>();

  readonly #parts: CycleParts;

  constructor(parts: CycleParts) {
    this.#parts = parts;
  }

  /**
   * Why tasks that are opening are not open yet, by kind; and why other documents are not in the helper's
   * log.
   */
  get troubles(): Readonly<Record<string, VouchTrouble>> {
    const { opening, standing } = this.#parts;
    return { ...opening.troubles, ...standing.troubles };
  }

  /** Why open rounds are not over yet, by kind, as seen last. */
  get waits(): Readonly<Record<string, RoundWait>> {
    return Object.fromEntries(this.#goesOn);
  }

  /** Looks every second whether there is something to do. */
  start(): void {
    this.#timer = setInterval(() => void this.#look(), 1000);
  }

  /** Resolves when the piece of work at hand is done; nothing new is begun. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.serial.settled();
  }

  /**
   * Brings every kind as far as it can go now.
   *
   * @throws the first failure, when every kind has had its turn.
   */
  runIfDue(): Promise<void> {
    return this.serial.run(async () => {
      const failures: unknown[] = [];
      await this.#parts.heed().catch((error: unknown) => failures.push(error));
      await this.#parts.standing.bring();
      for (const kind of this.#parts.kinds) {
        try {
          await this.#advance(kind);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    });
  }

  /** Whether rounds of such a kind are opened here. */
  knows(kind: string): boolean {
    return this.#parts.kinds.some(({ name }) => name === kind);
  }

  /** Ends the rounds of one kind, or of all, now; false when none has a lane with minBatch reports. */
  closeNow(only?: string): Promise<boolean> {
    return this.serial.run(async () => {
      let closed = false;
      for (const kind of this.#parts.kinds) {
        if (only === undefined || kind.name === only) closed = (await this.#closeNow(kind)) || closed;
      }
      return closed;
    });
  }

  /**
   * Opens a task of each kind that has none, as far as the helper takes them; `troubles` says why one is not
   * open.
   *
   * @throws what heeding kinds failed with, when every kind has had its turn.
   */
  openNext(): Promise<void> {
    return this.serial.run(async () => {
      const failures: unknown[] = [];
      await this.#parts.heed().catch((error: unknown) => failures.push(error));
      await this.#parts.standing.bring();
      for (const kind of this.#parts.kinds) await this.#openNext(kind);
      if (failures.length > 0) throw failures[0];
    });
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.serial.run(async () => {
        await this.#tryHeed();
        await this.#tryStanding();
        for (const kind of this.#parts.kinds) await this.#tryAdvance(kind);
      });
    } finally {
      this.#looking = false;
    }
  }

  async #tryHeed(): Promise<void> {
    const { heed, log } = this.#parts;
    if (this.#isWaiting(heeding)) return;
    try {
      await heed();
      this.#waits.delete(heeding);
    } catch (error) {
      log("kinds wait", { why: messageOf(error), retrySeconds: this.#wait(heeding) }, "warn");
    }
  }

  async #tryStanding(): Promise<void> {
    const { standing, log } = this.#parts;
    if (this.#isWaiting(standingDocuments)) return;
    try {
      if (await standing.bring()) return void this.#waits.delete(standingDocuments);
      const retrySeconds = this.#wait(standingDocuments);
      for (const [kind, { why }] of Object.entries(standing.troubles)) {
        log("document waits", { kind, why, retrySeconds }, "warn");
      }
    } catch (error) {
      log("documents wait", { why: messageOf(error), retrySeconds: this.#wait(standingDocuments) }, "warn");
    }
  }

  /** Seconds until the next try. */
  #wait(what: Waiter): number {
    const failures = (this.#waits.get(what)?.failures ?? 0) + 1;
    const waitMs = Math.min(retryMs.first * 2 ** (failures - 1), retryMs.longest);
    this.#waits.set(what, { sinceMs: this.#parts.nowMs(), waitMs, failures });
    return waitMs / 1000;
  }

  #isWaiting(what: Waiter): boolean {
    const wait = this.#waits.get(what);
    return wait !== undefined && !hasPassed(wait.waitMs, { ...wait, nowMs: this.#parts.nowMs() });
  }

  /** A kind that fails waits; the others go on. */
  async #tryAdvance(kind: ServerKind): Promise<void> {
    const { log } = this.#parts;
    if (this.#isWaiting(kind.name)) return;
    try {
      await this.#advance(kind);
      this.#waits.delete(kind.name);
    } catch (error) {
      const fields = { kind: kind.name, why: messageOf(error), retrySeconds: this.#wait(kind.name) };
      log("round waits", fields, "warn");
    }
  }

  async #advance(kind: ServerKind): Promise<void> {
    const { tasks, leader } = this.#parts;
    const trouble = await this.#openNext(kind);
    if (trouble !== null) {
      throw new Error(`the helper does not vouch for the task: ${trouble.why}: ${trouble.detail}`);
    }
    const task = await tasks.ofKind(kind.name);
    if (task === undefined) return;
    if (task.state === "closed") return this.#sumAndConsume(kind, task);
    if (await this.#datedBack(task)) return this.#sumAndConsume(kind, await this.#close(task));
    if (!this.#isExpired(task) && !(await this.#isDue(kind, task))) {
      return streamTask(leader, task, "full chunks");
    }
    await this.#sumAndConsume(kind, await this.#close(task));
  }

  /** Brings a kind that has no open task as far as it can go; why it is not open, or null. */
  async #openNext(kind: ServerKind): Promise<VouchTrouble | null> {
    const { tasks, opening, standing, log } = this.#parts;
    const before = await tasks.ofKind(kind.name);
    if (before?.state === "opening" && this.#isExpired(before)) {
      await this.#finish(before, { outcome: "expired before the helper vouched for it" });
    } else if (before?.state === "opening" && (await this.#datedBack(before))) {
      await this.#finish(before, { outcome: "superseded: the clock was set back" });
    }
    if ((await tasks.ofKind(kind.name)) === undefined) {
      await kind.prepare?.();
      if (!(await opening.store(kind))) return null;
    }
    const task = await tasks.ofKind(kind.name);
    if (task?.state !== "opening") return null;
    // First what the round before published: a task on factors that no browser takes yet would turn reports away.
    await standing.bring();
    const trouble = await opening.vouch(kind.name);
    if (trouble === null) log("round open", { kind: kind.name, round: task.round });
    return trouble;
  }

  async #closeNow(kind: ServerKind): Promise<boolean> {
    const task = await this.#parts.tasks.ofKind(kind.name);
    if (task === undefined || task.state === "opening") return false;
    if (task.state === "open") {
      const counts = await this.#countsOf(task);
      if (!counts.flat().some((count) => count >= task.task.minBatch)) return false;
      await this.#close(task);
    }
    await this.#sumAndConsume(kind, { ...task, state: "closed" });
    return true;
  }

  #isExpired({ task }: { readonly task: Task }): boolean {
    return this.#parts.nowMs() >= task.expiresAtMs;
  }

  /**
   * After the clock was set back no task is opened later than now, or its round would not end for as long. True
   * for one that would outlive what its kind asks by a day or more: its round ends with what it has.
   */
  async #datedBack({ seq, kind, round, openedAtMs }: StoredTask): Promise<boolean> {
    const { tasks, nowMs, log } = this.#parts;
    const atMs = nowMs();
    if (openedAtMs <= atMs) return false;
    await tasks.change((transaction) => dateTaskBack(transaction, seq, atMs));
    const aheadSeconds = Math.round((openedAtMs - atMs) / 1000);
    log("clock was set back", { kind, round, aheadSeconds }, "warn");
    return openedAtMs - atMs >= dayMs;
  }

  async #isDue({ pace }: ServerKind, task: StoredTask): Promise<boolean> {
    const { intake, nowMs } = this.#parts;
    const progress = {
      reports: await this.#countsOf(task),
      openedAtMs: task.openedAtMs,
      lastReportAtMs: intake.lastReportAtMs(task.seq),
      nowMs: nowMs(),
    };
    // The task's own minBatch counts: settings may have changed since it was opened.
    const wait = waitOf(progress, { ...pace, minBatch: task.task.minBatch });
    this.#noteWait(task, wait);
    return wait === null;
  }

  /** Told when the reason is another: a round waits for days. */
  #noteWait({ kind, round }: StoredTask, wait: RoundWait | null): void {
    const before = this.#goesOn.get(kind);
    if (wait === null) this.#goesOn.delete(kind);
    else this.#goesOn.set(kind, wait);
    if (wait !== null && wait.why !== before?.why) this.#parts.log("round waits", { kind, round, ...wait });
  }

  /** Reports of each lane of each block that are in a sum, or wait. */
  async #countsOf({ seq, task }: StoredTask): Promise<readonly (readonly number[])[]> {
    const { store } = this.#parts.leader;
    const counts = Array.from({ length: task.blocks }, () => new Array<number>(task.lanes).fill(0));
    for (const { block, lane, counted } of await batchesOf(store, seq)) counts[block][lane] += counted;
    for (const { block, lane, waiting, fixed } of await reportsByLane(store, seq)) {
      counts[block][lane] += waiting + fixed;
    }
    return counts;
  }

  async #close(task: StoredTask): Promise<StoredTask> {
    const { tasks, log } = this.#parts;
    await tasks.change((transaction) => markTaskClosed(transaction, task.seq));
    this.#goesOn.delete(task.kind);
    log("round closed", { kind: task.kind, round: task.round });
    return { ...task, state: "closed" };
  }

  /** Everything after the close; may begin anywhere in between. */
  async #sumAndConsume(kind: ServerKind, task: StoredTask): Promise<void> {
    const { leader, log, nowMs } = this.#parts;
    await sumTask(leader, task);
    const inUse = await leaderKeysInUse(leader.store);
    leader.keys.forget(nowMs(), ({ id }) => inUse.has(id));
    const aggregates = await aggregatesOf(leader.store, task.seq);
    const consumed =
      aggregates.length === 0
        ? { outcome: "nothing learned: no batch could be summed" }
        : await this.#consume(kind, { record: task, task: task.task, aggregates });
    await this.#finish(task, consumed);
    leader.reached("task finished");
    log("round finished", { kind: kind.name, round: task.round, outcome: consumed.outcome });
    await this.#openNext(kind);
  }

  /**
   * Sums are what strangers sent: whatever they make a kind do, the next round must come. What the disk did
   * says nothing of them, and is tried again; so is work that was cut off, but not for ever: they may be what
   * its thread dies of.
   */
  async #consume(kind: ServerKind, summed: Summed): Promise<Consumed> {
    try {
      const consumed = await kind.consume(summed);
      this.#cuts.delete(kind.name);
      return consumed;
    } catch (error) {
      const cuts = (this.#cuts.get(kind.name) ?? 0) + (error instanceof JobCut ? 1 : 0);
      this.#cuts.set(kind.name, cuts);
      if (isPassing(error) && cuts <= mostCuts) throw error;
      this.#cuts.delete(kind.name);
      const why = messageOf(error);
      this.#parts.log("sums unusable", { kind: kind.name, round: summed.record.round, why }, "error");
      return { outcome: `nothing learned: the sums are unusable: ${why}` };
    }
  }

  /** The end of a task, with everything that came of it. */
  async #finish({ seq }: StoredTask, { outcome, leftOut = [], store, stored }: Consumed): Promise<void> {
    const { tasks, nowMs } = this.#parts;
    await tasks.change(async (transaction) => {
      for (const { batch, leftOut: more } of leftOut) await noteLeftOut(transaction, batch, more);
      await store?.(transaction);
      // After that: what was asked about other parts, this task too, may have ended as superseded by them.
      await finishTask(transaction, seq, outcome);
      const atMs = nowMs();
      await pruneTasks(transaction, { expiredBeforeMs: atMs - rememberMs, nowMs: atMs });
    });
    await stored?.();
  }
}
