/**
 * Every setting of the server: its form, its default and what it means. docs/OPERATING.md lists the same,
 * held by a test.
 */
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { modelLimits } from "../../core/model/limits.ts";
import { pairLimits } from "../../core/model/pairs.ts";
import { laneChoices } from "../../core/sum/lanes.ts";
import { mostReportsPer30Days } from "../../core/sum/plan.ts";
import { activityLimits } from "../../core/tasks/activity/kind.ts";
import { itemFactorsLimits } from "../../core/tasks/itemfactors/kind.ts";
import { placesLimits } from "../../core/tasks/places/kind.ts";
import { taskLimits } from "../../core/tasks/task.ts";
import { isLoopbackHost } from "../../core/wire/loopback.ts";
import { mostInChunk } from "../../core/wire/sums.ts";

/** The SDK of the same version: built in the tree, or beside the compiled server in its package. */
const builtSdk = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/sdk" : "sdk", import.meta.url),
);

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
/** As browsers take it: core/tasks/itempairs/kind.ts. */
const scale = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const atLeast0 = v.pipe(v.number(), v.finite(), v.minValue(0));

const lanes = v.picklist(laneChoices);
const mostReports = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostReportsPer30Days));

/** An Ed25519 public key. */
const key = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits"));
/** Plain http leaves what travels to whoever sits on the way. */
const serverUrl = v.pipe(
  v.string(),
  v.check(
    (value) => URL.canParse(value) && (new URL(value).protocol === "https:" || isLoopback(value)),
    "an https address, or http on a loopback address",
  ),
);

const day = v.pipe(
  v.string(),
  v.check(
    (value) => new Date(`${value}T00:00:00Z`).toJSON()?.slice(0, 10) === value,
    "a day such as 2026-01-31",
  ),
);

/** An origin as browsers send it, or "*". */
const origin = v.pipe(
  v.string(),
  v.check(
    (value) => value === "*" || (URL.canParse(value) && new URL(value).origin === value),
    "an origin such as https://shop.example",
  ),
);

export const sections = {
  catalogue: v.strictObject({
    /** Numbers per content vector. */
    contentDim: v.optional(v.pipe(count, v.maxValue(modelLimits.dim)), 384),
    /** So many of the newest editions are kept, the one in force always. */
    keepEditions: v.optional(count, 30),
    /** So long an item that has left the catalogue keeps what was learned about it. */
    keepItemDays: v.optional(atLeast0, 90),
  }),
  /** What tasks on items ask for; see core/tasks/itemfactors/. */
  training: v.strictObject({
    /** Whether devices are asked about factors at all. */
    on: v.optional(v.boolean(), true),
    dim: v.optional(v.pipe(count, v.maxValue(itemFactorsLimits.dim)), 64),
    blockLimit: v.optional(v.pipe(count, v.maxValue(itemFactorsLimits.blockSize)), 1024),
    alpha0: v.optional(positive, 0.3),
    lambda: v.optional(positive, 0.003),
    clipL2: v.optional(positive, 1),
    countScale: v.optional(positive, 0.1),
    weightScale: v.optional(positive, 0.25),
    fractionBits: v.optional(v.pipe(count, v.maxValue(taskLimits.fractionBits)), 15),
    /** Standard deviation of each aggregator's noise as a multiple of clipL2; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
    /** Sums that a block's reports are spread over, each with the whole noise; see core/sum/lanes.ts. */
    lanes: v.optional(lanes, 1),
    /** Most reports on items that a device sends within any 30 days: a promise of the privacy plan. */
    reportsPer30Days: v.optional(mostReports, 30),
  }),
  /** Sums of pairs of items; see core/tasks/itempairs/. */
  pairs: v.strictObject({
    on: v.optional(v.boolean(), false),
    /** Days that people have to answer. */
    days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 7),
    /**
     * Each item makes pairs with so many that are nearest by content, and with those that it is nearest to.
     */
    nearest: v.optional(v.pipe(count, v.maxValue(200)), 20),
    /** Only the most wanted items make pairs; and no more pairs are asked about, whatever `nearest` says. */
    mostItems: v.optional(v.pipe(count, v.maxValue(pairLimits.items)), 5_000),
    mostPairs: v.optional(v.pipe(count, v.maxValue(pairLimits.pairs)), 68_000),
    clipL2: v.optional(scale, 1),
    countScale: v.optional(scale, 1),
    /** Lately is within so many days before a report. */
    recentDays: v.optional(v.pipe(count, v.maxValue(90)), 14),
    recentScale: v.optional(scale, 2),
    weightScale: v.optional(scale, 0.1),
    fractionBits: v.optional(v.pipe(count, v.maxValue(taskLimits.fractionBits)), 15),
    /** Ridge of the regressions, as a part of the people. */
    ridge: v.optional(positive, 0.0055),
    /** How much more often than by chance people are taken to have two items that are no listed pair. */
    unlisted: v.optional(atLeast0, 5),
    /** Standard deviation of each aggregator's noise as a multiple of clipL2; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
    lanes: v.optional(lanes, 1),
    /** Most reports on pairs that a device sends within any 30 days: a promise of the privacy plan. */
    reportsPer30Days: v.optional(mostReports, 1),
  }),
  /** When a round is over; see tasks/policy.ts. */
  round: v.strictObject({
    minBatch: v.optional(count, 50),
    maxBatch: v.optional(count, 20_000),
    batchSize: v.optional(count, 1_000),
    quietSeconds: v.optional(positive, 300),
    roundSeconds: v.optional(positive, 86_400),
    /** A task that is older is answered by nobody; longer than a round. */
    taskDays: v.optional(positive, 14),
    /** Reports that leader and helper add at a time; fewer where shares are large. */
    chunkSize: v.optional(v.pipe(count, v.maxValue(mostInChunk)), mostInChunk),
  }),
  /** Histograms of what people do; see core/tasks/activity/. */
  activity: v.strictObject({
    on: v.optional(v.boolean(), false),
    /** Days that are asked about, and that people have to answer. */
    days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 7),
    /** Places in lists that are counted. */
    positions: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(activityLimits.positions)),
      20,
    ),
    /** Most events, and most places seen or clicked, of a person that count in full. */
    mostEvents: v.optional(v.pipe(count, v.maxValue(activityLimits.most)), 50),
    mostPlaces: v.optional(v.pipe(count, v.maxValue(activityLimits.most)), 200),
    /** Standard deviation of each aggregator's noise as a multiple of the sensitivity; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
    lanes: v.optional(lanes, 1),
  }),
  /** Which sorts of people there are; see core/tasks/segments/ and kinds/segments/. */
  segments: v.strictObject({
    on: v.optional(v.boolean(), false),
    /** Days that people have to answer each of the rounds, of which a first run has six. */
    days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 7),
    /** How long after a run the next one begins. */
    repeatDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650)), 90),
    /** How many segments; 0 has them counted. */
    count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(16)), 0),
    /**
     * Standard deviation of each aggregator's noise as a multiple of the sensitivity, in the rounds that have
     * the least; 0 adds none.
     */
    noiseMultiplier: v.optional(atLeast0, 0),
    lanes: v.optional(lanes, 1),
  }),
  /** What tells, of what is proposed, those that people want; see core/tasks/ranker/ and kinds/ranker/. */
  ranker: v.strictObject({
    on: v.optional(v.boolean(), false),
    /** Days of which people say what they wanted in them; then they have so many to answer. */
    labelDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 14),
    answerDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 4),
    /** Standard deviation of each aggregator's noise as a multiple of the sensitivity; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
    lanes: v.optional(lanes, 1),
  }),
  /** How likely people look at each place of a list; see core/tasks/places/ and kinds/places/. */
  places: v.strictObject({
    on: v.optional(v.boolean(), false),
    /**
     * Days that are asked about, and half of those that people have to answer: a browser keeps its lists for
     * 62.
     */
    days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)), 7),
    /** Most clicks of a person that count in full. */
    mostClicks: v.optional(v.pipe(count, v.maxValue(placesLimits.mostClicks)), 2),
    /** Standard deviation of each aggregator's noise as a multiple of the sensitivity; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
    lanes: v.optional(lanes, 1),
  }),
  /** Looks at what came of experiments; see core/tasks/experiments/ and server/experiments/. */
  experiments: v.strictObject({
    on: v.optional(v.boolean(), false),
    /** From a look to the next; people have twice as many to answer. */
    days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 7),
    /** Standard deviation of each aggregator's noise as a multiple of the sensitivity; 0 adds none. */
    noiseMultiplier: v.optional(atLeast0, 0),
    lanes: v.optional(lanes, 1),
  }),
  helper: v.strictObject({
    /** Leader: where the helper answers. */
    url: v.optional(serverUrl),
    /** Leader: the helper's identity, pinned: Ed25519 public key in hex. */
    key: v.optional(key),
    /** The helper's own floors, whatever a task says. */
    minBatch: v.optional(count, 10),
    noiseMultiplier: v.optional(atLeast0, 0),
    /** Most new tasks of a kind that it vouches for in 24 hours. */
    tasksPerDay: v.optional(count, 48),
    /** Likewise most new plans, and most new editions. */
    documentsPerDay: v.optional(count, 48),
  }),
  leader: v.strictObject({
    /** Helper: the leader's identity, pinned: Ed25519 public key in hex. */
    key: v.optional(key),
  }),
  relay: v.strictObject({
    /** Relay: where the leader answers. */
    gateway: v.optional(serverUrl),
    /** Leader: where the relay answers, for the script tag that is printed. */
    url: v.optional(serverUrl),
  }),
  /** Rotation of the keys that reports are sealed to. */
  keys: v.strictObject({
    rotateDays: v.optional(positive, 30),
    /** So long an old key is taken beside the new one; longer than a task lives. */
    overlapDays: v.optional(positive, 20),
  }),
  /** Tokens that let reports in (RFC 9578); see tokens/. */
  tokens: v.strictObject({
    /** Leader: a report must carry one. Helper: it takes no task that asks for none. */
    required: v.optional(v.boolean(), false),
    /** This server hands them out. At the helper, so that a leader cannot make its own. */
    issue: v.optional(v.boolean(), false),
    /** Where they are issued; a leader takes the helper's address by default. */
    issuer: v.optional(serverUrl),
    /** Tokens that one address gets in a day, people behind it together; more where it is a small share. */
    perDay: v.optional(count, 120),
    /** Or this share of all tokens of a day, where that is more. */
    share: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.02),
  }),
  /** How a candidate is judged before it is published; see publishing/gate.ts. */
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
    /** The whole answer is read within this. */
    answerSeconds: v.optional(positive, 300),
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
  gpc: v.strictObject({
    /** Since when the operator says that this origin abides by Global Privacy Control; without it nothing is said. */
    since: v.optional(day),
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

export const configSchema = v.strictObject({
  /** Which parts run in this process; see server/roles/serve.ts. */
  role: v.optional(v.picklist(["all", "leader", "helper", "relay"]), "all"),
  host: v.optional(text, "127.0.0.1"),
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 8787),
  /** Where browsers and the other party reach this server; http://localhost:PORT by default. */
  publicUrl: v.optional(serverUrl),
  /** One directory for all state. */
  data: v.optional(text, "data"),
  /** Built site served at /. */
  site: v.optional(text),
  /** Built SDK served at /tacit/. */
  sdk: v.optional(text, builtSdk),
  /** Origins of sites whose pages may ask and report; "*" for any. */
  origins: v.optional(v.array(origin), ["*"]),
  /** Bearer token of /v1/admin, from the environment only; drawn when neither it nor its hash is given. */
  adminToken: v.optional(v.pipe(v.string(), v.minLength(16))),
  /** SHA-256 of the bearer token of /v1/admin, in hex. */
  adminTokenHash: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "64 hex digits"))),
  catalogue: v.optional(sections.catalogue, {}),
  training: v.optional(sections.training, {}),
  pairs: v.optional(sections.pairs, {}),
  round: v.optional(sections.round, {}),
  activity: v.optional(sections.activity, {}),
  segments: v.optional(sections.segments, {}),
  ranker: v.optional(sections.ranker, {}),
  places: v.optional(sections.places, {}),
  experiments: v.optional(sections.experiments, {}),
  helper: v.optional(sections.helper, {}),
  leader: v.optional(sections.leader, {}),
  relay: v.optional(sections.relay, {}),
  keys: v.optional(sections.keys, {}),
  tokens: v.optional(sections.tokens, {}),
  gate: v.optional(sections.gate, {}),
  limits: v.optional(sections.limits, {}),
  gpc: v.optional(sections.gpc, {}),
  security: v.optional(sections.security, {}),
  log: v.optional(sections.log, {}),
});

/** Whether a URL is plain http to this very machine. */
export function isLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && isLoopbackHost(hostname);
}

/** Settings as the server holds them: of an admin token, only its hash. */
export type Config = Omit<v.InferOutput<typeof configSchema>, "adminToken">;
