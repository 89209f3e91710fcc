/** Everything the server consists of, built from its settings: stores, keys, both aggregators, rounds. */
import { join } from "node:path";
import type { TasksAnswer } from "../core/protocol.ts";
import { CurrentTask } from "./aggregation/currenttask.ts";
import { Helper, type HelperClient, inProcessHelper, leastFloors } from "./aggregation/helper.ts";
import { Identity } from "./aggregation/identity.ts";
import { Intake } from "./aggregation/intake.ts";
import { HelperKeys, noDoors, OwnKeyList } from "./aggregation/keylists.ts";
import { KeyRing } from "./aggregation/keys.ts";
import type { TaskSettings } from "./aggregation/tasks.ts";
import { Bundles } from "./catalogue/bundles.ts";
import type { Config } from "./config.ts";
import { type AdminKey, openAdminKey } from "./http/adminkey.ts";
import { type Log, silent } from "./log.ts";
import { type HelperStore, openHelperStore } from "./store/helperstore.ts";
import { type LeaderStore, openLeaderStore } from "./store/leaderstore.ts";
import { lockDirectory } from "./store/sqlite.ts";
import { Gate } from "./training/gate.ts";
import { readHoldout } from "./training/logs.ts";
import { Rounds } from "./training/rounds.ts";

export interface Parts {
  readonly config: Config;
  readonly leaderStore: LeaderStore;
  readonly helperStore: HelperStore;
  readonly helper: HelperClient;
  /** What the leader signs about itself, and its verified copy of what the helper does. */
  readonly keyList: OwnKeyList;
  readonly helperKeys: HelperKeys;
  readonly identities: TasksAnswer["identities"];
  readonly task: CurrentTask;
  readonly bundles: Bundles;
  readonly intake: Intake;
  readonly gate: Gate;
  readonly rounds: Rounds;
  readonly admin: AdminKey;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Finishes what runs, then closes the stores. */
  readonly close: () => Promise<void>;
}

export interface PartsOptions {
  readonly nowMs?: () => number;
  readonly log?: Log;
  /** Puts something between leader and helper: a network, or a test. */
  readonly throughHelper?: (helper: HelperClient) => HelperClient;
}

/** @throws {OperatorError} when the data directory belongs to another process, or a file of it is not what it should be. */
export async function openParts(config: Config, options: PartsOptions = {}): Promise<Parts> {
  const { nowMs = Date.now, log = silent, throughHelper = (helper: HelperClient) => helper } = options;
  const lock = lockDirectory(config.data);
  // In the order they are to be closed.
  const opened: { readonly destroy: () => Promise<void> }[] = [];
  const closeStores = async () => {
    for (const store of opened) await store.destroy();
    lock.release();
  };
  try {
    const leaderStore = openLeaderStore(join(config.data, "leader.sqlite"));
    opened.push(leaderStore);
    const helperStore = openHelperStore(join(config.data, "helper.sqlite"));
    opened.push(helperStore);
    const identity = Identity.open(join(config.data, "leader-identity.json"));
    const helperIdentity = Identity.open(join(config.data, "helper-identity.json"));
    const keys = await KeyRing.open({
      path: join(config.data, "leader-keys.json"),
      aggregator: "leader",
      nowMs: nowMs(),
    });
    const keyList = new OwnKeyList({ role: "leader", identity, keys, doors: () => noDoors, nowMs });
    const helper = throughHelper(
      await helperInProcess({
        config,
        store: helperStore,
        identity: helperIdentity,
        leader: identity,
        nowMs,
      }),
    );
    const helperKeys = await HelperKeys.open({
      helper,
      identity: helperIdentity.publicKey,
      path: null,
      nowMs,
      log,
    });
    await helperKeys.current();
    const task = new CurrentTask({
      store: leaderStore,
      identity,
      helper,
      settings: taskSettingsOf(config),
      nowMs,
    });
    const bundles = await Bundles.open({
      store: leaderStore,
      task,
      keepBundles: config.catalogue.keepBundles,
      nowMs,
    });
    await bundles.ensureTask();
    const intake = new Intake({
      store: leaderStore,
      task,
      accepts: {
        leader: (id) => keys.accepts(id, nowMs()),
        helper: (id) => helperKeys.accepts(id),
      },
      tokens: null,
      nowMs,
    });
    const gate = gateOf(config);
    const leader = { store: leaderStore, keys, helper };
    const rounds = new Rounds({ leader, task, bundles, intake, gate, policy: config.round, nowMs, log });
    const close = async () => {
      await rounds.stop();
      await intake.settled();
      await closeStores();
    };
    const admin = openAdminKey(config);
    return {
      config,
      leaderStore,
      helperStore,
      helper,
      keyList,
      helperKeys,
      identities: { leader: identity.publicKey, helper: helperIdentity.publicKey },
      task,
      bundles,
      intake,
      gate,
      rounds,
      admin,
      nowMs,
      log,
      close,
    };
  } catch (error) {
    await closeStores();
    throw error;
  }
}

interface InProcessParts {
  readonly config: Config;
  readonly store: HelperStore;
  readonly identity: Identity;
  readonly leader: Identity;
  readonly nowMs: () => number;
}

async function helperInProcess({
  config,
  store,
  identity,
  leader,
  nowMs,
}: InProcessParts): Promise<HelperClient> {
  const keys = await KeyRing.open({
    path: join(config.data, "helper-keys.json"),
    aggregator: "helper",
    nowMs: nowMs(),
  });
  const keyList = new OwnKeyList({ role: "helper", identity, keys, doors: () => noDoors, nowMs });
  const floors = { ...leastFloors, minBatch: config.helper.minBatch };
  return inProcessHelper(
    new Helper({ store, keys, keyList, leader: leader.publicKey, floors, tokens: null, nowMs }),
  );
}

function taskSettingsOf({ training, round }: Config): TaskSettings {
  const { dim: _dim, ...settings } = training;
  const { minBatch, maxBatch } = round;
  return { ...settings, minBatch, maxBatch, buckets: 1, tokenKey: null, taskDays: 14 };
}

function gateOf({ gate }: Config): Gate {
  const { holdout, k, margin, people } = gate;
  const heldOut = holdout === undefined ? null : [...readHoldout(holdout).values()].slice(0, people);
  return new Gate({ heldOut, k, margin });
}
