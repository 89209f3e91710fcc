/**
 * Answers the server's tasks, each at most once: tasks -> contributions -> report -> ledger -> door.
 *
 * The same is asked of the server whatever the person did. The report is in the ledger, byte for byte, before
 * it is sent; without an answer it is sent again as it is, and the server counts a report id once.
 */
import { toHex } from "../../core/bytes.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { encodeReport } from "../../core/wire/report.ts";
import type { Pins, SentReport } from "../api.ts";
import { sha256Hex } from "../digest.ts";
import { type CurrentTrust, deliver, fetchLog, fetchTasks, type Sender } from "../door/door.ts";
import { deviceLocalTime, type Notify, troubleOf } from "../edges.ts";
import type { Journal } from "../events/journal.ts";
import { issuerOf, sealKeysOf, type Trusted, trusted } from "../trust/trust.ts";
import type { SeenLog } from "../trust/vouched.ts";
import { type DueSum, dueSums, entrySumOf, type OpenTask, openTasks, reportsFor } from "./due.ts";
import type { AnyContributor, Device, Factors } from "./kinds/contributor.ts";
import type { Ledger, PendingReport } from "./ledger.ts";
import { limitsFor, requirePlanWithin } from "./limits.ts";
import { reportOf } from "./report.ts";
import type { Wallet } from "./wallet.ts";

/** What this device has downloaded to compute on. */
export interface Downloads {
  /** Resolves when no download is under way. */
  readonly settled: () => Promise<void>;
  readonly factors: () => Factors | null;
}

export interface ContributeParts extends Sender {
  readonly pins: Pins | null;
  readonly notify: Notify;
  readonly downloads: Downloads;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly logs: SeenLog;
  /** The kinds of sums that this browser takes part in. */
  readonly contributors: readonly AnyContributor[];
  /** The device's tokens of an issuer, named by its origin. */
  readonly wallet: (issuer: string) => Wallet;
  /**
   * Whether consent holds as it did when this began. False for good once it was taken back or everything was
   * erased, even if it was given again since.
   */
  readonly allowed: () => boolean;
  /** Called with the site's privacy plan once it is trusted. */
  readonly onPlan: (plan: PrivacyPlan) => void;
}

/**
 * Sends again what got no answer, then answers the open tasks. Never rejects for what the network or server
 * does.
 */
export async function contribute(parts: ContributeParts): Promise<void> {
  const { edges, contributors, downloads, ledger, notify, allowed, onPlan } = parts;
  const report = (cause: unknown): void => notify(troubleOf("contribute", cause));
  try {
    await downloads.settled();
    const trust: CurrentTrust = { now: await askTrust(parts), refetch: () => askTrust(parts) };
    onPlan(trust.now.plan);
    for (const cause of trust.now.refused) report(cause);
    // What stops one report does not stand in the way of the next, here and below.
    for (const pending of await ledger.pending()) {
      if (allowed()) await send(parts, trust, pending).catch(report);
    }
    const limits = limitsFor(parts.server);
    requirePlanWithin(limits, trust.now.plan);
    const open = await openTasks(trust.now, { ledger, contributors, limits, nowMs: edges.nowMs(), report });
    const fillable = await filling(parts, trust.now, open, report);
    const device = await deviceOf(parts);
    const due = await dueSums(fillable, { ledger, device, plan: trust.now.plan, report });
    for (const sums of reportsFor(due, limits.reportBytes)) {
      if (!allowed()) return;
      await answer(parts, trust, sums).catch(report);
    }
  } catch (cause) {
    report(cause);
  }
}

async function askTrust(parts: ContributeParts): Promise<Trusted> {
  const answer = await fetchTasks(parts);
  const { pins, server, logs, edges } = parts;
  return trusted(answer, { pins, server, logs, nowMs: edges.nowMs(), wholeLog: () => fetchLog(parts) });
}

async function deviceOf({ edges, journal, downloads }: ContributeParts): Promise<Device> {
  const { localTimeOf = deviceLocalTime, fill } = edges;
  return {
    events: await journal.events(),
    factors: downloads.factors(),
    nowMs: edges.nowMs(),
    localTimeOf,
    fill,
  };
}

/**
 * Begins to fetch the tokens that open tasks ask for, whether or not there is anything to report, so that
 * fetching says nothing of it. Returns the tasks whose tokens, if any, come from an issuer in a key list.
 */
async function filling(
  { wallet, notify, allowed }: ContributeParts,
  trust: Trusted,
  open: readonly OpenTask[],
  report: (cause: unknown) => void,
): Promise<readonly OpenTask[]> {
  const keysOf = new Map<string, Set<string>>();
  const fillable: OpenTask[] = [];
  for (const one of open) {
    const { tokenKey } = one.task;
    try {
      if (tokenKey !== null) {
        const issuer = await issuerOf(trust, tokenKey);
        keysOf.set(issuer, (keysOf.get(issuer) ?? new Set()).add(tokenKey));
      }
      fillable.push(one);
    } catch (cause) {
      report(cause);
    }
  }
  for (const [issuer, keys] of keysOf) {
    // Not waited for: it takes its time, so that no report follows from it.
    void wallet(issuer)
      .refill([...keys], allowed)
      .catch((cause) => notify(troubleOf("tokens", cause)));
  }
  return fillable;
}

/** Makes one report of sums that ask for the same token, writes it down and sends it. */
async function answer(parts: ContributeParts, trust: CurrentTrust, sums: readonly DueSum[]): Promise<void> {
  const { edges, ledger, allowed } = parts;
  const { plan } = trust.now;
  const token = await takeToken(parts, trust.now, sums[0].task.tokenKey);
  if (token === null) return;
  const made = await reportOf({ keys: sealKeysOf(trust.now), sums, token, fill: edges.fill });
  const body = encodeReport(made);
  const entry: SentReport = {
    id: toHex(made.id),
    atMs: edges.nowMs(),
    bytes: body.length,
    sha256: await sha256Hex(body),
    sums: sums.map(entrySumOf),
  };
  if (!allowed()) return;
  const basedOn = sums.map((sum) => sum.basedOn);
  const begun = await ledger.begin({ entry, body, basedOn, plan });
  if (begun !== null) await send(parts, trust, { entry: begun, body });
}

/** The token that a report needs, which may be none (no bytes); null while the device has to wait for one. */
async function takeToken(
  { wallet, edges }: ContributeParts,
  trust: Trusted,
  tokenKey: string | null,
): Promise<Uint8Array | null> {
  if (tokenKey === null) return new Uint8Array(0);
  const tokens = wallet(await issuerOf(trust, tokenKey));
  const token = await tokens.take(tokenKey);
  if (token === null && (await tokens.isOverdue(edges.nowMs()))) {
    throw new Error("tokens: expected the issuer to give one within a day of asking, got none");
  }
  return token;
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
  const answered = await deliver(parts, body, trust);
  if (answered === null) return withdraw(parts);
  const settled = await ledger.settle(entry, answered);
  if (settled !== null) notify({ type: "report", report: settled });
}

/** What was written down after consent had been taken back is withdrawn like all that waited then. */
async function withdraw({ ledger, notify, allowed }: ContributeParts): Promise<void> {
  if (allowed()) return;
  for (const report of await ledger.withdraw()) notify({ type: "report", report });
}
