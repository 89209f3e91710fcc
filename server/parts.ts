/** Everything the server consists of, built from its settings: stores, keys, both aggregators, rounds. */
import { join } from "node:path";
import { Helper, type HelperClient, inProcessHelper } from "./aggregation/helper.ts";
import { Intake } from "./aggregation/intake.ts";
import { KeyRing } from "./aggregation/keys.ts";
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
  readonly leaderKeys: KeyRing;
  readonly helper: HelperClient;
  readonly helperKey: Awaited<ReturnType<HelperClient["publicKey"]>>;
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
    const leaderKeys = await KeyRing.open(join(config.data, "leader-keys.json"), "leader");
    const helperKeys = await KeyRing.open(join(config.data, "helper-keys.json"), "helper");
    const helper = throughHelper(
      inProcessHelper(new Helper({ store: helperStore, keys: helperKeys, minBatch: config.helper.minBatch })),
    );
    const helperKey = await helper.publicKey();
    const taskSettings = taskSettingsOf(config);
    const bundles = await Bundles.open({
      store: leaderStore,
      taskSettings,
      keepBundles: config.catalogue.keepBundles,
      nowMs,
    });
    await bundles.ensureTask();
    const intake = new Intake({
      store: leaderStore,
      leaderKey: leaderKeys.publicKey.id,
      helperKey: helperKey.id,
      nowMs,
    });
    const gate = gateOf(config);
    const leader = { store: leaderStore, keys: leaderKeys, helper };
    const rounds = new Rounds({ leader, bundles, intake, gate, policy: config.round, nowMs, log });
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
      leaderKeys,
      helper,
      helperKey,
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

function taskSettingsOf({ training, round }: Config) {
  const { dim: _dim, ...settings } = training;
  return { ...settings, minBatch: round.minBatch, maxBatch: round.maxBatch };
}

function gateOf({ gate }: Config): Gate {
  const { holdout, k, margin, people } = gate;
  const heldOut = holdout === undefined ? null : [...readHoldout(holdout).values()].slice(0, people);
  return new Gate({ heldOut, k, margin });
}
