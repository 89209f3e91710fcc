/**
 * Takes reports in. An answer of "accepted" is given only when the sealed report is on disk and its token is spent, in one
 * commit; a report id that is known is answered "duplicate", whatever its token. Reports that arrive within a few
 * milliseconds share one commit.
 *
 * Stored is the report and nothing else: not who sent it, not when.
 */

import { messageOf } from "../../core/errors.ts";
import { seedBytes } from "../../core/sum/share.ts";
import { blocksOf, vectorLengthOf } from "../../core/tasks/task.ts";
import {
  parseReport,
  type Refusal,
  type Report,
  type ReportAnswer,
  reportBytes,
  sealedOverheadBytes,
} from "../../core/wire/protocol.ts";
import type { LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import { countReports, isKnownReport, storeReport } from "../store/reports.ts";
import { markSpent } from "../store/spent.ts";
import { findTask, type StoredTask } from "../store/tasks.ts";
import type { TokenCheck, TokenVerdict } from "../tokens/tokencheck.ts";
import type { CurrentTask } from "./currenttask.ts";

const commitWindowMs = 3;
const commitSize = 64;

/** What is read of a body when no task is open: enough to answer a late report. */
export const spareReportBytes = 1_048_576;

export interface IntakeParts {
  readonly store: LeaderStore;
  readonly task: Pick<CurrentTask, "get">;
  /** Whether a report may be sealed to these keys. */
  readonly accepts: {
    readonly leader: (keyId: number) => boolean;
    readonly helper: (keyId: number) => boolean;
  };
  /** Null where no tokens are known: then no task may ask for them. */
  readonly tokens: TokenCheck | null;
  readonly nowMs: () => number;
}

interface Waiting {
  readonly report: Report;
  /** What was found of its token, outside the transaction; null where the current task asks for none. */
  readonly token: TokenVerdict | null;
  readonly resolve: (answer: ReportAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** Block -> reports on disk, of the task that was last reported on. Touched by `flush` alone. */
interface Received {
  readonly task: number;
  readonly perBlock: Map<number, number>;
}

export class Intake {
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #received: Received | null = null;
  readonly #refusedCounts = new Map<Refusal, number>();
  #lastAtMs: number;

  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#lastAtMs = parts.nowMs();
  }

  /** When the last report was accepted, or when the server started; kept in memory only. */
  get lastReportAtMs(): number {
    return this.#lastAtMs;
  }

  /** Refused reports since the server started, by reason. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refusedCounts);
  }

  /** Parses and stores one report; resolves when it is durable. */
  async accept(bytes: Uint8Array): Promise<ReportAnswer> {
    let report: Report;
    try {
      report = parseReport(bytes);
    } catch (error) {
      return this.refuse("malformed", messageOf(error));
    }
    const token = await this.#verdictOf(report);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ report, token, resolve, reject });
      this.#flushing ??= this.#flushSoon();
    });
  }

  /** A report that was not even read to its end. */
  refuse(why: Refusal, detail: string): ReportAnswer {
    this.#refusedCounts.set(why, (this.#refusedCounts.get(why) ?? 0) + 1);
    return { state: "refused", why, detail };
  }

  /** Resolves when every report that was handed over has its answer. */
  async settled(): Promise<void> {
    await this.#flushing;
  }

  async #flushSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, commitWindowMs));
    while (this.#waiting.length > 0) await this.#flush(this.#waiting.splice(0, commitSize));
    this.#flushing = null;
  }

  async #flush(group: readonly Waiting[]): Promise<void> {
    const { store, task, nowMs } = this.#parts;
    const stored = new Map<number, number>();
    try {
      const answers = await store.transaction().execute(async (transaction) => {
        const current = await task.get(transaction);
        const decided: ReportAnswer[] = [];
        for (const waiting of group) decided.push(await this.#decide(transaction, current, waiting, stored));
        return decided;
      });
      // The commit is durable from here on.
      for (const [block, count] of stored) {
        this.#received?.perBlock.set(block, (this.#received.perBlock.get(block) ?? 0) + count);
      }
      if (stored.size > 0) this.#lastAtMs = nowMs();
      for (const [at, { resolve }] of group.entries()) resolve(answers[at]);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** Stores the report when it may be stored; `stored` counts, per block, what this commit adds. */
  async #decide(
    queries: LeaderQueries,
    current: StoredTask | undefined,
    { report, token }: Waiting,
    stored: Map<number, number>,
  ): Promise<ReportAnswer> {
    const task = current?.id === report.task ? current : await findTask(queries, report.task);
    if (task === undefined) {
      return this.refuse("unknown-task", `task must be one this server gave out, got ${report.task}`);
    }
    if (await isKnownReport(queries, task.seq, report.id)) return { state: "duplicate" };
    if (task.state !== "open" || this.#parts.nowMs() >= task.task.expiresAtMs) {
      return this.refuse("task-closed", `round ${task.task.round} is over`);
    }
    const unfit = this.#unfit(task, report);
    if (unfit !== null) return unfit;
    const { perBlock } = await this.#loaded(queries, task.seq);
    const count = (perBlock.get(report.block) ?? 0) + (stored.get(report.block) ?? 0);
    if (count >= task.task.maxBatch) {
      return this.refuse(
        "batch-full",
        `block ${report.block} has all ${task.task.maxBatch} reports it may have`,
      );
    }
    if (task.task.tokenKey !== null) {
      const refused = await this.#spend(queries, report, token);
      if (refused !== null) return refused;
    }
    if (!(await storeReport(queries, task.seq, report))) {
      throw new Error("intake: expected a report id that is not known, got one stored meanwhile");
    }
    stored.set(report.block, (stored.get(report.block) ?? 0) + 1);
    return { state: "accepted" };
  }

  #unfit({ task }: StoredTask, report: Report): ReportAnswer | null {
    const share = 4 * vectorLengthOf(task) + sealedOverheadBytes;
    const seed = seedBytes + sealedOverheadBytes;
    if (report.block >= blocksOf(task)) {
      return this.refuse("wrong-block", `block must be below ${blocksOf(task)}, got ${report.block}`);
    }
    if (report.leaderShare.length !== share || report.helperSeed.length !== seed) {
      return this.refuse(
        "wrong-length",
        `leader share and helper seed must have ${share} and ${seed} bytes, got ${report.leaderShare.length} and ${report.helperSeed.length}`,
      );
    }
    const { accepts } = this.#parts;
    if (!accepts.leader(report.leaderKey) || !accepts.helper(report.helperKey)) {
      return this.refuse(
        "unknown-key",
        `keys must be on the aggregators' lists, got ${report.leaderKey} and ${report.helperKey}`,
      );
    }
    return null;
  }

  /** Looks at the token outside of any transaction: it takes a while, and says nothing about spending yet. */
  async #verdictOf({ token }: Report): Promise<TokenVerdict | null> {
    const current = await this.#parts.task.get();
    if (current === undefined || current.task.tokenKey === null) return null;
    if (token.length === 0 || this.#parts.tokens === null) return null;
    return this.#parts.tokens.check(current.task.tokenKey, token);
  }

  /** Null when the token is spent now, by this report. */
  async #spend(
    queries: LeaderQueries,
    report: Report,
    verdict: TokenVerdict | null,
  ): Promise<ReportAnswer | null> {
    if (report.token.length === 0) return this.refuse("no-token", "a report on this task must bring a token");
    if (verdict === null) return this.refuse("bad-token", "the token was made for no open task");
    if (!verdict.ok) return this.refuse("bad-token", verdict.detail);
    if (await markSpent(queries, verdict.nonce, verdict.untilMs)) return null;
    return this.refuse("token-spent", "a token is good for one report");
  }

  async #loaded(queries: LeaderQueries, task: number): Promise<Received> {
    if (this.#received?.task !== task) {
      this.#received = { task, perBlock: new Map(await countReports(queries, task)) };
    }
    return this.#received;
  }
}

/** The longest body worth reading for a task. */
export function largestReportBytes(task: StoredTask | undefined): number {
  if (task === undefined) return spareReportBytes;
  return reportBytes(vectorLengthOf(task.task), { token: task.task.tokenKey !== null });
}
