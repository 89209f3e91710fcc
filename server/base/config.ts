/**
 * The server's settings: a JSON file, then environment variables over it, parsed once. Every key has a
 * default, so the file is optional. `round.minBatch` in the file is TACIT_ROUND_MIN_BATCH in the environment.
 * Paths are relative to the directory the command is run in.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { messageOf, shortened } from "../../core/errors.ts";
import { contributionLayout } from "../../core/tasks/itemfactors/contribution.ts";
import { taskLimits } from "../../core/tasks/task.ts";
import { nearestTo, OperatorError } from "./operatorerror.ts";
import { type Config, configSchema, sections } from "./settings.ts";
import { longestTaskDays } from "./tasklives.ts";

export type { Config } from "./settings.ts";

export interface ConfigSources {
  /** Path of a JSON file. */
  readonly file?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Settings that win over file and environment: command line flags. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** @throws {OperatorError} naming the key, what was expected and what came. */
export function loadConfig({ file, env = {}, flags = {} }: ConfigSources): Config {
  const fromFile = file === undefined ? {} : readJsonObject(file);
  if ("adminToken" in fromFile) {
    throw new OperatorError(
      `${file}: adminToken must stand in no file: give adminTokenHash, or TACIT_ADMIN_TOKEN in the environment`,
    );
  }
  const merged = { ...withEnvironment(fromFile, env), ...flags };
  const config = parseConfig(merged, file ?? "config");
  return {
    ...config,
    data: resolve(config.data),
    ...(config.site === undefined ? {} : { site: resolve(config.site) }),
    sdk: resolve(config.sdk),
  };
}

/** Lines that one complaint has: a list may be wrong in thousands of places. */
const mostFaults = 20;

/** @throws {OperatorError} `who: key must be …, got …`, or the unknown key with the nearest known one. */
export function parseConfig(value: unknown, who = "config"): Config {
  const parsed = v.safeParse(configSchema, value, { abortPipeEarly: true });
  if (parsed.success) {
    const { adminToken, ...config } = parsed.output;
    requireOverlap(who, config);
    requireShortReports(who, config);
    requireLastingParts(who, config);
    return adminToken === undefined ? config : { ...config, adminTokenHash: tokenHash(adminToken) };
  }
  throw new OperatorError(
    parsed.issues
      .slice(0, mostFaults)
      .map((issue) => issueLine(who, issue))
      .join("\n"),
  );
}

/** A report may be made on the last day of a task with the oldest key that was given out for it. */
function requireOverlap(who: string, config: Config): void {
  const { keys, round } = config;
  const longest = longestTaskDays(config);
  if (keys.overlapDays > longest) return;
  const what = longest === round.taskDays ? "round.taskDays" : "the days that tasks live,";
  throw new OperatorError(
    `${who}: keys.overlapDays must be more than ${what} ${longest}, got ${keys.overlapDays}`,
  );
}

/** A report on a full block of items must be one that somebody takes. */
function requireShortReports(who: string, { training: { dim, blockLimit } }: Pick<Config, "training">): void {
  const { length } = contributionLayout({ dim, blockSize: blockLimit });
  if (length <= taskLimits.length) return;
  const beside = contributionLayout({ dim, blockSize: 0 }).length;
  const most = Math.floor((taskLimits.length - beside) / (dim + 1));
  throw new OperatorError(
    `${who}: training.blockLimit must be at most ${most} with training.dim ${dim}, got ${blockLimit}`,
  );
}

/**
 * Devices answer about a ranker with the parts that they held when its days began: those must stay in force until the
 * answers are there, or nobody can (docs/decisions/0044-a-crowd-teaches-the-ranker.md).
 */
function requireLastingParts(
  who: string,
  { ranker, training, pairs }: Pick<Config, "ranker" | "training" | "pairs">,
): void {
  if (!ranker.on) return;
  if (training.on) {
    throw new OperatorError(
      `${who}: training.on must be false where ranker.on is true, got true: each round on factors puts others in force`,
    );
  }
  const days = ranker.labelDays + ranker.answerDays;
  if (!pairs.on || pairs.days > days) return;
  throw new OperatorError(
    `${who}: pairs.days must be more than ranker.labelDays and ranker.answerDays together, ${days}, got ${pairs.days}`,
  );
}

/**
 * What is kept of an admin token: its SHA-256, in hex. A drawn token has 256 bits, so that no slower hash is
 * needed.
 */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Environment variable of each setting: path in the config -> TACIT_NAME. */
export function environmentNames(): ReadonlyMap<string, readonly string[]> {
  const paths = Object.entries(configSchema.entries).flatMap(([key]) =>
    key in sections ? Object.keys(sectionEntries(key)).map((inner) => [key, inner]) : [[key]],
  );
  return new Map(
    paths.map((path) => [
      `TACIT_${path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join("_")}`,
      path,
    ]),
  );
}

function sectionEntries(key: string): object {
  return Object.entries(sections).find(([name]) => name === key)?.[1].entries ?? {};
}

function withEnvironment(
  settings: Readonly<Record<string, unknown>>,
  env: NonNullable<ConfigSources["env"]>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...settings };
  for (const [name, path] of environmentNames()) {
    const value = env[name];
    if (value === undefined) continue;
    const [key, inner] = path;
    if (inner === undefined) merged[key] = fromText(value, key);
    else merged[key] = { ...objectOr(merged[key]), [inner]: fromText(value, inner) };
  }
  return merged;
}

const lists = ["origins", "exempt", "connect"];
const switches = ["required", "issue", "on"];
const texts = ["host", "data", "site", "sdk", "adminToken", "adminTokenHash", "holdout", "key", "since"];

/** Numbers arrive as text, lists with commas, switches as true or false; everything else stays text. */
function fromText(value: string, key: string): unknown {
  if (lists.includes(key)) return value.split(",").map((part) => part.trim());
  if (switches.includes(key) && ["true", "false"].includes(value)) return value === "true";
  return texts.includes(key) || value.trim() === "" || Number.isNaN(Number(value)) ? value : Number(value);
}

function objectOr(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

function readJsonObject(file: string): Record<string, unknown> {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw new OperatorError(`config: expected a readable file, got ${messageOf(error)}`);
  }
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new OperatorError(`${file}: expected JSON, got ${messageOf(error)}`);
  }
  throw new OperatorError(`${file}: expected a JSON object, got something else`);
}

/** Settings of earlier versions, and what took their place. */
const replaced: Readonly<Record<string, string>> = {
  "catalogue.keepBundles": "catalogue.keepEditions",
  "training.buckets": "training.lanes, a power of two: reports are spread over lanes as they come",
};

function issueLine(who: string, issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map((step) => String(step.key));
  const where = path.join(".") || "the config";
  if (issue.expected === "never") {
    if (where in replaced) return `${who}: "${where}" is no longer a key, use ${replaced[where]}`;
    const section = path.length > 1 ? sectionEntries(path[0]) : configSchema.entries;
    const near = nearestTo(path.at(-1) ?? "", Object.keys(section));
    return `${who}: "${shortened(where)}" is not a known key${near === undefined ? "" : `, did you mean "${[...path.slice(0, -1), near].join(".")}"?`}`;
  }
  const expected = ["check", "regex"].includes(issue.type) ? issue.message : (issue.expected ?? issue.type);
  // A secret that is not right yet is a secret all the same.
  const got = where.startsWith("adminToken") ? "another" : shortened(issue.received);
  return `${who}: ${shortened(where)} must be ${expected}, got ${got}`;
}
