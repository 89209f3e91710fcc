/**
 * Answers the server's tasks, each at most once: tasks -> contribution -> report -> ledger -> door.
 *
 * The same requests are made whatever the person likes. The report is in the ledger, byte for byte, before it is sent;
 * without an answer it is sent again as it is, and the server counts a report id once.
 */
import { toHex } from "../../core/bytes.ts";
import { told } from "../../core/sum/spending.ts";
import { blocksLeft } from "../../core/tasks/itemfactors/schedule.ts";
import { blocksOf, rhoOf, type Task } from "../../core/tasks/task.ts";
import { encodeReport } from "../../core/wire/protocol.ts";
import type { Pins, SentReport } from "../api.ts";
import { sha256Hex } from "../digest.ts";
import { type Believed, type Door, deliver, fetchTasks } from "../door/door.ts";
import { type Notify, troubleOf } from "../edges.ts";
import type { Journal } from "../events/journal.ts";
import type { Editions } from "../rank/editions.ts";
import type { FactorsView } from "../rank/model.ts";
import type { Ledger } from "./ledger.ts";
import { blockContribution, likedItems } from "./likes.ts";
import { limitsFor, requireWithin } from "./limits.ts";
import { reportOf } from "./report.ts";
import { issuerOf, sealKeysOf, type Trusted, type TrustedTask, trusted } from "./trust.ts";
import { uniformBelow } from "./uniform.ts";
import type { Wallet } from "./wallet.ts";

export interface ContributeParts extends Door {
  readonly pins: Pins | null;
  readonly notify: Notify;
  readonly editions: Editions;
  readonly journal: Journal;
  readonly ledger: Ledger;
  /** The device's tokens of an issuer, named by its origin. */
  readonly wallet: (issuer: string) => Wallet;
  /** Asked again before each report: consent may be taken back while a request is under way. */
  readonly allowed: () => boolean;
}

/** Sends again what got no answer, then answers the open tasks. Never rejects for what the network or server does. */
export async function contribute(parts: ContributeParts): Promise<void> {
  const { editions, ledger, notify, allowed } = parts;
  try {
    await editions.settled();
    const believed: Believed = { now: await believe(parts), anew: () => believe(parts) };
    for (const cause of believed.now.refused) notify(troubleOf("contribute", cause));
    for (const { entry, body } of await ledger.pending()) {
      if (allowed()) await send(parts, believed, { entry, body });
    }
    const answered = await ledger.answeredTasks();
    for (const trustedTask of believed.now.tasks) {
      const { task, taskId } = trustedTask;
      if (!allowed()) return;
      const factors = editions.current?.factors ?? null;
      if (answered.has(taskId) || factors === null || task.bundle !== factors.id) continue;
      const open = { ...trustedTask, believed, factors };
      // A task this browser refuses does not stand in the way of the next.
      await answer(parts, open).catch((cause) => notify(troubleOf("contribute", cause)));
    }
  } catch (cause) {
    notify(troubleOf("contribute", cause));
  }
}

async function believe(parts: ContributeParts): Promise<Trusted> {
  const answer = await fetchTasks(parts);
  return trusted(answer, { ...parts, nowMs: parts.edges.nowMs() });
}

interface OpenTask extends TrustedTask {
  readonly believed: Believed;
  readonly factors: FactorsView;
}

async function answer(parts: ContributeParts, open: OpenTask): Promise<void> {
  const { edges, journal, ledger, allowed } = parts;
  const { task, taskId, believed, factors } = open;
  requireWithin(limitsFor(parts.server), task, edges.nowMs());
  requireFit(task, factors);
  // Whether or not there is anything to report, so that fetching tokens says nothing of it.
  const takeToken = await tokensFor(parts, open);
  const liked = likedItems(factors, await journal.events(), edges.nowMs());
  if (liked === null) return;
  const left = blocksLeft(await ledger.blockHistory(task.kind), blocksOf(task));
  const block = left[uniformBelow(left.length, edges.fill)];
  const contribution = blockContribution(task, factors, liked, block);
  await ledger.requireBudget(rhoOf(task), edges.nowMs());
  const token = await takeToken();
  if (token === null) return;
  const keys = sealKeysOf(believed.now);
  const report = await reportOf({ task, taskId, keys, block, contribution, token, fill: edges.fill });
  const body = encodeReport(report);
  const entry: SentReport = {
    id: toHex(report.id),
    task: taskId,
    taskKind: task.kind,
    round: task.round,
    block,
    atMs: edges.nowMs(),
    bytes: body.length,
    sha256: await sha256Hex(body),
    rho: told(rhoOf(task)),
    state: "sending",
  };
  if (!allowed()) return;
  const begun = await ledger.begin({ entry, body, basis: liked.basis });
  if (begun !== null) await send(parts, believed, { entry: begun, body });
}

/** Takes the token that a report on the task needs, which may be none (no bytes); null while the device has to wait for one. */
type TakeToken = () => Promise<Uint8Array | null>;

async function tokensFor(parts: ContributeParts, { task, believed }: OpenTask): Promise<TakeToken> {
  const { notify, allowed } = parts;
  const { tokenKey } = task;
  if (tokenKey === null) return async () => new Uint8Array(0);
  const wallet = parts.wallet(await issuerOf(believed.now, tokenKey));
  // Not waited for: it takes its time, so that no report follows from it.
  void wallet.refill(tokenKey, allowed).catch((cause) => notify(troubleOf("tokens", cause)));
  return async () => {
    const token = await wallet.take(tokenKey);
    if (token === null && (await wallet.isOverdue(parts.edges.nowMs()))) {
      throw new Error("tokens: expected the issuer to give one within a day of asking, got none");
    }
    return token;
  };
}

function requireFit({ items, dim }: Task, factors: FactorsView): void {
  if (items !== factors.count || dim !== factors.dim) {
    throw new RangeError(
      `task: items x dim must be the factors' ${factors.count} x ${factors.dim}, got ${items} x ${dim}`,
    );
  }
}

/** Without an answer that can be read (offline, an overloaded server) the entry stays as it is, to be sent again. */
async function send(
  parts: ContributeParts,
  believed: Believed,
  { entry, body }: { readonly entry: SentReport; readonly body: Uint8Array },
): Promise<void> {
  const { notify, ledger } = parts;
  notify({ type: "report", report: entry });
  const answered = await deliver(parts, body, believed);
  const settled: SentReport =
    answered.state === "refused"
      ? { ...entry, state: "refused", why: answered.why }
      : { ...entry, state: "accepted" };
  if (await ledger.settle(settled)) notify({ type: "report", report: settled });
}
