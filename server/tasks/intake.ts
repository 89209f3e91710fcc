/**
 * Takes reports in. A report may have several sums, which are decided one by one and stored in one commit.
 * "accepted" is said only when the sealed sum is on disk and the report's token is spent by it; a sum whose
 * report id is known to its task is "duplicate", whatever its token. Reports that arrive within a few
 * milliseconds share one commit.
 *
 * Stored is what is sealed, and the lane that follows from the report's id: not who sent it, not when. Intake
 * knows lengths of tasks and never their kinds.
 */
import { messageOf } from "../../core/errors.ts";
import { laneOf } from "../../core/sum/lanes.ts";
import { seedBytes } from "../../core/sum/share.ts";
import { sealedOverheadBytes, tokenBytes } from "../../core/wire/protocol.ts";
import {
  mostSums,
  parseReport,
  type Refusal,
  type Report,
  type ReportAnswer,
  type ReportSum,
  reportBytes,
  type SumOutcome,
} from "../../core/wire/report.ts";
import { hmacSha256 } from "../base/platform.ts";
import type { LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import { countReports, isKnownReport, storeReport } from "../store/reports.ts";
import { markSpent, type SpentOn } from "../store/spent.ts";
import { findTask, type StoredTask } from "../store/tasks.ts";
import type { TokenCheck, TokenVerdict } from "../tokens/tokencheck.ts";
import type { OpenTasks } from "./opentasks.ts";

const commitWindowMs = 3;
const commitSize = 64;

/** What is read of a body at least: enough to answer a late report. */
export const spareReportBytes = 1_048_576;

export interface IntakeParts {
  readonly store: LeaderStore;
  readonly tasks: Pick<OpenTasks, "list">;
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
  /** What was found of its token, outside the transaction, for each key that a task of it asks for. */
  readonly tokens: ReadonlyMap<string, TokenVerdict>;
  readonly resolve: (answer: ReportAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A sum of a report on its way into the store. */
interface Deciding extends Pick<Waiting, "report" | "tokens"> {
  readonly sum: ReportSum;
}

type Refused = Extract<SumOutcome, { state: "refused" }>;
const accepted = "accepted";
const duplicate = "duplicate";

export class Intake {
  #waiting: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  readonly #refusedCounts = new Map<Refusal, number>();
  readonly #lastAtMs = new Map<number, number>();
  #startedAtMs: number;

  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.nowMs();
  }

  /**
   * When the last report on a task (by the leader's number of it) was accepted, or when the server started;
   * in memory only. Never later than now: by a clock that was set back it counts as having come now.
   */
  lastReportAtMs(task: number): number {
    const nowMs = this.#parts.nowMs();
    this.#startedAtMs = Math.min(this.#startedAtMs, nowMs);
    const lastAtMs = this.#lastAtMs.get(task);
    if (lastAtMs !== undefined && lastAtMs > nowMs) this.#lastAtMs.set(task, nowMs);
    return this.#lastAtMs.get(task) ?? this.#startedAtMs;
  }

  /** Refused sums, and reports refused as a whole, since the server started, by reason. */
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
    const tokens = await this.#verdictsOf(report);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ report, tokens, resolve, reject });
      this.#flushing ??= this.#flushSoon();
    });
  }

  /** A report that was not even read to its end. */
  refuse(why: Refusal, detail: string): ReportAnswer {
    this.#note(why);
    return { state: "refused", why, detail };
  }

  /** Resolves when every report that was handed over has its answer. */
  async settled(): Promise<void> {
    await this.#flushing;
  }

  #note(why: Refusal): void {
    this.#refusedCounts.set(why, (this.#refusedCounts.get(why) ?? 0) + 1);
  }

  async #flushSoon(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, commitWindowMs));
    while (this.#waiting.length > 0) await this.#flush(this.#waiting.splice(0, commitSize));
    this.#flushing = null;
  }

  async #flush(group: readonly Waiting[]): Promise<void> {
    const { store, tasks, nowMs } = this.#parts;
    const touched = new Set<number>();
    try {
      const answers = await store.transaction().execute(async (transaction) => {
        const open = await tasks.list(transaction);
        const waiting = new WaitingCounts(transaction);
        const decided: SumOutcome[][] = [];
        for (const { report, tokens } of group) {
          const outcomes: SumOutcome[] = [];
          for (const sum of report.sums) {
            const task = open.find(({ id }) => id === sum.task);
            const outcome = await this.#decide(transaction, task, { report, tokens, sum }, waiting);
            if (typeof outcome !== "string") outcomes.push({ task: sum.task, ...outcome });
            else outcomes.push({ task: sum.task, state: outcome });
            if (outcome === accepted && task !== undefined) touched.add(task.seq);
          }
          decided.push(outcomes);
        }
        return decided;
      });
      // The commit is durable from here on.
      for (const task of touched) this.#lastAtMs.set(task, nowMs());
      for (const outcome of answers.flat()) if (outcome.state === "refused") this.#note(outcome.why);
      for (const [at, { resolve }] of group.entries()) resolve({ state: "answered", sums: answers[at] });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  /** Stores the sum when it may be stored. */
  async #decide(
    queries: LeaderQueries,
    open: StoredTask | undefined,
    deciding: Deciding,
    waiting: WaitingCounts,
  ): Promise<typeof accepted | typeof duplicate | Omit<Refused, "task">> {
    const { report, sum } = deciding;
    const task = open ?? (await findTask(queries, sum.task));
    if (task === undefined) {
      return refused("unknown-task", `task must be one this server gave out, got ${sum.task}`);
    }
    if (await isKnownReport(queries, task.seq, report.id)) return duplicate;
    if (open?.state !== "open" || this.#parts.nowMs() >= open.task.expiresAtMs) {
      return refused("task-closed", `round ${task.round} of ${task.kind} is over`);
    }
    const unfit = this.#unfit(open, deciding);
    if (unfit !== null) return unfit;
    const { maxBatch, lanes, tokenKey } = open.task;
    if ((await waiting.of(open.seq, sum.block)) >= maxBatch) {
      return refused("batch-full", `${maxBatch} reports of block ${sum.block} wait to be summed`);
    }
    if (tokenKey !== null) {
      const verdict = deciding.tokens.get(tokenKey);
      const why = await spend(queries, report, { verdict, task: open.seq, tokenKey });
      if (why !== null) return why;
    }
    const lane = laneOf(hmacSha256(open.laneSecret, report.id), lanes);
    const stored = await storeReport(
      queries,
      { task: open.seq, block: sum.block, lane },
      {
        id: report.id,
        leaderKey: report.leaderKey,
        helperKey: report.helperKey,
        leaderShare: sum.leaderShare,
        helperSeed: sum.helperSeed,
        token: tokenKey === null ? new Uint8Array(0) : report.token,
      },
    );
    if (!stored) throw new Error("intake: expected a report id that is not known, got one stored meanwhile");
    waiting.add(open.seq, sum.block);
    return accepted;
  }

  #unfit({ task }: StoredTask, { report, sum }: Deciding): Omit<Refused, "task"> | null {
    const share = 4 * task.length + sealedOverheadBytes;
    const seed = seedBytes + sealedOverheadBytes;
    if (sum.block >= task.blocks) {
      return refused("wrong-block", `block must be below ${task.blocks}, got ${sum.block}`);
    }
    if (sum.leaderShare.length !== share || sum.helperSeed.length !== seed) {
      return refused(
        "wrong-length",
        `leader share and helper seed must have ${share} and ${seed} bytes, got ${sum.leaderShare.length} and ${sum.helperSeed.length}`,
      );
    }
    if (report.token.length > tokenBytes) {
      return refused(
        "wrong-length",
        `a token must have at most ${tokenBytes} bytes, got ${report.token.length}`,
      );
    }
    const { accepts } = this.#parts;
    if (!accepts.leader(report.leaderKey) || !accepts.helper(report.helperKey)) {
      return refused(
        "unknown-key",
        `keys must be on the aggregators' lists, got ${report.leaderKey} and ${report.helperKey}`,
      );
    }
    return null;
  }

  /** Looks at the token outside of any transaction: it takes a while, and says nothing about spending yet. */
  async #verdictsOf({ sums, token }: Report): Promise<ReadonlyMap<string, TokenVerdict>> {
    const verdicts = new Map<string, TokenVerdict>();
    const { tasks, tokens } = this.#parts;
    if (token.length === 0 || token.length > tokenBytes || tokens === null) return verdicts;
    const open = await tasks.list();
    for (const { task } of sums) {
      const tokenKey = open.find(({ id }) => id === task)?.task.tokenKey ?? null;
      if (tokenKey === null || verdicts.has(tokenKey)) continue;
      verdicts.set(tokenKey, await tokens.check(tokenKey, token));
    }
    return verdicts;
  }
}

/** Null when the token is the report's: spent by it now, or for another sum of it before. */
async function spend(
  queries: LeaderQueries,
  { id: report, token }: Report,
  { verdict, ...on }: Pick<SpentOn, "task" | "tokenKey"> & { readonly verdict: TokenVerdict | undefined },
): Promise<Omit<Refused, "task"> | null> {
  if (token.length === 0) return refused("no-token", "a report on this task must bring a token");
  if (verdict === undefined) return refused("bad-token", "the token was made for no open task");
  if (!verdict.ok) return refused("bad-token", verdict.detail);
  const { nonce, untilMs } = verdict;
  if (await markSpent(queries, { nonce, report, ...on, untilMs })) return null;
  return refused("token-spent", "a token is good for one report, on tasks that were open when it was spent");
}

function refused(why: Refusal, detail: string): Omit<Refused, "task"> {
  return { state: "refused", why, detail };
}

/** Reports of a block that are on disk and in no sum yet, with those of the commit at hand. */
class WaitingCounts {
  readonly #counts = new Map<number, Map<number, number>>();
  readonly #queries: LeaderQueries;

  constructor(queries: LeaderQueries) {
    this.#queries = queries;
  }

  async of(task: number, block: number): Promise<number> {
    return (await this.#loaded(task)).get(block) ?? 0;
  }

  add(task: number, block: number): void {
    const counts = this.#counts.get(task);
    counts?.set(block, (counts.get(block) ?? 0) + 1);
  }

  async #loaded(task: number): Promise<Map<number, number>> {
    const known = this.#counts.get(task);
    if (known !== undefined) return known;
    const counts = new Map(await countReports(this.#queries, task));
    this.#counts.set(task, counts);
    return counts;
  }
}

/** The longest body worth reading: a report with a sum for each of the tasks. */
export function largestReportBytes(open: readonly Pick<StoredTask, "task">[]): number {
  if (open.length === 0) return spareReportBytes;
  const lengths = open.slice(0, mostSums).map(({ task }) => task.length);
  return reportBytes(lengths, { token: open.some(({ task }) => task.tokenKey !== null) });
}
