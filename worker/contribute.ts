/**
 * Answers the server's tasks, each at most once: tasks -> contribution -> report -> ledger -> POST.
 *
 * The same requests are made whatever the person likes. The report is in the ledger, byte for byte, before it is sent;
 * without an answer it is sent again as it is, and the server counts a report id once.
 */
import { toHex } from "../core/bytes.ts";
import { encodeReport, parseReportAnswer, parseTasksAnswer, type TasksAnswer } from "../core/protocol.ts";
import { blocksLeft } from "../core/schedule.ts";
import { told } from "../core/sum/spending.ts";
import { blocksOf, rhoOf, type Task } from "../core/sum/task.ts";
import type { Pins, SentReport } from "./api.ts";
import type { Bundles } from "./bundles.ts";
import { sha256Hex } from "./digest.ts";
import type { Edges, Notify } from "./edges.ts";
import { troubleOf } from "./edges.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { blockContribution, likedItems } from "./likes.ts";
import { limitsFor, requireWithin } from "./limits.ts";
import type { Model } from "./model.ts";
import { reportOf, type SealKeys } from "./report.ts";
import { sealKeysOf, type TrustedTask, trusted } from "./trust.ts";
import { uniformBelow } from "./uniform.ts";

const requestLimitMs = 60_000;

export interface ContributeParts {
  readonly server: string;
  readonly pins: Pins | null;
  readonly edges: Edges;
  readonly notify: Notify;
  readonly bundles: Bundles;
  readonly journal: Journal;
  readonly ledger: Ledger;
  /** Asked again before each report: consent may be taken back while a request is under way. */
  readonly allowed: () => boolean;
}

/** Sends again what got no answer, then answers the open tasks. Never rejects for what the network or server does. */
export async function contribute(parts: ContributeParts): Promise<void> {
  const { bundles, ledger, notify, allowed } = parts;
  try {
    await bundles.settled();
    for (const { entry, body } of await ledger.pending()) {
      if (allowed()) await send(parts, entry, body);
    }
    if (!allowed()) return;
    const believed = await trusted(await fetchTasks(parts), { ...parts, nowMs: parts.edges.nowMs() });
    for (const cause of believed.refused) notify(troubleOf("contribute", cause));
    const answered = await ledger.answeredTasks();
    for (const { task, taskId } of believed.tasks) {
      if (answered.has(taskId) || task.bundle !== bundles.current?.id) continue;
      const open = { task, taskId, keys: sealKeysOf(believed), model: bundles.current };
      // A task this browser refuses does not stand in the way of the next.
      await answer(parts, open).catch((cause) => notify(troubleOf("contribute", cause)));
    }
  } catch (cause) {
    notify(troubleOf("contribute", cause));
  }
}

interface OpenTask extends TrustedTask {
  readonly keys: SealKeys;
  readonly model: Model;
}

async function answer(parts: ContributeParts, open: OpenTask): Promise<void> {
  const { edges, journal, ledger, allowed } = parts;
  const { task, taskId, keys, model } = open;
  requireWithin(limitsFor(parts.server), task, edges.nowMs());
  requireFit(task, model);
  const liked = likedItems(model, await journal.events(), edges.nowMs());
  if (liked === null) return;
  const left = blocksLeft(await ledger.blockHistory(task.kind), blocksOf(task));
  const block = left[uniformBelow(left.length, edges.fill)];
  const contribution = blockContribution(task, model, liked, block);
  const token = new Uint8Array(0);
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
  if (begun !== null) await send(parts, begun, body);
}

function requireFit({ items, dim }: Task, { bundle }: Model): void {
  if (items !== bundle.items || dim !== bundle.factorDim) {
    throw new RangeError(
      `task: items x dim must be the bundle's ${bundle.items} x ${bundle.factorDim}, got ${items} x ${dim}`,
    );
  }
}

async function fetchTasks({ server, edges }: ContributeParts): Promise<TasksAnswer> {
  const response = await edges.fetch(`${server}/v1/tasks`, {
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal: AbortSignal.timeout(requestLimitMs),
  });
  if (response.status !== 200) throw new Error(`GET /v1/tasks: expected status 200, got ${response.status}`);
  return parseTasksAnswer(await response.json());
}

/** Without an answer that can be read (offline, an overloaded server) the entry stays as it is, to be sent again. */
async function send(parts: ContributeParts, entry: SentReport, body: Uint8Array): Promise<void> {
  const { server, edges, notify, ledger } = parts;
  notify({ type: "report", report: entry });
  const response = await edges.fetch(`${server}/v1/reports`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(body),
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal: AbortSignal.timeout(requestLimitMs),
  });
  const isAnswer = response.status < 500 && response.status !== 429;
  if (!isAnswer) throw new Error(`POST /v1/reports: expected an answer, got status ${response.status}`);
  const answer = parseReportAnswer(await response.json());
  const settled: SentReport =
    answer.state === "refused"
      ? { ...entry, state: "refused", why: answer.why }
      : { ...entry, state: "accepted" };
  if (await ledger.settle(settled)) notify({ type: "report", report: settled });
}
