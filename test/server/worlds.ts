/**
 * The two aggregators put together by hand, with a clock that the test sets: for what whole servers are too
 * much.
 */

import { join } from "node:path";
import { onTestFinished } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import type { Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { silent } from "../../server/base/log.ts";
import { sha256 } from "../../server/base/platform.ts";
import { openHelperStore } from "../../server/store/helperstore.ts";
import { openLeaderStore } from "../../server/store/leaderstore.ts";
import { finishTaskOfKind } from "../../server/store/tasks.ts";
import type { LeaderParts } from "../../server/tasks/chunks.ts";
import { Cycle } from "../../server/tasks/cycle.ts";
import { type HelperFloors, leastFloors } from "../../server/tasks/floors.ts";
import { Helper, inProcessHelper } from "../../server/tasks/helper.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { Intake } from "../../server/tasks/intake.ts";
import { HelperKeys } from "../../server/tasks/keys/helperkeys.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { type Addresses, OwnKeyList } from "../../server/tasks/keys/keylists.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import type { ServerKind } from "../../server/tasks/kind.ts";
import { type AddNoise, addNoiseInto } from "../../server/tasks/mask.ts";
import { Opening } from "../../server/tasks/opening.ts";
import { OpenTasks } from "../../server/tasks/opentasks.ts";
import { StandingDocuments } from "../../server/tasks/standing.ts";
import { Voucher } from "../../server/tasks/voucher.ts";
import { type Reached, unwatched } from "../../server/tasks/written.ts";
import type { TokenCheck } from "../../server/tokens/tokencheck.ts";
import { temporaryDirectory } from "./harness.ts";

export const startMs = 1_800_000_000_000;

/** Of an aggregator that nobody reaches from outside. */
export const noAddresses: Addresses = { origin: null, gateway: null, issuer: null };
export const floors: HelperFloors = { ...leastFloors, minBatch: 5, noiseMultiplier: 0.5, vectorLength: 200 };

/** Three blocks of ten items in three numbers. */
const settings = {
  factors: "ab".repeat(32),
  items: 30,
  dim: 3,
  blockSize: 10,
  alpha0: 0.3,
  lambda: 0.003,
  clipL2: 1.5,
  countScale: 0.1,
  weightScale: 0.25,
};

/** What spreads the reports of `task` over its lanes, and the task. */
export const laneSecret = new Uint8Array(32).fill(7);
export const task: Task = {
  version: 3,
  kind: "item-factors",
  settings,
  round: 3,
  ...itemFactors.layoutOf(settings),
  sigma: 0.8,
  fractionBits: 15,
  minBatch: 5,
  maxBatch: 100,
  lanes: 1,
  laneCommitment: toHex(await sha256(laneSecret)),
  tokenKey: null,
  expiresAtMs: startMs + 14 * dayMs,
};

/** A helper with a clock that the test sets, and the leader whose tasks it takes. */
export async function helperWorld(
  options: {
    floors?: HelperFloors;
    tokens?: TokenCheck;
    directory?: string;
    addNoise?: AddNoise;
    reached?: Reached;
    /** Identity of the leader that it pins, where a test holds the key itself. */
    leaderKey?: string;
  } = {},
) {
  const { directory = temporaryDirectory() } = options;
  const clock = { nowMs: startMs };
  const nowMs = () => clock.nowMs;
  const store = openHelperStore(join(directory, "helper.sqlite"));
  onTestFinished(() => store.destroy());
  const leader = Identity.open(join(directory, "leader-identity.json"));
  const identity = Identity.open(join(directory, "helper-identity.json"));
  const path = join(directory, "helper-keys.json");
  const keys = await KeyRing.open({ path, aggregator: "helper", nowMs: startMs });
  const keyList = new OwnKeyList({ role: "helper", identity, keys, addresses: () => noAddresses, nowMs });
  const helper = new Helper({
    store,
    keys,
    keyList,
    leader: options.leaderKey ?? leader.publicKey,
    floors: options.floors ?? floors,
    tokens: options.tokens ?? null,
    nowMs,
    addNoise: options.addNoise ?? addNoiseInto,
    reached: options.reached ?? unwatched,
  });
  return { clock, store, leader, identity, keys, helper, directory };
}

export type HelperWorld = Awaited<ReturnType<typeof helperWorld>>;

/** Tokens that begin with 1 are good. */
export const goodTokens: TokenCheck = {
  check: async (_key, token) =>
    token[0] === 1
      ? { ok: true, nonce: await sha256(token), untilMs: startMs + 90 * dayMs }
      : { ok: false, why: "bad-token", detail: "not one of the test's" },
};

/** What a test changes of the tasks that its leader opens. */
export type AskedTask = Partial<
  Pick<Task, "sigma" | "minBatch" | "maxBatch" | "lanes" | "tokenKey" | "fractionBits">
>;

/**
 * A leader beside a helper of that kind, on the same clock; no catalogue. Its one kind asks what `task` asks,
 * and keeps nothing.
 */
export async function leaderWorld(
  options: {
    task?: AskedTask;
    floors?: HelperFloors;
    tokens?: TokenCheck;
    directory?: string;
    chunkSize?: number;
    addNoise?: AddNoise;
    reached?: Reached;
    throughHelper?: (helper: HelperClient) => HelperClient;
  } = {},
) {
  const world = await helperWorld(options);
  const { clock, leader: identity, directory } = world;
  const nowMs = () => clock.nowMs;
  const store = openLeaderStore(join(directory, "leader.sqlite"));
  onTestFinished(() => store.destroy());
  const path = join(directory, "leader-keys.json");
  const keys = await KeyRing.open({ path, aggregator: "leader", nowMs: startMs });
  const { throughHelper = (through: HelperClient) => through } = options;
  const helper = throughHelper(inProcessHelper(world.helper));
  const helperIdentity = world.identity.publicKey;
  const helperKeys = await HelperKeys.open({
    helper,
    identity: helperIdentity,
    path: null,
    nowMs,
    log: silent,
  });
  const keyList = new OwnKeyList({ role: "leader", identity, keys, addresses: () => noAddresses, nowMs });
  const { tokenKey, ...asked } = { ...task, ...options.task };
  const issuer = { key: tokenKey };
  const { sigma, fractionBits, minBatch, maxBatch, lanes, length, blocks, sensitivity } = asked;
  const kind: ServerKind = {
    name: task.kind,
    pace: { batchSize: 1e9, quietSeconds: 1e9, roundSeconds: 1e9 },
    next: () => ({
      settings,
      layout: { length, blocks, sensitivity },
      sums: { sigma, fractionBits, minBatch, maxBatch, lanes, taskDays: 14 },
    }),
    consume: async ({ aggregates }) => ({ outcome: `${aggregates.length} sums` }),
  };
  const tasks = new OpenTasks(store);
  const voucher = new Voucher({ helper, helperKeys });
  const standing = new StandingDocuments(voucher, []);
  const opening = new Opening({ store, tasks, identity, voucher, tokenKey: () => issuer.key, nowMs });
  const tokens = options.tokens ?? null;
  const accepts = {
    leader: (id: number) => keys.accepts(id, clock.nowMs),
    helper: (id: number) => helperKeys.accepts(id),
  };
  const intake = new Intake({ store, tasks, accepts, tokens, nowMs });
  const { chunkSize = 256, addNoise = addNoiseInto, reached = unwatched } = options;
  const parts: LeaderParts = { store, keys, helper, chunkSize, addNoise, nowMs, reached };
  const cycle = new Cycle({
    heed: async () => {},
    leader: parts,
    kinds: [kind],
    tasks,
    opening,
    standing,
    intake,
    nowMs,
    log: silent,
  });
  const current = () => tasks.ofKind(kind.name);
  /** Ends the task that is open, unsummed, and opens the next. */
  const nextTask = async () => {
    await tasks.change((transaction) => finishTaskOfKind(transaction, kind.name, "superseded"));
    await cycle.openNext();
    return cycle.troubles[kind.name] ?? null;
  };
  const made = {
    voucher,
    helperKeys,
    keyList,
    tasks,
    opening,
    intake,
    cycle,
    current,
    nextTask,
    parts,
    kind,
    issuer,
  };
  return { ...world, helperStore: world.store, store, ...made };
}

export type LeaderWorld = Awaited<ReturnType<typeof leaderWorld>>;
