/**
 * The server's settings: a JSON file, then environment variables over it, parsed once. Every key has a default, so the
 * file is optional. `round.minBatch` in the file is TACIT_ROUND_MIN_BATCH in the environment. Paths are relative to the
 * directory the command is run in.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { messageOf, nearestTo, OperatorError } from "./operatorerror.ts";

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const atLeast0 = v.pipe(v.number(), v.finite(), v.minValue(0));

/** An origin as browsers send it, or "*". */
const origin = v.pipe(
  v.string(),
  v.check(
    (value) => value === "*" || (URL.canParse(value) && new URL(value).origin === value),
    "an origin such as https://shop.example",
  ),
);

const sections = {
  catalogue: v.strictObject({
    /** Numbers per content vector. */
    contentDim: v.optional(count, 256),
    /** So many of the newest bundles are kept, the one in force always. */
    keepBundles: v.optional(count, 30),
  }),
  /** What a task asks for; see core/sum/task.ts. */
  training: v.strictObject({
    dim: v.optional(count, 64),
    blockLimit: v.optional(count, 1024),
    alpha0: v.optional(positive, 0.3),
    lambda: v.optional(positive, 0.003),
    clipL2: v.optional(positive, 1),
    countScale: v.optional(positive, 0.1),
    weightScale: v.optional(positive, 0.25),
    fractionBits: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24)), 15),
    /** Standard deviation of each aggregator's noise as a multiple of clipL2; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
  }),
  /** When a round is over; see training/policy.ts. */
  round: v.strictObject({
    minBatch: v.optional(count, 50),
    maxBatch: v.optional(count, 20_000),
    batchSize: v.optional(count, 1_000),
    quietSeconds: v.optional(positive, 300),
    roundSeconds: v.optional(positive, 86_400),
  }),
  helper: v.strictObject({
    /** The helper's own floor: it sums no smaller batch, whatever a task says. */
    minBatch: v.optional(count, 10),
  }),
  /** How a candidate bundle is judged before it is published; see training/gate.ts. */
  gate: v.strictObject({
    /** CSV of people the operator may look at: user,item[,weight] or customer,item,role. */
    holdout: v.optional(text),
    k: v.optional(count, 20),
    /** Standard errors by which a candidate may seem worse and still be published. */
    margin: v.optional(atLeast0, 1),
    /** At most this many people are looked at. */
    people: v.optional(count, 400),
  }),
  /** What one address, one connection and one request may take; see http/limits.ts. */
  limits: v.strictObject({
    /** A request's headers are complete within this, or the connection is cut. */
    headerSeconds: v.optional(positive, 10),
    /** The whole request is read within this. */
    requestSeconds: v.optional(positive, 60),
    /** A connection that asks nothing is kept so long, and an answer that nobody reads. */
    idleSeconds: v.optional(positive, 20),
    headerBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1024)), 16_384),
    connections: v.optional(count, 2_000),
    connectionsPerAddress: v.optional(count, 100),
    /** Requests of an address, of any kind; 0 sets no limit. */
    requestsPerMinute: v.optional(atLeast0, 600),
    /** Reports of an address; 0 sets no limit. */
    reportsPerMinute: v.optional(atLeast0, 60),
    /** Wrong admin tokens of an address, after which even the right one waits; 0 sets no limit. */
    adminFailuresPerMinute: v.optional(atLeast0, 10),
    /** Addresses that no rate limit counts: "loopback", or the address of a relay. */
    exempt: v.optional(v.array(text), ["loopback"]),
    /** Proxies in front that add to X-Forwarded-For. 0 believes the connection alone. */
    trustProxy: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)), 0),
  }),
  security: v.strictObject({
    /** Origins beside the server's own that the SDK's worker may reach: helper and relay. */
    connect: v.optional(v.array(origin), []),
    /** Strict-Transport-Security for so long; 0 sends none. For servers reached through https only. */
    hstsSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
  }),
  log: v.strictObject({
    /** "text" for a terminal, "json" for one JSON object a line. */
    format: v.optional(v.picklist(["text", "json"]), "text"),
    level: v.optional(v.picklist(["info", "warn", "error"]), "info"),
  }),
};

const configSchema = v.strictObject({
  host: v.optional(text, "127.0.0.1"),
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 8787),
  /** One directory for all state. */
  data: v.optional(text, "data"),
  /** Built site served at /. */
  site: v.optional(text),
  /** Built SDK served at /tacit/. */
  sdk: v.optional(text, fileURLToPath(new URL("../dist/sdk", import.meta.url))),
  /** Origins of sites whose pages may ask and report; "*" for any. */
  origins: v.optional(v.array(origin), ["*"]),
  /** Bearer token of /v1/admin, from the environment only; drawn when neither it nor its hash is given. */
  adminToken: v.optional(v.pipe(v.string(), v.minLength(16))),
  /** SHA-256 of the bearer token of /v1/admin, in hex. */
  adminTokenHash: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits"))),
  catalogue: v.optional(sections.catalogue, {}),
  training: v.optional(sections.training, {}),
  round: v.optional(sections.round, {}),
  helper: v.optional(sections.helper, {}),
  gate: v.optional(sections.gate, {}),
  limits: v.optional(sections.limits, {}),
  security: v.optional(sections.security, {}),
  log: v.optional(sections.log, {}),
});

/** Settings as the server holds them: of an admin token, only its hash. */
export type Config = Omit<v.InferOutput<typeof configSchema>, "adminToken">;

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

/** @throws {OperatorError} `who: key must be …, got …`, or the unknown key with the nearest known one. */
export function parseConfig(value: unknown, who = "config"): Config {
  const parsed = v.safeParse(configSchema, value, { abortPipeEarly: true });
  if (parsed.success) {
    const { adminToken, ...config } = parsed.output;
    return adminToken === undefined ? config : { ...config, adminTokenHash: tokenHash(adminToken) };
  }
  throw new OperatorError(parsed.issues.map((issue) => issueLine(who, issue)).join("\n"));
}

/** What is kept of an admin token: its SHA-256, in hex. A drawn token has 256 bits, so that no slower hash is needed. */
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

/** Numbers arrive as text, lists with commas; everything else stays text. */
function fromText(value: string, key: string): unknown {
  if (["origins", "exempt", "connect"].includes(key)) return value.split(",").map((part) => part.trim());
  const textual = ["host", "data", "site", "sdk", "adminToken", "adminTokenHash", "holdout"];
  return textual.includes(key) || value.trim() === "" || Number.isNaN(Number(value)) ? value : Number(value);
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

function issueLine(who: string, issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? []).map((step) => String(step.key));
  const where = path.join(".") || "the config";
  if (issue.expected === "never") {
    const section = path.length > 1 ? sectionEntries(path[0]) : configSchema.entries;
    const near = nearestTo(path.at(-1) ?? "", Object.keys(section));
    return `${who}: "${where}" is not a known key${near === undefined ? "" : `, did you mean "${[...path.slice(0, -1), near].join(".")}"?`}`;
  }
  const expected = ["check", "regex"].includes(issue.type) ? issue.message : (issue.expected ?? issue.type);
  // A secret that is not right yet is a secret all the same.
  const got = where.startsWith("adminToken") ? "another" : issue.received;
  return `${who}: ${where} must be ${expected}, got ${got}`;
}
