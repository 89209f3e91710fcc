/**
 * Whose word this browser takes: the tasks answer is believed only as far as it is signed, and plan and tasks
 * only where they are the newest of their sort in the helper's log (vouched.ts), as everybody's are.
 *
 *   site pins    -> the leader's identity (site key) signs plan, tasks and the leader's key list; the helper's identity
 *                   signs the helper's, which must be of the pinned origin
 *   without pins -> a server on a loopback address may name both identities itself (development); any other is refused
 *
 * So a leader can neither put itself in the helper's place nor give two browsers tasks that the helper did
 * not let follow each other. Assumes that the pinned helper does not work for the leader, that Ed25519 (RFC
 * 8032) is unforgeable and that the page that configures the pins is the site's own.
 */
import { fromHex } from "../../core/bytes.ts";
import { type PrivacyPlan, parsePlan } from "../../core/sum/plan.ts";
import { parseTask, type Task, type TaskId } from "../../core/tasks/task.ts";
import { type KeyList, type PublicKey, parseKeyList } from "../../core/wire/keylist.ts";
import type { VouchedKind } from "../../core/wire/log.ts";
import { isLoopbackHost } from "../../core/wire/loopback.ts";
import type { Aggregator } from "../../core/wire/protocol.ts";
import { bytesToSign, openSigned, type SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Parties, Pins, WorkerConfig } from "../api.ts";
import { sha256Hex } from "../digest.ts";
import { platformVerify } from "./ed25519.ts";
import { type SeenLog, type Vouched, vouchedBy } from "./vouched.ts";

/**
 * How far a device's clock and an aggregator's may be apart. Key lists live for days, so minutes free nobody
 * of much.
 */
export const clockSkewMs = 600_000;

/** The keys that shares are sealed to. */
export type SealKeys = Readonly<Record<Aggregator, PublicKey>>;

export interface TrustedTask {
  readonly task: Task;
  readonly taskId: TaskId;
}

/** What of a tasks answer holds. */
export interface Trusted {
  readonly leader: KeyList;
  readonly helper: KeyList;
  readonly plan: PrivacyPlan;
  /** At most one of a kind. */
  readonly tasks: readonly TrustedTask[];
  /** Why other tasks of the answer were not believed; they do not stand in the way of those that are. */
  readonly refused: readonly Error[];
}

export interface TrustOptions {
  readonly pins: Pins | null;
  readonly server: string;
  readonly nowMs: number;
  /** What this device saw of helpers' logs. */
  readonly logs: SeenLog;
  /** Asks for the helper's whole log. */
  readonly wholeLog: () => Promise<unknown>;
}

/**
 * @throws {Error} when the site pins nobody, when this browser lacks Ed25519, or when a key list, the
 * helper's log or the plan does not hold.
 */
export async function trusted(answer: TasksAnswer, options: TrustOptions): Promise<Trusted> {
  const { nowMs, logs, wholeLog } = options;
  const identities = identitiesOf(answer, options);
  const [leader, helper] = await Promise.all([
    keyListOf("leader", answer.leader, { identities, nowMs }),
    helperOf(answer, { ...options, identities }),
  ]);
  const vouched = await vouchedBy({
    tail: answer.log,
    list: helper,
    helper: identities.helper,
    store: logs,
    whole: wholeLog,
  });
  const plan = await trustedPlan(answer.plan, identities, vouched);
  const opened = await Promise.allSettled(answer.tasks.map((task) => trustedTask(task, identities, vouched)));
  const refused = opened.flatMap((result) => (result.status === "rejected" ? [asError(result.reason)] : []));
  const tasks = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return { leader, helper, plan, ...oneOfAKind(tasks, refused) };
}

/**
 * Two open tasks of a kind could ask for the same thing twice, or this device for another thing than others:
 * none is taken.
 */
function oneOfAKind(
  tasks: readonly TrustedTask[],
  refused: readonly Error[],
): Pick<Trusted, "tasks" | "refused"> {
  const countOf = new Map<string, number>();
  for (const { task } of tasks) countOf.set(task.kind, (countOf.get(task.kind) ?? 0) + 1);
  const twice = [...countOf].filter(([, count]) => count > 1);
  return {
    tasks: tasks.filter(({ task }) => countOf.get(task.kind) === 1),
    refused: [
      ...refused,
      ...twice.map(
        ([kind, count]) =>
          new Error(`trust: at most one task of a kind must be open, got ${count} of ${kind}`),
      ),
    ],
  };
}

/** The newest key of each aggregator: what a report is sealed to. */
export function sealKeysOf({ leader, helper }: Trusted): SealKeys {
  return { leader: leader.keys[0], helper: helper.keys[0] };
}

/**
 * Origin of the issuer whose key a task asks tokens of. It stands in a signed list, so that nobody can hand a
 * device tokens of a key of its own. The helper's list comes first: an issuer beside the leader could give
 * itself tokens.
 */
export async function issuerOf({ helper, leader }: Trusted, tokenKey: string): Promise<string> {
  for (const { issuer } of [helper, leader]) {
    for (const key of issuer?.keys ?? []) {
      if (issuer !== null && (await sha256Hex(fromHex(key))) === tokenKey) return new URL(issuer.url).origin;
    }
  }
  throw new RangeError(
    `trust: the task's token key must be an issuer's in a key list, got ${short(tokenKey)}, which is in none`,
  );
}

/** Development: a server on this very machine. */
export function isLoopback(server: string): boolean {
  return isLoopbackHost(new URL(server).hostname);
}

/** Who runs the two halves of the sum, as far as the site's configuration binds them; see `Parties`. */
export function partiesOf({ pins, server }: Pick<TrustOptions, "pins" | "server">): Parties {
  if (pins === null) return isLoopback(server) ? "one" : "none";
  const [leader, helper] = [new URL(server), new URL(pins.helper)];
  return leader.origin === helper.origin ? "one" : { leader: leader.host, helper: helper.host };
}

/** Likewise, as a site is configured. */
export function partiesIn({ server, pins }: Pick<WorkerConfig, "server" | "pins">): Parties {
  return partiesOf({ pins: pins ?? null, server });
}

type Identities = TasksAnswer["identities"];

/** Of those who must have signed. @throws {Error} when they are not whom the site pins, or it pins nobody. */
export function identitiesOf(
  { identities }: Pick<TasksAnswer, "identities">,
  { pins, server }: Pick<TrustOptions, "pins" | "server">,
): Identities {
  requirePins({ pins, server });
  if (pins === null) return identities;
  const pinned: Identities = { leader: pins.siteKey, helper: pins.helperKey };
  for (const who of ["leader", "helper"] as const) {
    if (identities[who] !== pinned[who]) {
      const attribute = who === "leader" ? "data-tacit-site-key" : "data-tacit-helper-key";
      throw new Error(
        `trust: the ${who}'s identity must be the ${attribute} ${short(pinned[who])}, got ${short(identities[who])}`,
      );
    }
  }
  return pinned;
}

/** @throws {Error} when nobody says who may sum: nothing needs to be asked to know it. */
export function requirePins({ pins, server }: Pick<TrustOptions, "pins" | "server">): void {
  if (pins !== null || isLoopback(server)) return;
  throw new Error(
    `trust: a site must pin who sums, with data-tacit-site-key, data-tacit-helper and data-tacit-helper-key, before a browser contributes to ${server}, got no pins`,
  );
}

/** The helper's key list. @throws {Error} when it is not in force, or not that of the pinned helper. */
export async function helperOf(
  { helper }: Pick<TasksAnswer, "helper">,
  {
    pins,
    server,
    nowMs,
    identities,
  }: Pick<TrustOptions, "pins" | "server" | "nowMs"> & { readonly identities: Identities },
): Promise<KeyList> {
  const list = await keyListOf("helper", helper, { identities, nowMs });
  const origin = list.origin ?? new URL(server).origin;
  if (pins !== null && origin !== pins.helper) {
    throw new Error(`trust: the helper must be the pinned ${pins.helper}, got ${origin}`);
  }
  return list;
}

async function keyListOf(
  role: Aggregator,
  signed: SignedDocument,
  { identities, nowMs }: { readonly identities: Identities; readonly nowMs: number },
): Promise<KeyList> {
  const signer = { key: identities[role], verify: platformVerify };
  const list = parseKeyList(await openSigned("keys", signed, signer));
  if (list.role !== role)
    throw new Error(`trust: the ${role}'s key list must be of role ${role}, got ${list.role}`);
  if (list.expiresAtMs + clockSkewMs <= nowMs) {
    throw new Error(
      `trust: the ${role}'s key list must be in force, got one that expired at ${time(list.expiresAtMs)}`,
    );
  }
  if (list.issuedAtMs - clockSkewMs > nowMs) {
    // Then nothing can be said of what has expired.
    throw new Error(
      `trust: the ${role}'s key list must not be of the future, got one issued at ${time(list.issuedAtMs)} while this device's clock says ${time(nowMs)}`,
    );
  }
  return list;
}

async function trustedPlan(
  signed: SignedDocument,
  identities: Identities,
  vouched: Vouched,
): Promise<PrivacyPlan> {
  const { value, id } = await openedDocument("plan", signed, identities);
  const plan = parsePlan(value);
  vouched.requireNewest({ kind: "plan", subject: "", id });
  return plan;
}

async function trustedTask(
  signed: SignedDocument,
  identities: Identities,
  vouched: Vouched,
): Promise<TrustedTask> {
  const { value, id } = await openedDocument("task", signed, identities);
  const task = parseTask(value);
  vouched.requireNewest({ kind: "task", subject: task.kind, id });
  return { task, taskId: id };
}

/**
 * A document that the leader signed, and its id. The signature alone does not make it everybody's: a leader
 * can sign each device one of its own. That it is the newest of its sort in the helper's log does.
 */
export async function openedDocument(
  kind: VouchedKind,
  signed: SignedDocument,
  { leader }: Identities,
): Promise<{ readonly value: unknown; readonly id: string }> {
  const value = await openSigned(kind, signed, { key: leader, verify: platformVerify });
  return { value, id: await sha256Hex(bytesToSign(kind, signed.document)) };
}

function short(key: string): string {
  return `${key.slice(0, 8)}…`;
}

function time(atMs: number): string {
  return new Date(atMs).toISOString();
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
