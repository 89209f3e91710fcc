/**
 * What a leader consists of, built from its settings: store, keys, intake, the life cycle of its tasks, and
 * its way to the helper: over HTTP in role leader, within the process in role all.
 */

import { join } from "node:path";
import { toHex } from "../../core/bytes.ts";
import { messageOf } from "../../core/errors.ts";
import { hourMs } from "../../core/time.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { Config } from "../base/config.ts";
import type { RunnerOptions } from "../base/jobs.ts";
import { type Log, silent } from "../base/log.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { type AdminKey, openAdminKey } from "../http/adminkey.ts";
import { heedAll, type KindSetup, openKinds } from "../kinds/kind.ts";
import { learnedPlaceCurve } from "../kinds/places/finding.ts";
import { requireAskable } from "../kinds/question.ts";
import { serverKinds } from "../kinds/registry.ts";
import { Editions } from "../publishing/editions.ts";
import { experimentModelOf } from "../publishing/experiments.ts";
import type { GateParts } from "../publishing/gate.ts";
import { inputOfFile } from "../publishing/input/input.ts";
import { pairModelOf } from "../publishing/pairrounds.ts";
import { followerOf } from "../publishing/parttasks.ts";
import { rankerModelOf } from "../publishing/rankerrounds.ts";
import { itemModelOf } from "../publishing/rounds.ts";
import { segmentModelOf } from "../publishing/segmentrounds.ts";
import { drawnPeople, readHoldout } from "../publishing/train/holdout.ts";
import { upgradeBundles } from "../publishing/upgrade.ts";
import { type OpenWork, workHere } from "../publishing/work/work.ts";
import { GatewayKeys } from "../relay/gatewaykeys.ts";
import { openHelperStore } from "../store/helperstore.ts";
import { type LeaderStore, openLeaderStore } from "../store/leaderstore.ts";
import { placeOf, takePlace } from "../store/place.ts";
import { lockDirectory } from "../store/sqlite.ts";
import { Cycle } from "../tasks/cycle.ts";
import { inProcessHelper } from "../tasks/helper.ts";
import type { HelperClient } from "../tasks/helperclient.ts";
import { Intake } from "../tasks/intake.ts";
import { HelperKeys } from "../tasks/keys/helperkeys.ts";
import { Identity } from "../tasks/keys/identity.ts";
import { OwnKeyList } from "../tasks/keys/keylists.ts";
import { KeyRing } from "../tasks/keys/keyring.ts";
import { addNoiseInto } from "../tasks/mask.ts";
import { Opening } from "../tasks/opening.ts";
import { OpenTasks } from "../tasks/opentasks.ts";
import { RemoteHelper } from "../tasks/remotehelper.ts";
import { StandingDocuments } from "../tasks/standing.ts";
import { Voucher } from "../tasks/voucher.ts";
import { WholeLog } from "../tasks/wholelog.ts";
import { type Reached, unwatched } from "../tasks/written.ts";
import { type HelperSide, helperPath, openHelperSide, requireSameStore } from "./helper.ts";
import { pinnedHelper, publicUrlOf } from "./pins.ts";
import { signedPlan } from "./plan.ts";
import { endWhatWasOpen, heedLog, isBehind, skippedNumbers } from "./restored.ts";
import { openTokens, type Tokens } from "./tokens.ts";

export interface Parts {
  readonly config: Config;
  readonly leaderStore: LeaderStore;
  readonly helper: HelperClient;
  /** The helper's own side, where it runs in this process. */
  readonly helperSide: HelperSide | null;
  /** What the leader signs about itself, and its verified copy of what the helper does. */
  readonly keyList: OwnKeyList;
  readonly helperKeys: HelperKeys;
  readonly wholeLog: WholeLog;
  readonly identities: TasksAnswer["identities"];
  readonly gatewayKeys: GatewayKeys;
  readonly tokens: Tokens | null;
  /** The privacy plan that it signed. */
  readonly plan: SignedDocument;
  readonly tasks: OpenTasks;
  readonly editions: Editions;
  readonly intake: Intake;
  readonly cycle: Cycle;
  readonly admin: AdminKey;
  /** Keys of the aggregators in this process. */
  readonly keyRings: readonly KeyRing[];
  readonly nowMs: () => number;
  readonly log: Log;
  /** Finishes what runs, then closes the stores. */
  readonly close: () => Promise<void>;
}

export interface PartsOptions {
  readonly nowMs?: () => number;
  readonly log?: Log;
  /** The kinds of sums that there are. */
  readonly kinds?: readonly KindSetup[];
  /** Called at each state that is written down. */
  readonly reached?: Reached;
  /** Who does what takes long; a server has it done in a thread. */
  readonly openWork?: OpenWork;
  /** Hears how far a job is. */
  readonly onStep?: RunnerOptions["onStep"];
  /** Puts something between leader and helper: a network, or a test. */
  readonly throughHelper?: (helper: HelperClient) => HelperClient;
}

/**
 * @throws {OperatorError} when the data directory belongs to another process, or a file of it is not what it
 * should be.
 */
export async function openParts(config: Config, options: PartsOptions = {}): Promise<Parts> {
  const { role, data } = config;
  if (role === "helper" || role === "relay") {
    throw new OperatorError(`config: role must be leader or all for what has a catalogue, got ${role}`);
  }
  // Settings that cannot do are refused before anything is written.
  if (role === "leader") pinnedHelper(config);
  const { nowMs = Date.now, log = silent, kinds: setups = serverKinds, reached = unwatched } = options;
  requireAskable(setups, config, nowMs());
  const { throughHelper = (helper: HelperClient) => helper, openWork = workHere, onStep } = options;
  const lock = lockDirectory(data);
  // In the order they are to be closed, when nothing else runs.
  const opened: { readonly destroy: () => Promise<void> }[] = [];
  const closeStores = async () => {
    for (const store of opened) await store.destroy();
    lock.release();
  };
  try {
    const leaderPath = join(data, "leader.sqlite");
    const leaderStore = openLeaderStore(leaderPath);
    opened.push(leaderStore);
    const tokens = await openTokens({ config, nowMs, log });
    opened.push({ destroy: async () => tokens?.close() });
    const identity = openLeaderIdentity(config);
    const asked = { config, leader: identity, tokens, nowMs, reached };
    const way = role === "all" ? await helperHere(asked, opened) : helperThere(asked);
    const { helperSide, identity: helperIdentity } = way;
    const helper = throughHelper(way.helper);
    const path = role === "all" ? null : join(data, "helper-keylist.json");
    const helperKeys = await HelperKeys.open({ helper, identity: helperIdentity, path, nowMs, log });
    // Not the kept word: a store that came back brought it along.
    const word = await helperKeys.refresh();
    const isReached = word !== null;
    const isOlder =
      (await placeOf(leaderStore, leaderPath)) === "a copy" ||
      (word !== null && (await isBehind(leaderStore, { helper: helperIdentity, log: word.log })));
    if (isOlder) {
      log("store is older than what it signed", { help: "what was open in it is not summed" }, "warn");
      await endWhatWasOpen(leaderStore);
    }
    const wholeLog = new WholeLog({ helper, helperKeys, nowMs, log });
    const voucher = new Voucher({ helper, helperKeys });
    const gatewayKeys = await openGatewayKeys(data, { nowMs, log }, opened);
    const keys = await openLeaderKeys(config, nowMs());
    if (isOlder) await keys.rotateNow(nowMs());
    const { origin } = new URL(publicUrlOf(config));
    const addresses = () => ({
      origin,
      gateway: toHex(gatewayKeys.encoded(nowMs())),
      issuer: tokens?.inKeyList() ?? null,
    });
    const keyList = new OwnKeyList({ role: "leader", identity, keys, addresses, nowMs });
    const tasks = new OpenTasks(leaderStore);
    const { keepEditions, keepItemDays } = config.catalogue;
    const work = openWork({ gate: await gateOf(config, nowMs()) }, { nowMs, ...(onStep && { onStep }) });
    opened.push({ destroy: () => work.close() });
    const editions = await Editions.open({
      store: leaderStore,
      identity,
      follower: followerOf(tasks),
      keepEditions,
      keepItemDays,
      skippedNumbers: isOlder ? skippedNumbers : 0,
      nowMs,
      log,
      work,
      logTail: async () => (await helperKeys.current())?.log ?? null,
    });
    await upgradeBundles(editions, leaderStore);
    const items = itemModelOf(editions);
    const pairs = pairModelOf(editions, config.pairs);
    const segments = segmentModelOf(editions);
    const ranker = rankerModelOf(editions, () => learnedPlaceCurve(leaderStore));
    const experiments = experimentModelOf(editions);
    const models = { items, pairs, segments, ranker, experiments };
    const kindParts = { config, store: leaderStore, ...models, nowMs };
    const kinds = openKinds(setups, kindParts);
    const opening = new Opening({
      store: leaderStore,
      tasks,
      identity,
      voucher,
      tokenKey: () => tokenKeyFor(config, tokens),
      nowMs,
    });
    await opening.dropStale(kinds);
    const intake = new Intake({
      store: leaderStore,
      tasks,
      accepts: { leader: (id) => keys.accepts(id, nowMs()), helper: (id) => helperKeys.accepts(id) },
      tokens: tokens?.check ?? null,
      nowMs,
    });
    const { chunkSize } = config.round;
    const leader = { store: leaderStore, keys, helper, chunkSize, addNoise: addNoiseInto, nowMs, reached };
    const plan = await signedPlan({ config, setups, store: leaderStore, identity, nowMs });
    const standing = new StandingDocuments(voucher, [
      { kind: "plan", current: () => plan },
      { kind: "edition", current: () => editions.inForce?.signed ?? null },
    ]);
    // A helper that is away is asked again by the cycle.
    if (isReached) await standing.bring();
    await takePlace(leaderStore, leaderPath);
    if (isOlder && word !== null) await heedLog(leaderStore, { helper: helperIdentity, log: word.log });
    const heed = () => heedAll(setups, kindParts);
    const cycle = new Cycle({ leader, heed, kinds, tasks, opening, standing, intake, nowMs, log });
    return {
      config,
      leaderStore,
      helper,
      helperSide,
      keyList,
      helperKeys,
      wholeLog,
      identities: { leader: identity.publicKey, helper: helperIdentity },
      gatewayKeys,
      tokens,
      plan,
      tasks,
      editions,
      intake,
      cycle,
      admin: openAdminKey(config),
      keyRings: helperSide === null ? [keys] : [keys, helperSide.keys],
      nowMs,
      log,
      close: async () => {
        // What is computed is stored at its end, which nobody waits for.
        const cut = work.close();
        await cycle.stop();
        await intake.settled();
        await cut;
        await closeStores();
      },
    };
  } catch (error) {
    await closeStores();
    throw error;
  }
}

export function openLeaderIdentity({ data }: Pick<Config, "data">): Identity {
  return Identity.open(join(data, "leader-identity.json"));
}

export function openLeaderKeys(
  { data, keys }: Pick<Config, "data" | "keys">,
  nowMs: number,
): Promise<KeyRing> {
  return KeyRing.open({ path: join(data, "leader-keys.json"), aggregator: "leader", nowMs, rotation: keys });
}

interface HelperSetup {
  readonly config: Config;
  readonly leader: Identity;
  readonly tokens: Tokens | null;
  readonly nowMs: () => number;
  readonly reached: Reached;
}

/** How the leader reaches its helper. */
interface WayToHelper {
  readonly helper: HelperClient;
  readonly identity: string;
  readonly helperSide: HelperSide | null;
}

/** In this process: one operator holds both halves, which is for development. */
async function helperHere(
  { config, leader, tokens, nowMs, reached }: HelperSetup,
  opened: { readonly destroy: () => Promise<void> }[],
): Promise<WayToHelper> {
  const store = openHelperStore(helperPath(config));
  opened.push(store);
  await requireSameStore(store, config);
  const options = { config, store, leader: leader.publicKey, tokens, origin: null, nowMs, reached };
  const helperSide = await openHelperSide(options);
  await takePlace(store, helperPath(config));
  const { helper, identity } = helperSide;
  return { helper: inProcessHelper(helper), identity: identity.publicKey, helperSide };
}

function helperThere({ config, leader }: HelperSetup): WayToHelper {
  const { url, key } = pinnedHelper(config);
  return { helper: new RemoteHelper({ url, identity: leader }), identity: key, helperSide: null };
}

async function openGatewayKeys(
  data: string,
  { nowMs, log }: { readonly nowMs: () => number; readonly log: Log },
  opened: { readonly destroy: () => Promise<void> }[],
): Promise<GatewayKeys> {
  const keys = await GatewayKeys.open({ path: join(data, "gateway-keys.json"), nowMs: nowMs() });
  await keys.rotateIfDue(nowMs());
  const report = (error: unknown) => log("gateway-keys-not-rotated", { error: messageOf(error) }, "error");
  const timer = setInterval(() => void keys.rotateIfDue(nowMs()).catch(report), hourMs);
  timer.unref();
  opened.push({ destroy: async () => clearInterval(timer) });
  return keys;
}

/** The issuer's key changes while the server runs: each task names the one of its own opening. */
function tokenKeyFor({ tokens: { required } }: Config, tokens: Tokens | null): string | null {
  return required && tokens !== null ? tokens.preferred() : null;
}

async function gateOf({ gate }: Config, nowMs: number): Promise<GateParts> {
  const { holdout, k, margin, people } = gate;
  const known = holdout === undefined ? null : await readHoldout(inputOfFile(holdout), nowMs);
  const heldOut = known && drawnPeople(known, people);
  return { heldOut, k, margin };
}
