/**
 * The ledger: each report that left, or was about to, with its sums and what they cost. An entry and its body
 * are written before the report is sent, so that whatever happens on the way no task is ever answered by a
 * second, different report, and nothing is sent that the budget does not hold. A report counts from when it
 * was written, whatever became of it.
 */
import { mayContribute } from "../../core/moving/rights.ts";
import { epsilonOf } from "../../core/sum/budget.ts";
import { type ReportLimits, reportedDelta } from "../../core/sum/limits.ts";
import { type PrivacyPlan, requirePlanned } from "../../core/sum/plan.ts";
import {
  newestMs,
  nullIfUnbounded,
  requireBudget,
  rhoTogether,
  type Spent,
  spentBy,
  totalsOf,
  windowMs,
} from "../../core/sum/spending.ts";
import type { TaskId } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import type { ReportAnswer, SumOutcome } from "../../core/wire/report.ts";
import type { Budget, CostOf, Kept, SentReport, SentSum, SpentOf } from "../api.ts";
import { isLeft, spentWith, tasksOf, withCopy } from "../store/kept.ts";
import { isPending, Records, refusedIfPending } from "../store/records.ts";
import type { Admitted, Store } from "../store/store.ts";

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
  /** When the device was looked at for it: nothing may have been erased since. */
  readonly lookedAtMs: number;
  /** What the site promised; see `requireRoom`. */
  readonly plan: PrivacyPlan;
}

export type Room =
  | { readonly state: "room" }
  | {
      readonly state: "full";
      readonly why: "plan" | "budget";
      /** When there is room; null: never. */
      readonly untilMs: number | null;
      readonly cause: Error;
    };

/** What a sum would take of the budget and the plan. */
export type Asked = Pick<SentSum, "kind" | "rho">;

export interface LedgerOptions {
  readonly limits: ReportLimits;
  /** What the page has known since it started; its own unless given. */
  readonly records?: Records;
}

export class Ledger {
  readonly records: Records;
  readonly #store: Store;
  readonly #limits: ReportLimits;

  constructor(store: Store, { limits, records = new Records(store) }: LedgerOptions) {
    this.#store = store;
    this.#limits = limits;
    this.records = records;
  }

  /** Every task that has an answer, whatever became of it: none may get another. */
  async answeredTasks(): Promise<ReadonlySet<TaskId>> {
    const entries = await this.records.entries();
    const { remains } = await this.records.kept();
    return new Set([...remains.answeredTasks, ...entries.flatMap(tasksOf)]);
  }

  /** Tasks whose batch had no room for this device's sum. */
  async fullTasks(): Promise<ReadonlySet<TaskId>> {
    const sums = (await this.records.entries()).flatMap((entry) => entry.sums);
    return new Set(sums.filter(({ why }) => why === "batch-full").map(({ task }) => task));
  }

  /** Which participations in experiments were told of, whatever became of it. */
  async told(): Promise<ReadonlySet<string>> {
    return toldIn(await this.records.entries());
  }

  /** Blocks of the sums of a kind, oldest first. */
  async blockHistory(kind: string): Promise<readonly number[]> {
    const sums = (await this.records.entries()).flatMap((entry) => entry.sums);
    return sums.filter((sum) => sum.kind === kind).map(({ block }) => block);
  }

  /**
   * Writes a report down before it is sent, and returns the entry as it was written; null when what it came
   * from was erased or one of its tasks was answered meanwhile: then it must not be sent.
   *
   * @throws {RangeError} when it would exceed budget or plan.
   */
  async begin({ entry, body, basedOn, lookedAtMs, plan }: NewEntry): Promise<SentReport | null> {
    await this.records.reconcile(entry.atMs);
    const known = this.records.known;
    const admit = (before: Kept | null, ledger: readonly SentReport[]): Admitted | null => {
      const kept = withCopy(known, entry.atMs)(before, ledger);
      const isStanding = isLeft({ atMs: lookedAtMs }, kept, entry.atMs);
      const admitted = isStanding ? this.#admit(entry, plan, { ledger, kept }) : null;
      return admitted === null ? null : { entry: admitted, kept };
    };
    const begun = await this.#store.addReport({ body, basedOn, admit });
    if (begun !== null) await this.records.reconcile(begun.atMs);
    return begun;
  }

  /**
   * Looks ahead, so that nothing is made, and no token taken, for a report that `begin` would refuse.
   *
   * @param sums all that is to be sent now: together they must fit.
   * @throws {RangeError} naming what they would exceed.
   */
  async requireRoom(sums: readonly Asked[], plan: PrivacyPlan, nowMs: number): Promise<void> {
    const entries = await this.records.entries();
    this.#requireRoom(sums, plan, {
      entries,
      spent: spentWith((await this.records.kept()).remains, entries),
      nowMs,
    });
  }

  /** Whether there is room for sums, and if not, why and when there is. */
  async room(sums: readonly Asked[], plan: PrivacyPlan, nowMs: number): Promise<Room> {
    const entries = await this.records.entries();
    const spent = spentWith((await this.records.kept()).remains, entries);
    const causeAt = (atMs: number): Error | null => {
      try {
        this.#requireRoom(sums, plan, { entries, spent, nowMs: atMs });
        return null;
      } catch (cause) {
        if (cause instanceof RangeError) return cause;
        throw cause;
      }
    };
    const cause = causeAt(nowMs);
    if (cause === null) return { state: "room" };
    const { before, costs } = spent;
    const ends = [
      ...costs.map(({ atMs }) => atMs + windowMs),
      ...before.days.map(({ day }) => (day + 1) * dayMs + windowMs),
    ];
    const later = ends.filter((atMs) => atMs > nowMs).sort((a, b) => a - b);
    const untilMs = later.find((atMs) => causeAt(atMs) === null) ?? null;
    return { state: "full", why: cause.message.startsWith("plan") ? "plan" : "budget", untilMs, cause };
  }

  /** What was spent, and what may be. */
  async budget(nowMs: number): Promise<Budget> {
    const entries = await this.records.entries();
    const spent = spentWith((await this.records.kept()).remains, entries);
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
    for (const entry of await this.records.entries()) {
      if (!isPending(entry)) continue;
      const body = await this.records.body(entry.id);
      if (body !== null) pending.push({ entry, body });
    }
    return pending;
  }

  /** Whether a report is there and still has no answer. */
  async isWaiting(id: string): Promise<boolean> {
    return (await this.records.entries()).some((entry) => entry.id === id && isPending(entry));
  }

  /**
   * Writes down what the server answered, sum by sum, and drops bodies that are no longer among the newest.
   * Returns the entry as it is then; null when it was erased or withdrawn meanwhile: then no answer counts
   * any more.
   */
  async settle({ id }: SentReport, answer: ReportAnswer): Promise<SentReport | null> {
    const entry = (await this.records.entries()).find((kept) => kept.id === id);
    if (entry === undefined || !isPending(entry)) return null;
    const settled = { ...entry, sums: entry.sums.map((sum) => settledSum(sum, answer)) };
    if (!(await this.#store.updateReport(settled, isPending))) return null;
    const done = (await this.records.entries()).filter((each) => !isPending(each));
    const old = done.slice(0, Math.max(0, done.length - keptBodies));
    await this.#store.removeReportBodies(old.map(({ id }) => id));
    return settled;
  }

  #admit(
    entry: SentReport,
    plan: PrivacyPlan,
    { ledger, kept }: { readonly ledger: readonly SentReport[]; readonly kept: Kept },
  ): SentReport | null {
    const isErased = this.records.hasLost(ledger);
    const answered = new Set([...kept.remains.answeredTasks, ...ledger.flatMap(tasksOf)]);
    const mayReport = mayContribute({ claims: kept.claims ?? null, spent: kept.remains.spent });
    if (isErased || !mayReport || tasksOf(entry).some((task) => answered.has(task))) return null;
    const told = toldIn(ledger);
    if ([...toldIn([entry])].some((one) => told.has(one))) return null;
    const spent = spentWith(kept.remains, ledger);
    const nowMs = newestMs(spent, entry.atMs);
    this.#requireRoom(entry.sums, plan, { entries: ledger, spent, nowMs });
    return { ...entry, atMs: nowMs };
  }

  #requireRoom(
    sums: readonly Asked[],
    plan: PrivacyPlan,
    {
      entries,
      spent,
      nowMs,
    }: { readonly entries: readonly SentReport[]; readonly spent: Spent; readonly nowMs: number },
  ): void {
    const together = rhoTogether(sums) ?? Number.POSITIVE_INFINITY;
    requireBudget(spent, { rho: together, nowMs, limits: this.#limits });
    const contributed = entries.flatMap(({ atMs, sums: sent }) => sent.map(({ kind }) => ({ kind, atMs })));
    const planNowMs = newestMs(spent, nowMs);
    for (const { kind, rho } of sums) {
      requirePlanned(plan, { kind, rho: rho ?? Number.POSITIVE_INFINITY }, { contributed, nowMs: planNowMs });
    }
  }
}

function toldIn(ledger: readonly SentReport[]): ReadonlySet<string> {
  return new Set(ledger.flatMap(({ sums }) => sums.flatMap(({ tells = [] }) => tells)));
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
