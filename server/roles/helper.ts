/**
 * The helper's side: its store, its identity, its keys, and the issuer when it hands out tokens. No part of
 * the leader's.
 */
import { join } from "node:path";
import type { Config } from "../base/config.ts";
import { type Log, silent } from "../base/log.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { type AdminKey, openAdminKey } from "../http/adminkey.ts";
import { type HelperStore, openHelperStore } from "../store/helperstore.ts";
import { placeOf, takePlace } from "../store/place.ts";
import { lockDirectory } from "../store/sqlite.ts";
import { leastFloors } from "../tasks/floors.ts";
import { Helper } from "../tasks/helper.ts";
import { Identity } from "../tasks/keys/identity.ts";
import { OwnKeyList } from "../tasks/keys/keylists.ts";
import { KeyRing } from "../tasks/keys/keyring.ts";
import { type Reached, unwatched } from "../tasks/written.ts";
import { pinnedLeader, publicUrlOf } from "./pins.ts";
import { openTokens, type Tokens } from "./tokens.ts";

export interface HelperSide {
  readonly store: HelperStore;
  readonly identity: Identity;
  readonly helper: Helper;
  readonly keys: KeyRing;
  /** The leader it works for: Ed25519 public key in hex. */
  readonly leader: string;
}

/** A process of role helper. */
export interface HelperParts extends HelperSide {
  readonly config: Config;
  readonly tokens: Tokens | null;
  readonly admin: AdminKey;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly close: () => Promise<void>;
}

export interface HelperSideOptions {
  readonly config: Config;
  readonly store: HelperStore;
  readonly leader: string;
  readonly tokens: Tokens | null;
  /** Where it answers; null in the leader's process. */
  readonly origin: string | null;
  readonly nowMs: () => number;
  readonly reached?: Reached;
  readonly log?: Log;
}

export async function openHelperSide(options: HelperSideOptions): Promise<HelperSide> {
  const { config, store, leader, tokens, origin, nowMs, reached = unwatched, log = silent } = options;
  const identity = openHelperIdentity(config);
  const keys = await openHelperKeys(config, nowMs());
  const addresses = () => ({ origin, gateway: null, issuer: tokens?.inKeyList() ?? null });
  const keyList = new OwnKeyList({ role: "helper", identity, keys, addresses, nowMs });
  const floors = {
    ...leastFloors,
    minBatch: config.helper.minBatch,
    noiseMultiplier: config.helper.noiseMultiplier,
    tasksPerDay: config.helper.tasksPerDay,
    documentsPerDay: config.helper.documentsPerDay,
    tokens: config.tokens.required,
  };
  const check = tokens?.check ?? null;
  const helper = new Helper({ store, keys, keyList, leader, floors, tokens: check, nowMs, reached, log });
  return { store, identity, helper, keys, leader };
}

export interface HelperPartsOptions {
  readonly nowMs?: () => number;
  readonly log?: Log;
  /** Called at each state that is written down. */
  readonly reached?: Reached;
}

/** @throws {OperatorError} when no leader is pinned, or the data directory belongs to another process. */
export async function openHelperParts(
  config: Config,
  { nowMs = Date.now, log = silent, reached = unwatched }: HelperPartsOptions = {},
): Promise<HelperParts> {
  const leader = pinnedLeader(config);
  const lock = lockDirectory(config.data);
  const store = openHelperStore(helperPath(config));
  const close = async () => {
    await store.destroy();
    lock.release();
  };
  try {
    await requireSameStore(store, config);
    const tokens = await openTokens({ config, nowMs, log });
    const { origin } = new URL(publicUrlOf(config));
    const side = await openHelperSide({ config, store, leader, tokens, origin, nowMs, reached, log });
    await takePlace(store, helperPath(config));
    return {
      ...side,
      config,
      tokens,
      admin: openAdminKey(config),
      nowMs,
      log,
      close: async () => {
        tokens?.close();
        await side.helper.settled();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

export function helperPath({ data }: Pick<Config, "data">): string {
  return join(data, "helper.sqlite");
}

/**
 * A helper that has forgotten what it counted could count it again, under other noise, and its log would not go
 * on from where browsers have seen it.
 *
 * @throws {OperatorError} saying what to do, when the store is a copy.
 */
export async function requireSameStore(
  store: HelperStore,
  config: Pick<Config, "data" | "role">,
): Promise<void> {
  const path = helperPath(config);
  if ((await placeOf(store, path)) !== "a copy") return;
  const files =
    config.role === "helper"
      ? config.data
      : "helper.sqlite, helper-identity.json, helper-keys.json and issuer-keys.json";
  throw new OperatorError(
    `store: ${path} must be the store that this helper used last, got a copy of it, which may have forgotten reports that were counted since: move ${files} away and begin as a new helper, or, when it was only moved and nothing ran since, say so with "tacit moved"`,
  );
}

export function openHelperIdentity({ data }: Pick<Config, "data">): Identity {
  return Identity.open(join(data, "helper-identity.json"));
}

export function openHelperKeys(
  { data, keys }: Pick<Config, "data" | "keys">,
  nowMs: number,
): Promise<KeyRing> {
  return KeyRing.open({ path: join(data, "helper-keys.json"), aggregator: "helper", nowMs, rotation: keys });
}
