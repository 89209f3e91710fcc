/**
 * Rounds: from an open task to the next edition.
 *
 *   opening -> (the helper has its copy) -> open
 *        -> (due, or expired) -> closed: the reports of each block are fixed as a batch -> each batch summed or dropped
 *        -> item step on the aggregates -> gate -> published, or refused -> the next task is opening
 *
 * Every state is on disk before the next begins, so a server that dies anywhere goes on from there when it starts again.
 */

import { messageOf } from "../../core/errors.ts";
import { blocksOf } from "../../core/tasks/task.ts";
import type { Log } from "../base/log.ts";
import { fillRandom } from "../base/platform.ts";
import { Serial } from "../base/serial.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { type LearnedAfter, learnedAfter } from "../kinds/itemfactors/step.ts";
import { type Batch, batchesOf, type LeftOut, noteLeftOut, storeBatch } from "../store/batches.ts";
import { countReports, deleteReports, leaderKeysInUse } from "../store/reports.ts";
import { markTaskClosed, type StoredTask } from "../store/tasks.ts";
import type { CurrentTask } from "../tasks/currenttask.ts";
import type { Intake } from "../tasks/intake.ts";
import { type LeaderParts, sumBatch } from "../tasks/leader.ts";
import { type RoundPolicy, roundIsDue } from "../tasks/policy.ts";
import type { Draft } from "./draft.ts";
import type { Editions, InForce } from "./editions.ts";
import { nextTask, onFactorsInForce } from "./factortasks.ts";
import type { Gate, Verdict } from "./gate.ts";
import { candidatesOf } from "./learn.ts";

export interface RoundsParts {
  readonly leader: LeaderParts;
  readonly task: CurrentTask;
  readonly editions: Editions;
  readonly intake: Pick<Intake, "lastReportAtMs">;
  readonly gate: Gate;
  readonly policy: RoundPolicy;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** After a failure (the helper not reached, the disk full) a round is tried again this much later. */
const retryMs = 10_000;

export class Rounds {
  /** Rounds and every other change of the edition in force, one after another. */
  readonly serial = new Serial();
  #timer: NodeJS.Timeout | null = null;
  #waitUntilMs = 0;
  #looking = false;

  readonly #parts: RoundsParts;

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  /** Looks every second whether there is a round to close or to finish. */
  start(): void {
    this.#timer = setInterval(() => void this.#look(), 1000);
  }

  /** Resolves when the piece of work at hand is done; nothing new is begun. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.serial.settled();
  }

  /** Opens a task that is opening, ends the round if it is due or expired, and finishes one that was ended before. */
  runIfDue(): Promise<void> {
    return this.serial.run(async () => {
      const task = await this.#parts.task.get();
      if (task === undefined) return;
      if (task.state === "opening") await this.#open(task);
      else if (task.state === "closed") await this.#finish(task);
      else if (this.#isExpired(task) || (await this.#isDue(task))) await this.#close(task);
    });
  }

  /** Ends the current round now; false when no block has minBatch reports. */
  closeNow(): Promise<boolean> {
    return this.serial.run(async () => {
      const task = await this.#parts.task.get();
      if (task === undefined || task.state === "opening") return false;
      if (task.state === "closed") {
        await this.#finish(task);
        return true;
      }
      const counts = await countReports(this.#parts.leader.store, task.seq);
      if (![...counts.values()].some((count) => count >= task.task.minBatch)) return false;
      await this.#close(task);
      return true;
    });
  }

  async #look(): Promise<void> {
    const { nowMs, log } = this.#parts;
    if (this.#looking || nowMs() < this.#waitUntilMs) return;
    this.#looking = true;
    try {
      await this.runIfDue();
    } catch (error) {
      this.#waitUntilMs = nowMs() + retryMs;
      log("round waits", { why: messageOf(error), retrySeconds: retryMs / 1000 }, "warn");
    } finally {
      this.#looking = false;
    }
  }

  #isExpired({ task }: StoredTask): boolean {
    return this.#parts.nowMs() >= task.expiresAtMs;
  }

  /** @throws when the helper was not reached or does not take the task: it is tried again later. */
  async #open(task: StoredTask): Promise<void> {
    const { log } = this.#parts;
    if (this.#isExpired(task)) return this.#nextTask("expired before the helper had its copy");
    const trouble = await this.#parts.task.open();
    if (trouble !== null)
      throw new Error(`the helper does not have the task: ${trouble.why}: ${trouble.detail}`);
    log("round open", { round: task.task.round });
  }

  async #isDue({ seq, task, openedAtMs }: StoredTask): Promise<boolean> {
    const { leader, intake, policy, nowMs } = this.#parts;
    const counts = await countReports(leader.store, seq);
    const reports = Array.from({ length: blocksOf(task) }, (_, block) => counts.get(block) ?? 0);
    const { lastReportAtMs } = intake;
    // The task's own minBatch counts: settings may have changed since it was opened.
    return roundIsDue(
      { reports, openedAtMs, lastReportAtMs, nowMs: nowMs() },
      { ...policy, minBatch: task.minBatch },
    );
  }

  /** Fixes the reports of each block as a batch, in one transaction; blocks below minBatch are dropped unsummed. */
  async #close(task: StoredTask): Promise<void> {
    await this.#parts.task.change(async (transaction) => {
      await markTaskClosed(transaction, task.seq);
      for (const [block, reports] of await countReports(transaction, task.seq)) {
        const id = new Uint8Array(16);
        fillRandom(id);
        const enough = reports >= task.task.minBatch;
        await storeBatch(transaction, {
          id,
          task: task.seq,
          block,
          reports,
          state: enough ? "closed" : "dropped",
          leftOut: enough ? {} : { "too-few": reports },
        });
        if (!enough) await deleteReports(transaction, { task: task.seq, block });
      }
    });
    this.#parts.log("round closed", { round: task.task.round });
    await this.#finish(task);
  }

  /** Everything after the close; may begin anywhere in between. */
  async #finish(task: StoredTask): Promise<void> {
    const { leader, editions, log } = this.#parts;
    for (const batch of await batchesOf(leader.store, task.seq)) {
      if (batch.state === "closed") await sumBatch(leader, task, batch);
    }
    const inUse = await leaderKeysInUse(leader.store);
    leader.keys.forget(this.#parts.nowMs(), ({ id }) => inUse.has(id));
    const batches = await batchesOf(leader.store, task.seq);
    const aggregates = batches.flatMap((batch) => (batch.state === "summed" ? [batch] : []));
    const { inForce } = editions;
    if (inForce?.parts.factors.ref.id !== task.task.bundle || aggregates.length === 0) {
      await this.#nextTask("nothing learned: no batch could be summed");
      return log("nothing learned", { round: task.task.round, why: "no batch could be summed" });
    }
    const stepsBefore = inForce.model.round;
    let learned: LearnedAfter;
    try {
      learned = learnedAfter(inForce.learned, { task: task.task, aggregates, stepsBefore });
    } catch (error) {
      // Sums are what strangers sent: should they have no solution, the next round must still come.
      if (!(error instanceof RangeError)) throw error;
      await this.#nextTask(`nothing learned: ${error.message}`);
      return log("nothing learned", { round: task.task.round, why: error.message });
    }
    await this.#tellDropped(task, aggregates, learned.heard);
    if (learned.heard.every(({ reports }) => reports === 0)) {
      await this.#nextTask("nothing learned: no bucket was within bounds");
      return log("nothing learned", { round: task.task.round, why: "no bucket was within bounds" }, "warn");
    }
    await this.#decide(task, inForce, { ...learned, items: inForce.learned.items });
  }

  /** Buckets that no honest reports can make are an attack or a fault: the operator sees how many reports they cost, and why. */
  async #tellDropped(
    { task }: StoredTask,
    batches: readonly Batch[],
    heard: LearnedAfter["heard"],
  ): Promise<void> {
    const { leader, log } = this.#parts;
    for (const [at, { block, buckets, dropped }] of heard.entries()) {
      if (dropped.length === 0) continue;
      const leftOut: Record<string, number> = {};
      for (const { reports, why } of dropped) {
        leftOut[`bucket ${why}`] = (leftOut[`bucket ${why}`] ?? 0) + reports;
      }
      await noteLeftOut(leader.store, batches[at], leftOut satisfies LeftOut);
      log("buckets dropped", { round: task.round, block, dropped: dropped.length, buckets }, "warn");
    }
  }

  async #decide({ task }: StoredTask, inForce: InForce, learned: LearnedItems): Promise<void> {
    const { editions, gate, log } = this.#parts;
    const round = inForce.model.round + 1;
    const candidates = candidatesOf(inForce, editions, { learned, round, origin: "round" });
    const verdict = await gate.judge(
      candidates.map(({ model }) => model),
      inForce.model,
    );
    const outcome = verdictText(verdict);
    const { draft } = candidates["variant" in verdict ? verdict.variant : 0];
    const judged = async () => ({ ...(await draft()), verdict: JSON.stringify(verdict) });
    // What has numbers that are none could not be read back: it is not even kept.
    if (verdict.verdict === "refused" && verdict.why === "not-finite") await this.#nextTask(outcome);
    else if (verdict.verdict === "refused") await this.#refuse(await judged(), outcome);
    else await editions.publish(await judged(), outcome);
    log("round finished", { round: task.round, outcome });
  }

  /** A refused candidate is kept for the operator to see; the edition in force stays and gets a new task. */
  async #refuse(draft: Draft, outcome: string): Promise<void> {
    const { editions, task } = this.#parts;
    const prepared = await editions.prepare(draft, "refused");
    await task.change(async (transaction) => {
      await prepared?.store(transaction);
      await onFactorsInForce(editions, task, transaction, outcome);
    });
    await prepared?.stored();
    await task.open();
  }

  #nextTask(outcome: string): Promise<void> {
    return nextTask(this.#parts.editions, this.#parts.task, outcome);
  }
}

/** A verdict in one line. */
export function verdictText(verdict: Verdict): string {
  if (verdict.verdict === "not measured")
    return "published, not measured: no logs of people held out (gate.holdout)";
  if (!("candidate" in verdict)) return `refused: ${verdict.why}, ${verdict.detail}`;
  const { k, people, candidate, inForce, popularity } = verdict;
  const against = [
    ...(inForce === null ? [] : [`in force ${inForce.toFixed(4)}`]),
    ...(popularity === null ? [] : [`popularity ${popularity.toFixed(4)}`]),
  ].join(", ");
  const measured = `recall@${k} ${candidate.toFixed(4)} (${against || "nothing to compare with"}; ${people} people)`;
  return verdict.verdict === "refused" ? `refused, ${verdict.why}: ${measured}` : `published: ${measured}`;
}
