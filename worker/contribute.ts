/**
 * Answers the server's tasks, each at most once: tasks -> contribution -> report -> ledger -> POST.
 *
 * The same requests are made whatever the person likes. The report is in the ledger, byte for byte, before it is sent;
 * without an answer it is sent again as it is, and the server counts a report id once.
 */
import { toHex } from "../core/bytes.ts";
import { contributionOf } from "../core/contribution.ts";
import type { TacitEvent } from "../core/event.ts";
import { foldIn } from "../core/foldin.ts";
import { encodeReport, parseReportAnswer, parseTasksAnswer, type TasksAnswer } from "../core/protocol.ts";
import { blocksLeft } from "../core/schedule.ts";
import { clipBeforeRounding } from "../core/sum/fixedpoint.ts";
import { blocksOf, type Task, type TaskId, taskIdOf, vectorLengthOf } from "../core/sum/task.ts";
import { eventWeights, tastesOf } from "../core/tastes.ts";
import type { SentReport } from "./api.ts";
import type { Bundles } from "./bundles.ts";
import { sha256, sha256Hex } from "./digest.ts";
import type { Edges, Notify } from "./edges.ts";
import { troubleOf } from "./edges.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Model } from "./model.ts";
import { knownTastes } from "./profile.ts";
import { reportOf } from "./report.ts";
import { uniformBelow } from "./uniform.ts";

/** The least a task must promise, whatever the server says. Compiled in, so that no server can talk it down. */
export const taskFloor = { minBatch: 10 } as const;

/** One item says little about taste and much about the person: fewer liked items than this are not contributed. */
const fewestLikedItems = 2;

const requestLimitMs = 60_000;

export interface ContributeParts {
  readonly server: string;
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
    const { tasks, keys } = await fetchTasks(parts);
    const answered = await ledger.answeredTasks();
    for (const task of tasks) {
      const taskId = await taskIdOf(task, sha256);
      if (answered.has(taskId) || task.bundle !== bundles.current?.id) continue;
      const open = { task, taskId, keys, model: bundles.current };
      // A task this browser refuses does not stand in the way of the next.
      await answer(parts, open).catch((cause) => notify(troubleOf("contribute", cause)));
    }
  } catch (cause) {
    notify(troubleOf("contribute", cause));
  }
}

interface OpenTask {
  readonly task: Task;
  readonly taskId: TaskId;
  readonly keys: TasksAnswer["keys"];
  readonly model: Model;
}

async function answer(parts: ContributeParts, open: OpenTask): Promise<void> {
  const { edges, journal, ledger, allowed } = parts;
  const { task, taskId, keys, model } = open;
  requireFloor(task);
  requireFit(task, model);
  const liked = likedItems(model, await journal.events(), edges.nowMs());
  if (liked === null) return;
  const left = blocksLeft(await ledger.blockHistory(task.kind), blocksOf(task));
  const block = left[uniformBelow(left.length, edges.fill)];
  const contribution = blockContribution(task, model, liked, block);
  const report = await reportOf({ task, taskId, keys, block, contribution, fill: edges.fill });
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
    state: "sending",
  };
  if (!allowed() || !(await ledger.begin({ entry, body, basis: liked.basis }))) return;
  await send(parts, entry, body);
}

interface LikedItems {
  readonly items: readonly number[];
  readonly weights: readonly number[];
  /** Id of the newest event behind them. */
  readonly basis: string;
}

/** What the person likes of this bundle's items; null when it is too little. */
function likedItems(model: Model, events: readonly TacitEvent[], nowMs: number): LikedItems | null {
  const weighed = eventWeights(events, { nowMs });
  const wanted = new Map([...tastesOf(weighed)].filter(([, weight]) => weight > 0));
  const liked = knownTastes(model, wanted);
  const basis = weighed.findLast(({ item }) => wanted.has(item) && model.rowOf.has(item));
  return basis === undefined || liked.items.length < fewestLikedItems
    ? null
    : { ...liked, basis: basis.event.id };
}

function blockContribution(task: Task, model: Model, liked: LikedItems, block: number): Float64Array {
  const { alpha0, lambda, fractionBits } = task;
  const { userVector } = foldIn({ ...model.factors, alpha0, lambda }, liked);
  const clipL2 = clipBeforeRounding({ clipL2: task.clipL2, length: vectorLengthOf(task), fractionBits });
  const { rows: factors } = model.factors;
  return contributionOf({ ...task, clipL2, factors, block, userVector, ...liked }).values;
}

function requireFloor({ minBatch }: Task): void {
  if (minBatch < taskFloor.minBatch) {
    throw new RangeError(
      `task: minBatch must be at least ${taskFloor.minBatch} for this browser, got ${minBatch}`,
    );
  }
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
