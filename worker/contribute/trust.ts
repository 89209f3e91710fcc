/**
 * Whose word this browser takes: the tasks answer is believed only as far as it is signed.
 *
 *   site pins    -> the leader's identity (site key) signs plan, tasks and the leader's key list; the helper's identity
 *                   signs the helper's, which must be of the pinned origin
 *   without pins -> a server on a loopback address may name both identities itself (development); any other is refused
 *
 * So a leader can neither put itself in the helper's place nor change a task between two browsers. Assumes that Ed25519
 * (RFC 8032) is unforgeable and that the page that configures the pins is the site's own.
 */
import { fromHex } from "../../core/bytes.ts";
import { type PrivacyPlan, parsePlan } from "../../core/sum/plan.ts";
import { parseTask, type Task, type TaskId } from "../../core/tasks/task.ts";
import { type KeyList, parseKeyList } from "../../core/wire/keylist.ts";
import { isLoopbackHost } from "../../core/wire/loopback.ts";
import type { Aggregator } from "../../core/wire/protocol.ts";
import { bytesToSign, openSigned, type SignedDocument, type Verify } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Parties, Pins } from "../api.ts";
import { sha256Hex } from "../digest.ts";
import type { SealKeys } from "./report.ts";

/**
 * How far a device's clock and an aggregator's may be apart. Key lists live for days, so minutes free nobody
 * of much.
 */
export const clockSkewMs = 600_000;

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
}

/**
 * @throws {Error} when the site pins nobody, when this browser lacks Ed25519, or when a key list or the plan
 * does not hold.
 */
export async function trusted(answer: TasksAnswer, options: TrustOptions): Promise<Trusted> {
  const { pins, server, nowMs } = options;
  const identities = identitiesOf(answer, options);
  const [leader, helper] = await Promise.all([
    keyListOf("leader", answer, { identities, nowMs }),
    keyListOf("helper", answer, { identities, nowMs }),
  ]);
  const origin = helper.origin ?? new URL(server).origin;
  if (pins !== null && origin !== pins.helper) {
    throw new Error(`trust: the helper must be the pinned ${pins.helper}, got ${origin}`);
  }
  const plan = parsePlan((await vouched("plan", answer.plan, identities)).value);
  const opened = await Promise.allSettled(answer.tasks.map((task) => trustedTask(task, identities)));
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
 * Origin of the issuer whose key a task asks tokens of. It stands in a signed list, so that nobody can hand a device
 * tokens of a key of its own. The helper's list comes first: an issuer beside the leader could give itself tokens.
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

/** Verifies with the platform's Ed25519. @throws {Error} where it has none. */
export const platformVerify: Verify = async ({ key, signature, bytes }) => {
  const algorithm = "Ed25519";
  // Copies: WebCrypto does not take views of shared memory, and the type of a view does not say which it is.
  const imported = await crypto.subtle
    .importKey("raw", new Uint8Array(key), algorithm, false, ["verify"])
    .catch((cause) => {
      const isMissing = cause instanceof Error && cause.name === "NotSupportedError";
      throw isMissing
        ? new Error(`trust: this browser must know ${algorithm} to contribute, got none`)
        : cause;
    });
  return crypto.subtle.verify(algorithm, imported, new Uint8Array(signature), bytes);
};

type Identities = TasksAnswer["identities"];

function identitiesOf({ identities }: TasksAnswer, { pins, server }: TrustOptions): Identities {
  if (pins === null) {
    if (isLoopback(server)) return identities;
    throw new Error(
      `trust: a site must pin who sums, with data-tacit-site-key, data-tacit-helper and data-tacit-helper-key, before a browser contributes to ${server}, got no pins`,
    );
  }
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

async function keyListOf(
  role: Aggregator,
  answer: TasksAnswer,
  { identities, nowMs }: { readonly identities: Identities; readonly nowMs: number },
): Promise<KeyList> {
  const signer = { key: identities[role], verify: platformVerify };
  const list = parseKeyList(await openSigned("keys", answer[role], signer));
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

async function trustedTask(signed: SignedDocument, identities: Identities): Promise<TrustedTask> {
  const { value, id } = await vouched("task", signed, identities);
  return { task: parseTask(value), taskId: id };
}

/**
 * A document that sums rest on, and its id. Every one passes here: what makes it the same for all browsers is
 * checked in this place. Today that is the leader's signature alone, so a leader can still sign each device a
 * task of its own.
 */
async function vouched(
  kind: "task" | "plan",
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
