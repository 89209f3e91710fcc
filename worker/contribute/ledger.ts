/**
 * The ledger: each report that left, or was about to, with its sums and what they cost. An entry and its body
 * are written before the report is sent, so that whatever happens on the way no task is ever answered by a
 * second, different report, and nothing is sent that the budget does not hold. A report counts from when it
 * was written, whatever became of it.
 */
import type { Choices } from "../../core/consent.ts";
import type { Claims } from "../../core/moving/claims.ts";
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
import type { Budget, CostOf, KeepCopy, Kept, SentReport, SentSum, SpentOf } from "../api.ts";
import { everything, isSince, spentWith, tasksOf, withCopy, withoutLedger } from "../store/kept.ts";
import { type Admitted, type KeptUpdate, nothingKept, type Store } from "../store/store.ts";

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
  /** The page's copy. It is asked before a report is written, and knows of it before it is sent. */
  readonly keepCopy?: KeepCopy;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs?: () => number;
}

export class Ledger {
  readonly #store: Store;
  readonly #limits: ReportLimits;
  readonly #keepCopy: KeepCopy;
  readonly #nowMs: () => number;
  /** All that was known when the page was last asked. */
  #known: Kept = nothingKept;
  /** As the store last said. */
  #claims: Claims | null = null;
  /** Every entry read since the last erasure: one that is missing was erased behind this tab's back. */
  #seen = new Set<string>();

  constructor(store: Store, { limits, keepCopy = (kept) => kept, nowMs = Date.now }: LedgerOptions) {
    this.#nowMs = nowMs;
    this.#store = store;
    this.#limits = limits;
    this.#keepCopy = keepCopy;
  }

  /** Whether another of the person's devices contributes what is here, as far as this tab has heard. */
  get isElsewhere(): boolean {
    return !mayContribute({ claims: this.#claims, spent: this.#known.remains.spent });
  }

  /** Makes one of what the store keeps and of the page's copy, and has both keep it. Returns all that is kept. */
  async reconcile(nowMs: number): Promise<Kept> {
    const kept = await this.#store.kept();
    const { knowsKept } = this.#store;
    const all = everything(kept ?? nothingKept, await this.entries(), nowMs);
    this.#known = await this.#keepCopy(all, knowsKept);
    if (!knowsKept) {
      const { choices } = this.#known;
      // For when it can be read: what the person chose since is what holds then.
      if (choices.revision > 0) await this.#store.keep(withCopy({ ...nothingKept, choices }, nowMs));
      return this.#known;
    }
    return this.#keep(withCopy(this.#known, nowMs), nowMs);
  }

  /** The person has chosen. */
  async chosen(choices: Choices, nowMs: number): Promise<void> {
    await this.#keep(withCopy({ ...nothingKept, choices }, nowMs), nowMs);
  }

  /** Erases everything on the device but what is kept. @param askedAtMs when the person asked for it. */
  async eraseAll(nowMs: number, askedAtMs = nowMs): Promise<void> {
    const known = this.#known;
    await this.#store.eraseAll(
      (kept, ledger) => withoutLedger(nowMs, askedAtMs)(withCopy(known, nowMs)(kept, ledger), ledger),
      // Of the moment when it is done, which may be long after.
      (event) => isSince(event, askedAtMs, this.#nowMs()),
    );
    this.erased();
    await this.reconcile(nowMs);
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
    const { remains } = await this.#kept();
    return new Set([...remains.answeredTasks, ...entries.flatMap(tasksOf)]);
  }

  /** Tasks whose batch had no room for this device's sum. */
  async fullTasks(): Promise<ReadonlySet<TaskId>> {
    const sums = (await this.entries()).flatMap((entry) => entry.sums);
    return new Set(sums.filter(({ why }) => why === "batch-full").map(({ task }) => task));
  }

  /** Blocks of the sums of a kind, oldest first. */
  async blockHistory(kind: string): Promise<readonly number[]> {
    const sums = (await this.entries()).flatMap((entry) => entry.sums);
    return sums.filter((sum) => sum.kind === kind).map(({ block }) => block);
  }

  /**
   * Writes a report down before it is sent, and returns the entry as it was written; null when what it came
   * from was erased or one of its tasks was answered meanwhile: then it must not be sent.
   *
   * @throws {RangeError} when it would exceed budget or plan.
   */
  async begin({ entry, body, basedOn, plan }: NewEntry): Promise<SentReport | null> {
    await this.reconcile(entry.atMs);
    const known = this.#known;
    const admit = (before: Kept | null, ledger: readonly SentReport[]): Admitted | null => {
      const kept = withCopy(known, entry.atMs)(before, ledger);
      const admitted = this.#admit(entry, plan, { ledger, kept });
      return admitted === null ? null : { entry: admitted, kept };
    };
    const begun = await this.#store.addReport({ body, basedOn, admit });
    if (begun !== null) await this.reconcile(begun.atMs);
    return begun;
  }

  /**
   * Looks ahead, so that nothing is made, and no token taken, for a report that `begin` would refuse.
   *
   * @param sums all that is to be sent now: together they must fit.
   * @throws {RangeError} naming what they would exceed.
   */
  async requireRoom(sums: readonly Asked[], plan: PrivacyPlan, nowMs: number): Promise<void> {
    const entries = await this.entries();
    this.#requireRoom(sums, plan, {
      entries,
      spent: spentWith((await this.#kept()).remains, entries),
      nowMs,
    });
  }

  /** Whether there is room for sums, and if not, why and when there is. */
  async room(sums: readonly Asked[], plan: PrivacyPlan, nowMs: number): Promise<Room> {
    const entries = await this.entries();
    const spent = spentWith((await this.#kept()).remains, entries);
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
    const entries = await this.entries();
    const spent = spentWith((await this.#kept()).remains, entries);
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
    for (const entry of await this.entries()) {
      if (!isPending(entry)) continue;
      const body = await this.body(entry.id);
      if (body !== null) pending.push({ entry, body });
    }
    return pending;
  }

  /** Whether a report is there and still has no answer. */
  async isWaiting(id: string): Promise<boolean> {
    return (await this.entries()).some((entry) => entry.id === id && isPending(entry));
  }

  /**
   * Writes down what the server answered, sum by sum, and drops bodies that are no longer among the newest.
   * Returns the entry as it is then; null when it was erased or withdrawn meanwhile: then no answer counts
   * any more.
   */
  async settle({ id }: SentReport, answer: ReportAnswer): Promise<SentReport | null> {
    const entry = (await this.entries()).find((kept) => kept.id === id);
    if (entry === undefined || !isPending(entry)) return null;
    const settled = { ...entry, sums: entry.sums.map((sum) => settledSum(sum, answer)) };
    if (!(await this.#store.updateReport(settled, isPending))) return null;
    const done = (await this.entries()).filter((each) => !isPending(each));
    const old = done.slice(0, Math.max(0, done.length - keptBodies));
    await this.#store.removeReportBodies(old.map(({ id }) => id));
    return settled;
  }

  /**
   * Consent was taken back: what waits for an answer is never sent again. Returns the entries that changed.
   */
  async withdraw(): Promise<readonly SentReport[]> {
    const withdrawn: SentReport[] = [];
    for (const entry of await this.entries()) {
      if (!isPending(entry)) continue;
      const changed = { ...entry, sums: entry.sums.map((sum) => refusedIfPending(sum, "withdrawn")) };
      // What another tab has an answer to by now keeps it.
      if (!(await this.#store.updateReport(changed, isPending))) continue;
      await this.#store.removeReportBodies([entry.id]);
      withdrawn.push(changed);
    }
    return withdrawn;
  }

  /** Another tab erased the entries, or this one did. */
  erased(): void {
    this.#seen = new Set();
  }

  #admit(
    entry: SentReport,
    plan: PrivacyPlan,
    { ledger, kept }: { readonly ledger: readonly SentReport[]; readonly kept: Kept },
  ): SentReport | null {
    const ids = new Set(ledger.map(({ id }) => id));
    const isErased = [...this.#seen].some((id) => !ids.has(id));
    const answered = new Set([...kept.remains.answeredTasks, ...ledger.flatMap(tasksOf)]);
    const mayReport = mayContribute({ claims: kept.claims ?? null, spent: kept.remains.spent });
    if (isErased || !mayReport || tasksOf(entry).some((task) => answered.has(task))) return null;
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

  async #kept(): Promise<Kept> {
    return (await this.#store.kept()) ?? this.#known;
  }

  async #keep(update: KeptUpdate, nowMs: number): Promise<Kept> {
    let all = nothingKept;
    await this.#store.keep((kept, ledger) => {
      const updated = update(kept, ledger);
      all = everything(updated, ledger, nowMs);
      this.#claims = updated.claims ?? null;
      return updated;
    });
    this.#known = await this.#keepCopy(all, this.#store.knowsKept);
    return this.#known;
  }
}

/** Whether a sum of it has no answer yet. */
function isPending({ sums }: SentReport): boolean {
  return sums.some(({ state }) => state === "sending");
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

function refusedIfPending(sum: SentSum, why: string): SentSum {
  return sum.state === "sending" ? { ...sum, state: "refused", why } : sum;
}
