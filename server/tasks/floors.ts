/**
 * What a helper checks before it takes a task: whose it is, and that it stays within the helper's own floors, whatever the
 * leader wrote into it.
 */

import { messageOf } from "../../core/errors.ts";
import { parseTask, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { openSigned, type SignedDocument } from "../../core/wire/signed.ts";
import { verifyEd25519 } from "./keys/identity.ts";

/** Why the helper does not take a task. */
export type RegisterRefusal = "not-signed" | "malformed" | "below-floor" | "too-large" | "expired";

export type RegisterReply =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: RegisterRefusal; readonly detail: string };

/** What the helper insists on, whatever a task says. */
export interface HelperFloors {
  readonly minBatch: number;
  /** Standard deviation of each aggregator's noise as a multiple of the sensitivity. */
  readonly noiseMultiplier: number;
  /** Most numbers in a vector. */
  readonly vectorLength: number;
  /** Most numbers in one sum of each lane of each block: what the helper keeps of an open task. */
  readonly taskNumbers: number;
  /** Longest life of a task. */
  readonly taskDays: number;
  /** Whether a task must ask for tokens. */
  readonly tokens: boolean;
}

export const leastFloors: HelperFloors = {
  minBatch: 1,
  noiseMultiplier: 0,
  vectorLength: 262_144,
  taskNumbers: 268_435_456,
  taskDays: 60,
  tokens: false,
};

interface FloorOptions {
  /** Identity of the leader whose tasks are taken: Ed25519 public key in hex. */
  readonly leader: string;
  readonly floors: HelperFloors;
  /** Whether the helper can check tokens. */
  readonly knowsTokens: boolean;
  readonly nowMs: number;
}

type Taken = { readonly ok: true; readonly task: Task } | NotTaken;
type NotTaken = Extract<RegisterReply, { ok: false }>;

/** The task in a document, or why it is not taken. */
export async function taskWithinFloors(signed: SignedDocument, options: FloorOptions): Promise<Taken> {
  let value: unknown;
  try {
    value = await openSigned("task", signed, { key: options.leader, verify: verifyEd25519 });
  } catch (error) {
    return notTaken("not-signed", messageOf(error));
  }
  let task: Task;
  try {
    task = parseTask(value);
  } catch (error) {
    return notTaken("malformed", messageOf(error));
  }
  return faultOf(task, options) ?? { ok: true, task };
}

function faultOf(task: Task, { floors, knowsTokens, nowMs }: FloorOptions): NotTaken | null {
  const { length, sigma, sensitivity } = task;
  const numbers = length * task.blocks * task.lanes;
  const lastMs = nowMs + floors.taskDays * dayMs;
  if (task.minBatch < floors.minBatch) {
    return notTaken("below-floor", `minBatch must be at least ${floors.minBatch}, got ${task.minBatch}`);
  }
  // What a multiplication rounds off must not turn an honest task away.
  if (sigma < floors.noiseMultiplier * sensitivity * (1 - 1e-9)) {
    return notTaken(
      "below-floor",
      `sigma must be at least ${floors.noiseMultiplier} times sensitivity ${sensitivity}, got ${sigma}`,
    );
  }
  if (task.tokenKey === null && floors.tokens) {
    return notTaken("below-floor", "tokenKey must name an issuer's key, got null");
  }
  if (task.tokenKey !== null && !knowsTokens) {
    return notTaken("below-floor", "tokenKey must be null where the helper knows no issuer, got a key");
  }
  if (length > floors.vectorLength) {
    return notTaken("too-large", `a vector may have ${floors.vectorLength} numbers, got ${length}`);
  }
  if (numbers > floors.taskNumbers) {
    return notTaken("too-large", `all sums may have ${floors.taskNumbers} numbers, got ${numbers}`);
  }
  if (task.expiresAtMs <= nowMs) {
    return notTaken("expired", `expiresAtMs must lie ahead, got ${task.expiresAtMs}`);
  }
  if (task.expiresAtMs > lastMs) {
    return notTaken("below-floor", `expiresAtMs must be at most ${lastMs}, got ${task.expiresAtMs}`);
  }
  return null;
}

function notTaken(why: RegisterRefusal, detail: string): NotTaken {
  return { ok: false, why, detail };
}
