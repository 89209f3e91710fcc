/** The two aggregators put together by hand, with a clock that the test sets: for what whole servers are too much. */

import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { silent } from "../../server/base/log.ts";
import { sha256 } from "../../server/base/platform.ts";
import { openHelperStore } from "../../server/store/helperstore.ts";
import { openLeaderStore } from "../../server/store/leaderstore.ts";
import { CurrentTask } from "../../server/tasks/currenttask.ts";
import { type HelperFloors, leastFloors } from "../../server/tasks/floors.ts";
import { Helper, inProcessHelper } from "../../server/tasks/helper.ts";
import { Intake } from "../../server/tasks/intake.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { HelperKeys, noDoors, OwnKeyList } from "../../server/tasks/keys/keylists.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import type { TokenCheck } from "../../server/tokens/tokencheck.ts";
import { temporaryDirectory } from "./harness.ts";

export const startMs = 1_800_000_000_000;
export const floors: HelperFloors = { ...leastFloors, minBatch: 5, noiseMultiplier: 0.5, vectorLength: 200 };

/** Three blocks of ten items in three numbers. */
export const task: Task = {
  kind: "item-factors",
  bundle: "ab".repeat(32),
  round: 3,
  items: 30,
  dim: 3,
  blockSize: 10,
  alpha0: 0.3,
  lambda: 0.003,
  clipL2: 1.5,
  countScale: 0.1,
  weightScale: 0.25,
  fractionBits: 15,
  minBatch: 5,
  maxBatch: 100,
  noiseMultiplier: 0.5,
  buckets: 1,
  tokenKey: null,
  expiresAtMs: startMs + 14 * dayMs,
};

/** A helper with a clock that the test sets, and the leader whose tasks it takes. */
export async function helperWorld(
  options: { floors?: HelperFloors; tokens?: TokenCheck; directory?: string } = {},
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
  const keyList = new OwnKeyList({ role: "helper", identity, keys, doors: () => noDoors, nowMs });
  const helper = new Helper({
    store,
    keys,
    keyList,
    leader: leader.publicKey,
    floors: options.floors ?? floors,
    tokens: options.tokens ?? null,
    nowMs,
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

/** A leader beside a helper of that kind, on the same clock; no bundles, no rounds. */
export async function leaderWorld(
  options: { task?: Partial<Task>; floors?: HelperFloors; tokens?: TokenCheck; directory?: string } = {},
) {
  const world = await helperWorld(options);
  const { clock, leader: identity, directory } = world;
  const nowMs = () => clock.nowMs;
  const store = openLeaderStore(join(directory, "leader.sqlite"));
  onTestFinished(() => store.destroy());
  const path = join(directory, "leader-keys.json");
  const keys = await KeyRing.open({ path, aggregator: "leader", nowMs: startMs });
  const helper = inProcessHelper(world.helper);
  const helperIdentity = world.identity.publicKey;
  const helperKeys = await HelperKeys.open({
    helper,
    identity: helperIdentity,
    path: null,
    nowMs,
    log: silent,
  });
  const keyList = new OwnKeyList({ role: "leader", identity, keys, doors: () => noDoors, nowMs });
  const { bundle, items, dim, blockSize, kind: _kind, round: _round, expiresAtMs: _end, ...rest } = task;
  const settings = { ...rest, ...options.task, blockLimit: blockSize, taskDays: 14 };
  const current = new CurrentTask({ store, identity, helper, settings, nowMs });
  const tokens = options.tokens ?? null;
  const accepts = {
    leader: (id: number) => keys.accepts(id, clock.nowMs),
    helper: (id: number) => helperKeys.accepts(id),
  };
  const intake = new Intake({ store, task: current, accepts, tokens, nowMs });
  const nextTask = async () => {
    await current.change((transaction) => current.replace(transaction, { bundle, items, dim }, "superseded"));
    return current.open();
  };
  const parts = { store, keys, helper };
  return { ...world, helperStore: world.store, store, helperKeys, keyList, current, intake, nextTask, parts };
}

export type LeaderWorld = Awaited<ReturnType<typeof leaderWorld>>;
