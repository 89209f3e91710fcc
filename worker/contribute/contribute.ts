/**
 * The steps of answering the server's tasks, each at most once: ask -> token -> report. When each happens is
 * contributing.ts's.
 *
 * The same is asked of the server whatever the person did. The report is in the ledger, byte for byte, before
 * it is sent; without an answer it is sent again as it is, and the server counts a report id once.
 */
import { toHex } from "../../core/bytes.ts";
import type { PriceOf } from "../../core/experiments/measure.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { encodeReport } from "../../core/wire/report.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Pins, SentReport, WaitingFor } from "../api.ts";
import { sha256Hex } from "../digest.ts";
import { type CurrentTrust, deliver, fetchLog, fetchTasks, type Sender } from "../door/door.ts";
import { deviceLocalTime, type Notify, troubleOf } from "../edges.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Journal } from "../events/journal.ts";
import { keptExperimentsIn } from "../experiments/kept.ts";
import type { ExperimentStore } from "../store/keptexperiments.ts";
import type { ScheduleStore } from "../store/keptschedule.ts";
import type { TrialStore } from "../store/kepttrials.ts";
import { knowsEd25519 } from "../trust/ed25519.ts";
import { issuerOf, requirePins, sealKeysOf, type Trusted, trusted } from "../trust/trust.ts";
import type { SeenLog } from "../trust/vouched.ts";
import { type DueSum, dueSums, entrySumOf, type OpenTask, reportsFor } from "./due.ts";
import type { AnyContributor, Device, Factors, ListedPairs, RankedBy } from "./kinds/contributor.ts";
import type { Ledger, PendingReport } from "./ledger.ts";
import { limitsFor, requirePlanWithin } from "./limits.ts";
import { reportOf } from "./report.ts";
import { standingOf } from "./standing.ts";
import type { Wallet } from "./wallet.ts";

/** What this device has downloaded to compute on. */
export interface Downloads {
  /** Resolves when no download is under way. */
  readonly settled: () => Promise<void>;
  readonly factors: () => Factors | null;
  readonly pairs: () => ListedPairs | null;
  /** What things cost; null before the whole catalogue has come. */
  readonly priceOf: () => PriceOf | null;
  /**
   * What ranks once it can rank for people, without holding up what else the worker does; null where nothing
   * can.
   */
  readonly ranking: () => Promise<RankedBy | null>;
}

/** The person's features now, of what counts of a log; null before the whole catalogue has come. */
export type FeaturesOf = (log: EventLog) => FeatureValues | null;

export interface ContributeParts extends Sender {
  readonly pins: Pins | null;
  readonly notify: Notify;
  readonly downloads: Downloads;
  readonly journal: Journal;
  readonly featuresOf: FeaturesOf;
  readonly ledger: Ledger;
  readonly logs: SeenLog;
  readonly schedule: Pick<ScheduleStore, "tasks" | "keepTasks">;
  readonly trials: Pick<TrialStore, "all">;
  readonly experiments: Pick<ExperimentStore, "found">;
  /** For how long after all was answered nothing is asked: drawn anew each time. */
  readonly askAgainMs: () => number;
  /** The kinds of sums that this browser takes part in. */
  readonly contributors: readonly AnyContributor[];
  /** The device's tokens of an issuer, named by its origin. */
  readonly wallet: (issuer: string) => Wallet;
  /**
   * Whether consent holds as it did when this began. False for good once it was taken back or everything was
   * erased, even if it was given again since.
   */
  readonly allowed: () => boolean;
  /** Whether a program does what is done here, so that nothing of it counts. */
  readonly isAutomated: (log: EventLog) => boolean;
  /** Called with the site's privacy plan once it is trusted. */
  readonly onPlan: (plan: PrivacyPlan) => void;
}

/** What became of a step, and so what comes next. */
export type Outcome =
  | { readonly state: "on"; readonly next: "token" | "report" }
  /** A report was answered: whether more is due is to be seen. */
  | { readonly state: "reported" }
  /** Nobody answered, or not with what was hoped for: the same step again, not before. */
  | { readonly state: "later"; readonly atMs: number; readonly why: WaitingFor }
  | { readonly state: "failed" }
  /** There is nothing to say yet. */
  | { readonly state: "empty" }
  /** Nothing is due before. */
  | { readonly state: "rest"; readonly untilMs: number; readonly why: WaitingFor };

/** Why it is of no use to ask: this browser cannot check what would be answered. Null where it can. */
export async function obstructed(parts: ContributeParts): Promise<Outcome | null> {
  const { pins, edges, askAgainMs } = parts;
  if (pins === null || (await knowsEd25519(pins.siteKey))) return null;
  told(parts, new Error("trust: this browser must know Ed25519 to contribute, got none"));
  return { state: "rest", untilMs: edges.nowMs() + askAgainMs(), why: "signatures" };
}

/** Asks for the open tasks, and keeps the answer once it is believed. @throws when it cannot be. */
export async function ask(parts: ContributeParts): Promise<CurrentTrust> {
  requirePins(parts);
  const trust = { now: await askTrust(parts), refetch: () => askTrust(parts) };
  for (const cause of trust.now.refused) told(parts, cause);
  return trust;
}

/** The answer that was kept, if it is not older and still holds; null otherwise. */
export async function keptTrust(parts: ContributeParts, atMost: number): Promise<CurrentTrust | null> {
  const kept = await parts.schedule.tasks();
  const ageMs = parts.edges.nowMs() - (kept?.askedAtMs ?? 0);
  if (kept === null || ageMs < 0 || ageMs >= atMost) return null;
  try {
    return { now: await believed(parts, kept.answer), refetch: () => askTrust(parts) };
  } catch {
    // The helper's log has gone on since: the answer of now is asked for.
    return null;
  }
}

/** What is to be done about these tasks. @throws {RangeError} for a plan beyond this browser's limits. */
export async function nextStep(parts: ContributeParts, { now }: CurrentTrust): Promise<Outcome> {
  const { ledger } = parts;
  if ((await ledger.pending()).length > 0) return { state: "on", next: "report" };
  const { ready, rest } = await standing(parts, now);
  if (ready.length === 0) return { state: "rest", ...rest };
  for (const [wallet, keys] of await walletsOf(parts, now, ready)) {
    if (!(await wallet.has(keys))) return { state: "on", next: "token" };
  }
  return { state: "on", next: "report" };
}

/**
 * Fetches the tokens that open tasks ask for, whether or not there is anything to report, so that fetching
 * says nothing of it.
 */
export async function provideTokens(parts: ContributeParts, { now }: CurrentTrust): Promise<Outcome> {
  const { ready } = await standing(parts, now);
  let laterMs = 0;
  for (const [wallet, keys] of await walletsOf(parts, now, ready)) {
    try {
      const provided = await wallet.provide(keys, parts);
      if (provided.state === "later") laterMs = Math.max(laterMs, provided.atMs);
    } catch (cause) {
      told(parts, cause, "tokens");
      laterMs = Math.max(laterMs, await wallet.nextAtMs());
    }
    if (await wallet.isOverdue(parts.edges.nowMs())) {
      const cause = "expected the issuer to give one within a day of asking, got none";
      told(parts, new Error(cause), "tokens");
    }
  }
  return laterMs === 0 ? { state: "on", next: "report" } : { state: "later", atMs: laterMs, why: "token" };
}

/**
 * Sends one report: one that got no answer again, else one of what is due. What stops one does not stand in
 * the way of the next.
 */
export async function report(parts: ContributeParts, trust: CurrentTrust): Promise<Outcome> {
  const { ledger, allowed } = parts;
  const waiting = await ledger.pending();
  for (const pending of waiting) {
    if (!allowed()) return { state: "failed" };
    if (await sent(parts, trust, pending)) return { state: "reported" };
  }
  const { ready, rest } = await standing(parts, trust.now);
  const device = await deviceOf(parts, ready);
  const report = (cause: unknown): void => told(parts, cause);
  const due = await dueSums(ready, { ledger, device, plan: trust.now.plan, report });
  const [sums] = reportsFor(due, limitsFor(parts.server).reportBytes);
  if (sums !== undefined) return answer(parts, trust, { sums, lookedAtMs: device.nowMs });
  if (waiting.length > 0) return { state: "failed" };
  return ready.length === 0 ? { state: "rest", ...rest } : { state: "empty" };
}

/** Tells of what went wrong, unless it is that consent was taken back. */
export function told({ notify, allowed }: ContributeParts, cause: unknown, who = "contribute"): void {
  if (allowed()) notify(troubleOf(who, cause));
}

function standing(parts: ContributeParts, trust: Trusted): ReturnType<typeof standingOf> {
  const { ledger, contributors, edges, askAgainMs } = parts;
  const limits = limitsFor(parts.server);
  requirePlanWithin(limits, trust.plan);
  const report = (cause: unknown): void => told(parts, cause);
  return standingOf(trust, { ledger, contributors, limits, nowMs: edges.nowMs(), askAgainMs, report });
}

async function askTrust(parts: ContributeParts): Promise<Trusted> {
  const answer = await fetchTasks(parts);
  const trust = await believed(parts, answer);
  // Consent taken back meanwhile may have erased what was kept.
  if (parts.allowed()) await parts.schedule.keepTasks({ answer, askedAtMs: parts.edges.nowMs() });
  return trust;
}

async function believed(parts: ContributeParts, answer: TasksAnswer): Promise<Trusted> {
  const { pins, server, logs, edges } = parts;
  const trust = await trusted(answer, {
    ...{ pins, server, logs, nowMs: edges.nowMs() },
    wholeLog: () => fetchLog(parts),
  });
  parts.onPlan(trust.plan);
  return trust;
}

async function deviceOf(parts: ContributeParts, ready: readonly OpenTask[]): Promise<Device> {
  const { edges, journal, downloads } = parts;
  const { localTimeOf = deviceLocalTime, fill } = edges;
  // Making a model ready takes a while: only where a task asks for it.
  const ranking = ready.some(({ contributor }) => contributor.isOnRanking) ? await downloads.ranking() : null;
  const log = await journal.log();
  const isAutomated = parts.isAutomated(log);
  return {
    events: isAutomated ? [] : log.clean(),
    factors: downloads.factors(),
    pairs: downloads.pairs(),
    features: () => parts.featuresOf(log),
    ranking: () => ranking,
    trials: await parts.trials.all(edges.nowMs()),
    experiments: isAutomated
      ? null
      : {
          participations: keptExperimentsIn(await parts.experiments.found())?.participations ?? [],
          told: await parts.ledger.told(),
          priceOf: downloads.priceOf(),
        },
    nowMs: edges.nowMs(),
    localTimeOf,
    fill,
  };
}

/** The wallets that tasks ask tokens of, and the keys they name there. */
async function walletsOf(
  parts: ContributeParts,
  trust: Trusted,
  open: readonly OpenTask[],
): Promise<ReadonlyMap<Wallet, readonly string[]>> {
  const keysOf = new Map<string, Set<string>>();
  for (const { task } of open) {
    if (task.tokenKey === null) continue;
    const issuer = await issuerOf(trust, task.tokenKey);
    keysOf.set(issuer, (keysOf.get(issuer) ?? new Set()).add(task.tokenKey));
  }
  return new Map([...keysOf].map(([issuer, keys]) => [parts.wallet(issuer), [...keys]]));
}

/** Makes one report of sums that ask for the same token, writes it down and sends it. */
async function answer(
  parts: ContributeParts,
  trust: CurrentTrust,
  { sums, lookedAtMs }: { readonly sums: readonly DueSum[]; readonly lookedAtMs: number },
): Promise<Outcome> {
  const { edges, ledger, allowed } = parts;
  const { plan } = trust.now;
  const token = await takeToken(parts, trust.now, sums[0].task.tokenKey);
  if (token === null) return { state: "on", next: "token" };
  try {
    const made = await reportOf({ keys: sealKeysOf(trust.now), sums, token, fill: edges.fill });
    const body = encodeReport(made);
    const entry: SentReport = {
      id: toHex(made.id),
      atMs: edges.nowMs(),
      bytes: body.length,
      sha256: await sha256Hex(body),
      sums: sums.map(entrySumOf),
    };
    if (!allowed()) return { state: "failed" };
    const basedOn = sums.flatMap((sum) => sum.basedOn ?? []);
    const begun = await ledger.begin({ entry, body, basedOn, lookedAtMs, plan });
    const isThrough = begun === null || (await sent(parts, trust, { entry: begun, body }));
    return { state: isThrough ? "reported" : "failed" };
  } catch (cause) {
    told(parts, cause);
    return { state: "failed" };
  }
}

/** The token that a report needs, which may be none (no bytes); null while the device has to wait for one. */
async function takeToken(
  { wallet }: ContributeParts,
  trust: Trusted,
  tokenKey: string | null,
): Promise<Uint8Array | null> {
  return tokenKey === null ? new Uint8Array(0) : wallet(await issuerOf(trust, tokenKey)).take(tokenKey);
}

/** Whether a report is through: every sum of it has an outcome. Never rejects. */
async function sent(parts: ContributeParts, trust: CurrentTrust, pending: PendingReport): Promise<boolean> {
  try {
    await send(parts, trust, pending);
    return !(await parts.ledger.isWaiting(pending.entry.id));
  } catch (cause) {
    told(parts, cause);
    return false;
  }
}

/**
 * Without an answer that can be read (offline, an overloaded server) the entry stays as it is, to be sent
 * again.
 */
async function send(
  parts: ContributeParts,
  trust: CurrentTrust,
  { entry, body }: PendingReport,
): Promise<void> {
  const { notify, ledger, allowed } = parts;
  // Consent may have been taken back, here or in another tab, while this one waited for its turn.
  if (!(allowed() && (await ledger.isWaiting(entry.id)))) return withdraw(parts);
  notify({ type: "report", report: entry });
  const answered = await deliver(parts, body, trust).catch((cause) => {
    // Its own end by consent taken back is no failure.
    if (allowed()) throw cause;
    return null;
  });
  // An answer that came all the same does not count any more: it stays withdrawn.
  if (answered === null || !allowed()) return withdraw(parts);
  const settled = await ledger.settle(entry, answered);
  if (settled !== null) notify({ type: "report", report: settled });
}

/** What was written down after consent had been taken back is withdrawn like all that waited then. */
async function withdraw({ ledger, notify, allowed }: ContributeParts): Promise<void> {
  if (allowed()) return;
  for (const report of await ledger.records.withdraw()) notify({ type: "report", report });
}
