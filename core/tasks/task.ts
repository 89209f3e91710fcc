/**
 * A task: a vector that the server wants summed, with everything that browser and both aggregators must agree
 * on. Its id is the hash of its canonical JSON, so nobody can disagree on minBatch or noise and share an id
 * (the rule of DAP's taskprov, draft-ietf-ppm-dap-taskprov).
 *
 * Aggregators read lengths and costs and never look into `settings`, which are the kind's (kind.ts). A
 * browser that knows the kind checks that both say the same.
 */
import * as v from "valibot";
import { toHex } from "../bytes.ts";
import { asciiJson, type Json } from "../json.ts";
import { clipBeforeRounding, maxReportsWithoutOverflow } from "../sum/fixedpoint.ts";
import { laneChoices } from "../sum/lanes.ts";
import { issueText } from "../wire/issues.ts";
import { bytesToSign } from "../wire/signed.ts";
import type { TaskKind } from "./kind.ts";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

export const taskVersion = 3;

/** Most that anybody takes. */
export const taskLimits = { length: 4_194_304, blocks: 65_536, fractionBits: 24 } as const;

const taskSchema = v.object({
  version: v.literal(taskVersion),
  kind: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)),
  /** What the kind asks; opaque to the aggregators. */
  settings: v.record(v.string(), v.unknown()),
  /** Number that makes each task of a kind another. */
  round: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Numbers in a report's vector. */
  length: v.pipe(count, v.maxValue(taskLimits.length)),
  blocks: v.pipe(count, v.maxValue(taskLimits.blocks)),
  /** Largest L2 norm of a report's vector, in its own units: what the noise is calibrated to. */
  sensitivity: positive,
  /**
   * Standard deviation (not variance) of each aggregator's noise, in the units of the vector; 0 adds none.
   */
  sigma: v.pipe(v.number(), v.finite(), v.minValue(0)),
  fractionBits: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(taskLimits.fractionBits)),
  minBatch: count,
  maxBatch: count,
  /** Sums that a block's reports are spread over, each with the whole noise; see core/sum/lanes.ts. */
  lanes: v.picklist(laneChoices),
  /** SHA-256 of the leader's secret that spreads them, in hex. */
  laneCommitment: hex32,
  /**
   * SHA-256 of the token issuer's public key (RFC 9578, token_key_id) in hex; null: a report needs no token.
   */
  tokenKey: v.nullable(hex32),
  /** Milliseconds since the Unix epoch; from then on nobody answers the task. */
  expiresAtMs: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

export type Task = v.InferOutput<typeof taskSchema>;

/** Hex SHA-256 of what is signed. */
export type TaskId = string;

export type Sha256 = (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * Keys that it does not know are ignored. @throws {TypeError | RangeError} naming the field that is wrong, or
 * the bound that does not hold.
 */
export function parseTask(value: unknown): Task {
  const parsed = v.safeParse(taskSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseTask", parsed.issues[0]));
  const task = parsed.output;
  if (task.maxBatch < task.minBatch) {
    throw new RangeError(
      `parseTask: maxBatch must be at least minBatch ${task.minBatch}, got ${task.maxBatch}`,
    );
  }
  // Throws where rounding alone could lift a vector over the sensitivity.
  clipBeforeRounding({ clipL2: task.sensitivity, length: task.length, fractionBits: task.fractionBits });
  const most = maxReportsWithoutOverflow({
    largest: task.sensitivity,
    fractionBits: task.fractionBits,
    sigma: integerSigmaOf(task),
  });
  if (task.maxBatch > most) {
    throw new RangeError(
      `parseTask: maxBatch must be at most ${most} so that no sum wraps, got ${task.maxBatch}`,
    );
  }
  return task;
}

/**
 * A kind's settings, keys that it does not know left out.
 *
 * @throws {TypeError} naming the field that is wrong.
 */
export function parseSettings<Settings>({ name, schema }: TaskKind<Settings>, value: unknown): Settings {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw new TypeError(issueText(name, parsed.issues[0]));
  return parsed.output;
}

/**
 * The settings of a task, as its kind reads them.
 *
 * @throws {TypeError | RangeError} when they are not of the kind's form, or the task says another length,
 * number of blocks or a smaller sensitivity than follows from them: then its cost would be more than it says.
 */
export function settingsOf<Settings>(task: Task, kind: TaskKind<Settings>): Settings {
  if (task.kind !== kind.name) {
    throw new TypeError(`settingsOf: kind must be ${kind.name}, got ${task.kind}`);
  }
  const settings = parseSettings(kind, task.settings);
  const { length, blocks, sensitivity } = kind.layoutOf(settings);
  if (task.length !== length || task.blocks !== blocks || !(task.sensitivity >= sensitivity)) {
    throw new RangeError(
      `settingsOf: ${kind.name} must have length ${length}, blocks ${blocks}, sensitivity at least ${sensitivity}, got ${task.length}, ${task.blocks}, ${task.sensitivity}`,
    );
  }
  return settings;
}

/** The task as JSON: what is signed, and what its id is the hash of. */
export function taskJson(task: Task): Json {
  return JSON.parse(JSON.stringify(task));
}

export async function taskIdOf(task: Task, sha256: Sha256): Promise<TaskId> {
  return toHex(await sha256(bytesToSign("task", asciiJson(taskJson(task)))));
}

/** Standard deviation (not variance) of each aggregator's noise, in integer units. */
export function integerSigmaOf({ sigma, fractionBits }: Pick<Task, "sigma" | "fractionBits">): number {
  return sigma * 2 ** fractionBits;
}

/**
 * zCDP cost of one report, counting one honest aggregator's noise: sensitivity^2 / (2 sigma^2); infinite
 * without noise. Unit: one report; adjacency: its vector becomes zeros, who took part is public.
 */
export function rhoOf({ sensitivity, sigma }: Pick<Task, "sensitivity" | "sigma">): number {
  return sensitivity ** 2 / (2 * sigma * sigma);
}
