/**
 * A task: a named vector layout that the server wants summed, with everything both aggregators and the browser must
 * agree on. Its id is the hash of its canonical JSON, so nobody can disagree on minBatch or noise and share an id
 * (the rule of DAP's taskprov, draft-ietf-ppm-dap-taskprov).
 */
import * as v from "valibot";
import { toHex } from "../bytes.ts";
import { canonicalJson } from "../json.ts";
import { maxReportsWithoutOverflow } from "../sum/fixedpoint.ts";
import { issueText } from "../wire/issues.ts";
import { bytesToSign } from "../wire/signed.ts";
import { contributionLayout, sensitivityOf } from "./itemfactors/contribution.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));

const taskSchema = v.strictObject({
  kind: v.literal("item-factors"),
  /** Content hash of the bundle whose factors the contribution is computed on. */
  bundle: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  round: v.pipe(v.number(), v.integer(), v.minValue(0)),
  items: count,
  dim: count,
  blockSize: count,
  alpha0: positive,
  lambda: positive,
  clipL2: positive,
  countScale: positive,
  weightScale: positive,
  fractionBits: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24)),
  minBatch: count,
  maxBatch: count,
  /** Standard deviation of each aggregator's noise as a multiple of clipL2; 0 adds none. */
  noiseMultiplier: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** Most buckets that a batch is summed in, each with the whole noise; see core/sum/buckets.ts. */
  buckets: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
  /** SHA-256 of the token issuer's public key (RFC 9578, token_key_id) in hex; null: a report needs no token. */
  tokenKey: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
  /** Milliseconds since the Unix epoch; from then on nobody answers the task or sums for it. */
  expiresAtMs: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

export type Task = v.InferOutput<typeof taskSchema>;

/** Hex SHA-256 of the canonical task. */
export type TaskId = string;

export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>;

/** @throws {TypeError | RangeError} naming the field that is wrong, or the bound that does not hold. */
export function parseTask(value: unknown): Task {
  const parsed = v.safeParse(taskSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseTask", parsed.issues[0]));
  const task = parsed.output;
  if (task.maxBatch < task.minBatch) {
    throw new RangeError(
      `parseTask: maxBatch must be at least minBatch ${task.minBatch}, got ${task.maxBatch}`,
    );
  }
  const most = maxReportsWithoutOverflow({
    largest: Math.max(task.clipL2, task.weightScale),
    fractionBits: task.fractionBits,
    sigma: sigmaOf(task),
  });
  if (task.maxBatch > most) {
    throw new RangeError(
      `parseTask: maxBatch must be at most ${most} so that no sum wraps, got ${task.maxBatch}`,
    );
  }
  return task;
}

export async function taskIdOf(task: Task, sha256: Sha256): Promise<TaskId> {
  return toHex(await sha256(bytesToSign("task", canonicalJson(task))));
}

export function blocksOf({ items, blockSize }: Pick<Task, "items" | "blockSize">): number {
  return Math.ceil(items / blockSize);
}

/** Numbers in a report's vector. */
export function vectorLengthOf(task: Task): number {
  return contributionLayout(task).length;
}

/** Standard deviation (not variance) of each aggregator's noise, in integer units. */
export function sigmaOf({
  noiseMultiplier,
  clipL2,
  fractionBits,
}: Pick<Task, "noiseMultiplier" | "clipL2" | "fractionBits">): number {
  return noiseMultiplier * clipL2 * 2 ** fractionBits;
}

/**
 * zCDP cost of one report, counting one honest aggregator's noise: sensitivity^2 / (2 sigma^2); infinite without noise.
 * Unit: one report; adjacency: leave one report out, batch size public.
 */
export function rhoOf(task: Pick<Task, "clipL2" | "weightScale" | "noiseMultiplier">): number {
  const sigma = task.noiseMultiplier * task.clipL2;
  return sensitivityOf(task) ** 2 / (2 * sigma * sigma);
}
