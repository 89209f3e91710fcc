/**
 * A world around the private side: a small shop with its model, a server at the edge that answers like the real one,
 * a clock that is set by hand, and chance from a seed where a test wants to repeat itself.
 */
import { dayMs } from "../../core/time.ts";
import "fake-indexeddb/auto";
import { createCipheriv, generateKeyPairSync, randomFillSync, sign } from "node:crypto";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { toHex, uint32FromBytes } from "../../core/bytes.ts";
import type { EventKind, TacitEvent } from "../../core/events/event.ts";
import { asciiBytes, canonicalJson, type Json } from "../../core/json.ts";
import type { Edition } from "../../core/model/edition.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { joinShares, keystreamBytes, maskFrom } from "../../core/sum/share.ts";
import type { ActivitySettings } from "../../core/tasks/activity/contribution.ts";
import { activity } from "../../core/tasks/activity/kind.ts";
import { blockSizeFor } from "../../core/tasks/itemfactors/contribution.ts";
import { type ItemFactorsSettings, itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { type Task, taskJson, taskVersion } from "../../core/tasks/task.ts";
import type { KeyList } from "../../core/wire/keylist.ts";
import { type Aggregator, protocolVersion, sealInfo } from "../../core/wire/protocol.ts";
import {
  parseReport,
  type Refusal,
  type Report,
  type ReportAnswer,
  type SumOutcome,
  sealedAad,
} from "../../core/wire/report.ts";
import { bytesToSign, type DocumentKind, type SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import type { ConsentFlags, WorkerConfig, WorkerNotice } from "../../worker/api.ts";
import type { AnyContributor } from "../../worker/contribute/kinds/contributor.ts";
import type { Edges, Fetch } from "../../worker/edges.ts";
import { TacitWorker } from "../../worker/tacit.ts";
import { factorsIdOf, type Publication, publish, randomModel } from "../model.ts";
import { HelperLog } from "./helperlog.ts";

export const noonMs = Date.UTC(2011, 5, 1, 12);

export const itemId = (row: number): string => `item-${row}`;

export interface ShopOptions {
  readonly items?: number;
  readonly contentDim?: number;
  readonly factorDim?: number;
  readonly seed?: number;
  readonly change?: Partial<JoinedModel>;
}

export function shopModel({ change = {}, ...options }: ShopOptions = {}): JoinedModel {
  const things = ["Lantern", "Mugs", "Mug", "Clock", "Ribbon"];
  const card = (row: number) => ({
    item: itemId(row),
    title: `${things[row % things.length]} of Kind ${"abcdefgh"[row % 8].repeat(4)}`,
    price: 2 + row,
    categories: [row % 2 === 0 ? "Kitchen" : "Garden"],
  });
  return { ...randomModel({ ...options, card }), ...change };
}

/** A task of a kind, as the leader lays it out. */
export function taskOf<Settings>(
  kind: TaskKind<Settings>,
  settings: Settings,
  change: Partial<Task> = {},
): Task {
  return {
    version: taskVersion,
    kind: kind.name,
    settings: Object.fromEntries(Object.entries(Object(settings))),
    round: 4,
    ...kind.layoutOf(settings),
    sigma: 0.75,
    fractionBits: 15,
    minBatch: 20,
    maxBatch: 500,
    lanes: 1,
    laneCommitment: "1a".repeat(32),
    tokenKey: null,
    expiresAtMs: noonMs + 14 * dayMs,
    ...change,
  };
}

export function factorSettings(
  model: JoinedModel,
  change: Partial<ItemFactorsSettings> = {},
): ItemFactorsSettings {
  return {
    factors: factorsIdOf(model),
    items: model.items,
    dim: model.factorDim,
    blockSize: blockSizeFor(model.items, 25),
    alpha0: 0.35,
    lambda: 0.002,
    clipL2: 1.5,
    countScale: 0.1,
    weightScale: 0.25,
    ...change,
  };
}

/** A task for the factors of a model. */
export function taskOn(
  model: JoinedModel,
  change: Partial<Task> = {},
  settings: Partial<ItemFactorsSettings> = {},
): Task {
  return taskOf(itemFactors, factorSettings(model, settings), change);
}

/** A task for what people did on the day before `noonMs`. */
export function activityTask(change: Partial<Task> = {}, settings: Partial<ActivitySettings> = {}): Task {
  const asked: ActivitySettings = {
    kinds: ["view", "purchase", "like", "dislike"],
    fromMs: noonMs - 2 * dayMs,
    toMs: noonMs - dayMs / 2,
    positions: 5,
    mostEvents: 10,
    mostPlaces: 10,
    ...settings,
  };
  return taskOf(activity, asked, change);
}

/** A plan that allows everything: for servers on this machine. */
export const anyPlan: PrivacyPlan = {
  version: 3,
  kinds: ["item-factors", "activity"].map((kind) => ({ kind, rho: null, reportsPer30Days: 1000 })),
  rhoPer30Days: null,
  issuedAtMs: noonMs - dayMs,
};

/** An Ed25519 identity, by another implementation than the browser's. */
export interface Identity {
  /** Public key in hex. */
  readonly publicKey: string;
  sign(kind: DocumentKind, document: string): SignedDocument;
}

export function newIdentity(): Identity {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    // The last 32 bytes of an Ed25519 SPKI are the key (RFC 8410, 4).
    publicKey: toHex(publicKey.export({ type: "spki", format: "der" }).subarray(-32)),
    sign: (kind, document) => ({
      document,
      signature: toHex(sign(null, bytesToSign(kind, document), privateKey)),
    }),
  };
}

export const identities: Readonly<Record<Aggregator, Identity>> = {
  leader: newIdentity(),
  helper: newIdentity(),
};

/** A task or a key list, signed. */
export function signed(kind: DocumentKind, by: Identity, value: Json): SignedDocument {
  return by.sign(kind, canonicalJson(value));
}

const suite = () =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes128Gcm() });

/** The keystream of a seed by another implementation than the browser's. */
export function nodeKeystream(seed: Uint8Array, length: number): Uint8Array {
  return createCipheriv("aes-128-ctr", seed.subarray(0, 16), seed.subarray(16)).update(
    new Uint8Array(length),
  );
}

/** The two aggregators' keys, and what they can do with them: `open` alone, `opened` only together. */
export async function aggregators() {
  const pairs = { leader: await suite().kem.generateKeyPair(), helper: await suite().kem.generateKeyPair() };
  const hexOf = async (key: CryptoKey) => toHex(new Uint8Array(await suite().kem.serializePublicKey(key)));
  const open = async (who: Aggregator, report: Report, place = 0): Promise<Uint8Array> => {
    const sum = report.sums[place];
    const sealed = new Uint8Array(who === "leader" ? sum.leaderShare : sum.helperSeed);
    const recipientKey = pairs[who].privateKey;
    const info = asciiBytes(sealInfo[who]);
    const enc = sealed.slice(0, 32).buffer;
    const parameters = { recipientKey, enc, info };
    return new Uint8Array(
      await suite().open(parameters, sealed.slice(32), sealedAad({ ...sum, id: report.id })),
    );
  };
  return {
    keys: {
      leader: { id: 4, key: await hexOf(pairs.leader.publicKey) },
      helper: { id: 9, key: await hexOf(pairs.helper.publicKey) },
    },
    open,
    /** What a report adds to the sum of a task, which stands at `place` in it. */
    opened: async (report: Report, task: Task, place = 0): Promise<Float64Array> => {
      const { length } = task;
      const seed = await open("helper", report, place);
      const mask = maskFrom(nodeKeystream(seed, keystreamBytes(length)), length);
      const leaderShare = uint32FromBytes(await open("leader", report, place));
      return decodeFixed(fromField(joinShares(leaderShare, mask)), task);
    },
  };
}
/** What happens to a posted report on its way: counted and answered, counted with the answer lost, or never there. */
export type Way = "fine" | "answer-lost" | "offline";

export function keyListOf(role: Aggregator, keys: Keys, change: Partial<KeyList> = {}): KeyList {
  return {
    role,
    origin: null,
    keys: [keys[role]],
    gateway: null,
    issuer: null,
    log: role === "helper" ? new HelperLog().head : null,
    issuedAtMs: noonMs - dayMs,
    expiresAtMs: noonMs + 2 * dayMs,
    ...change,
  };
}

/** Beyond these a site that is not on this machine gets nothing; the pins are of the identities above. */
export const production = {
  server: "https://shop.example/base/",
  pins: {
    siteKey: identities.leader.publicKey,
    helper: "https://helper.example",
    helperKey: identities.helper.publicKey,
  },
} as const;

/** What an honest server answers, when its helper has vouched for everything in it. */
export function tasksAnswerOf(
  keys: Keys,
  tasks: readonly Task[],
  plan: PrivacyPlan = anyPlan,
  log = new HelperLog(),
): TasksAnswer {
  const signedPlan = signed("plan", identities.leader, plan);
  const signedTasks = tasks.map((task) => signed("task", identities.leader, taskJson(task)));
  log.vouch("plan", signedPlan);
  for (const task of signedTasks) log.vouch("task", task);
  return {
    version: protocolVersion,
    leader: signed("keys", identities.leader, keyListOf("leader", keys)),
    helper: signed("keys", identities.helper, keyListOf("helper", keys, { log: log.head })),
    plan: signedPlan,
    tasks: signedTasks,
    log: log.usual(),
    identities: { leader: identities.leader.publicKey, helper: identities.helper.publicKey },
  };
}

/** Where a test has no aggregators, nobody opens what is sealed to these. */
const nobodysKeys: Keys = {
  leader: { id: 1, key: "1e".repeat(32) },
  helper: { id: 2, key: "2e".repeat(32) },
};

export function signedEdition(edition: Edition): SignedDocument {
  return signed("edition", identities.leader, JSON.parse(JSON.stringify(edition)));
}

/** What an honest server answers about what it publishes, when its helper has vouched for it. */
export function editionAnswerOf(edition: SignedDocument, keys: Keys = nobodysKeys, log = new HelperLog()) {
  log.vouch("edition", edition);
  return {
    version: protocolVersion,
    edition,
    // Whoever pins a helper in these tests pins this one; others do not compare.
    helper: signed(
      "keys",
      identities.helper,
      keyListOf("helper", keys, { origin: production.pins.helper, log: log.head }),
    ),
    log: log.usual(),
    identities: { leader: identities.leader.publicKey, helper: identities.helper.publicKey },
  };
}

export interface FakeServer {
  readonly fetch: Fetch;
  readonly requests: { readonly method: string; readonly url: string; readonly init: RequestInit }[];
  readonly bodies: Uint8Array[];
  /** Publishes a model, each time under the next sequence number. */
  publish(model: JoinedModel): void;
  /** Publishes these parts under this edition, whatever they are. */
  serve(publication: Publication): void;
  /** Stands before the parts; undefined lets the honest answer through. */
  onPart: (id: string, init: RequestInit) => Response | undefined;
  tasks: readonly Task[];
  plan: PrivacyPlan;
  /** The helper's. */
  log: HelperLog;
  /** Why sums of a task are refused, by its id. */
  readonly refusals: Map<string, Refusal>;
  /** Stands between the honest answer and the device. */
  tamper: (answer: TasksAnswer) => unknown;
  way: Way;
  refusal: ReportAnswer | null;
  online: boolean;
}

export type Keys = Awaited<ReturnType<typeof aggregators>>["keys"];

export function fakeServer(model: JoinedModel | null, keys?: Keys): FakeServer {
  let current: Publication | null = null;
  let sequence = 0;
  const counted = new Set<string>();
  const server: FakeServer = {
    requests: [],
    bodies: [],
    tasks: [],
    plan: anyPlan,
    log: new HelperLog(),
    refusals: new Map(),
    tamper: (answer) => answer,
    way: "fine",
    refusal: null,
    online: true,
    onPart: () => undefined,
    publish: (next) => {
      sequence += 1;
      current = publish(next, { sequence, headItems: next.items });
    },
    serve: (publication) => {
      current = publication;
    },
    fetch: async (url, init) => {
      const method = init.method ?? "GET";
      server.requests.push({ method, url, init });
      if (!server.online) throw new TypeError("fetch failed");
      const { pathname } = new URL(url);
      if (pathname === "/base/v1/edition") {
        if (current === null) return new Response("no edition", { status: 404 });
        return Response.json(editionAnswerOf(signedEdition(current.edition), keys, server.log));
      }
      if (pathname.startsWith("/base/v1/parts/")) {
        const id = pathname.slice("/base/v1/parts/".length);
        return server.onPart(id, init) ?? partResponse(current?.parts.get(id), init);
      }
      if (pathname === "/base/v1/tasks" && keys !== undefined) {
        return Response.json(server.tamper(tasksAnswerOf(keys, server.tasks, server.plan, server.log)));
      }
      if (pathname === "/base/v1/log") return Response.json(server.log.tail(0));
      if (pathname === "/base/v1/reports" && method === "POST" && init.body instanceof Uint8Array) {
        if (server.way === "offline") throw new TypeError("fetch failed");
        const body = new Uint8Array(init.body);
        server.bodies.push(body);
        const report = parseReport(body);
        const id = toHex(report.id);
        const state = counted.has(id) ? "duplicate" : "accepted";
        counted.add(id);
        if (server.way === "answer-lost") throw new TypeError("connection reset");
        if (server.refusal !== null) return Response.json(server.refusal, { status: 409 });
        const sums = report.sums.map(({ task }): SumOutcome => {
          const why = server.refusals.get(task);
          return why === undefined ? { task, state } : { task, state: "refused", why, detail: "" };
        });
        return Response.json({ state: "answered", sums });
      }
      return new Response("not found", { status: 404 });
    },
  };
  if (model !== null) server.publish(model);
  return server;
}

/** A part, or what a range asks of it, as an honest server answers. */
export function partResponse(bytes: Uint8Array<ArrayBuffer> | undefined, init: RequestInit): Response {
  if (bytes === undefined) return new Response("no such part", { status: 404 });
  const range = /^bytes=(\d+)-$/.exec(new Headers(init.headers).get("range") ?? "");
  return range === null ? new Response(bytes) : new Response(bytes.slice(Number(range[1])), { status: 206 });
}

/** "GET /v1/edition", "GET /v1/parts/ab12…": what was asked for, under the server's prefix. */
export function askedOf(server: FakeServer): readonly string[] {
  return server.requests.map(({ method, url }) => `${method} ${new URL(url).pathname.slice("/base".length)}`);
}

/** What was asked for beside the model. */
export function askedBesideModel(server: FakeServer): readonly string[] {
  return askedOf(server).filter((asked) => !/^GET \/v1\/(?:edition|parts\/)/.test(asked));
}

let databases = 0;
export const freshDatabase = (): string => `test-${databases++}`;

export interface Device {
  readonly worker: TacitWorker;
  readonly notices: WorkerNotice[];
  readonly clock: { nowMs: number };
}

export interface DeviceOptions {
  readonly database?: string;
  readonly consent?: ConsentFlags;
  readonly fill?: Edges["fill"];
  readonly config?: Partial<WorkerConfig>;
  readonly edges?: Partial<Edges>;
  readonly contributors?: readonly AnyContributor[];
}

export const strongFill: Edges["fill"] = (bytes) => {
  randomFillSync(bytes);
};

const opened: TacitWorker[] = [];

/** A started worker; `closeDevices` closes it. */
export async function device(server: FakeServer, options: DeviceOptions = {}): Promise<Device> {
  const { database = freshDatabase(), fill = strongFill } = options;
  const { consent = { personalise: true, contribute: true } } = options;
  const clock = { nowMs: noonMs };
  const notices: WorkerNotice[] = [];
  const edges = { nowMs: () => clock.nowMs, fill, fetch: server.fetch, ...options.edges };
  const worker = new TacitWorker(edges, options.contributors);
  const config: WorkerConfig = {
    server: "http://localhost/base/",
    database,
    consent,
    answeredTasks: [],
    ...options.config,
  };
  await worker.start(config, (notice) => {
    notices.push(notice);
  });
  opened.push(worker);
  return { worker, notices, clock };
}

/** A started worker that has fetched everything. */
export async function wholeDevice(server: FakeServer, options: DeviceOptions = {}): Promise<Device> {
  const own = await device(server, options);
  await until(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
  return own;
}

/** Like closing the tab. */
export async function closeDevice({ worker }: Device): Promise<void> {
  opened.splice(opened.indexOf(worker), 1);
  await worker.close();
}

export async function closeDevices(): Promise<void> {
  for (const worker of opened.splice(0)) await worker.close();
}

let events = 0;
export function eventOf(kind: EventKind, row: number | string, atMs = noonMs - dayMs): TacitEvent {
  return { id: `event-${events++}`, kind, item: typeof row === "number" ? itemId(row) : row, atMs };
}

/** Lets so many turns of the event loop pass. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Waits, in turns of the event loop, until `holds`. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) {
    if (await holds()) return;
    await turns(1);
  }
  throw new Error("until: expected it to hold in about 2 s, got no such moment");
}

export function troublesOf({ notices }: Device): readonly string[] {
  return notices.flatMap((notice) => (notice.type === "trouble" ? [notice.message] : []));
}
