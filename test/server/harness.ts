/** A server of its own for a test, and browsers that report to it: sealed as worker/contribute/report.ts seals, with values a test chose. */
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { Hono } from "hono";
import { onTestFinished } from "vitest";
import { fromHex, uint32ToBytes } from "../../core/bytes.ts";
import { asciiBytes } from "../../core/json.ts";
import { modulus, toField } from "../../core/sum/field.ts";
import { clipBeforeRounding, encodeFixed } from "../../core/sum/fixedpoint.ts";
import { seedBytes, splitShares } from "../../core/sum/share.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { parseTask, type Task, taskIdOf, vectorLengthOf } from "../../core/tasks/task.ts";
import { type KeyList, type PublicKey, parseKeyList } from "../../core/wire/keylist.ts";
import {
  encodeReport,
  parseReportAnswer,
  parseTasksAnswer,
  type Report,
  type ReportAnswer,
  sealedAad,
  sealInfo,
  type TasksAnswer,
} from "../../core/wire/protocol.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { type Config, parseConfig } from "../../server/base/config.ts";
import { fillRandom, sha256 } from "../../server/base/platform.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import type { InForce } from "../../server/publishing/editions.ts";
import type { CatalogueItem } from "../../server/publishing/import/formats.ts";
import { createApp } from "../../server/roles/app.ts";
import { openParts, type Parts, type PartsOptions } from "../../server/roles/leader.ts";
import { verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { maskOf } from "../../server/tasks/mask.ts";

export const adminToken = "a token for tests only";

/** A directory that is gone when the test is. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tacit-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Small dimensions and small batches: 30 items of 3 numbers in blocks of 10, batches from 4 reports. */
export function testConfig(data: string, overrides: Readonly<Record<string, unknown>> = {}): Config {
  return parseConfig({
    data,
    adminToken,
    catalogue: { contentDim: 8 },
    training: { dim: 3, blockLimit: 10 },
    round: { minBatch: 4, maxBatch: 60, batchSize: 1000, quietSeconds: 3600, roundSeconds: 86_400 },
    helper: { minBatch: 3 },
    ...overrides,
  });
}

export interface TestServer {
  readonly parts: Parts;
  readonly app: Hono;
}

/** A server with a catalogue, closed when the test is finished (closing twice does no harm). */
export async function openServer(config: Config, options: PartsOptions = {}): Promise<TestServer> {
  const parts = await openParts(config, options);
  onTestFinished(() => parts.close());
  if (parts.editions.inForce === null) {
    const { contentDim } = config.catalogue;
    await publishCatalogue(parts.editions, catalogueOf(30), { contentDim, dim: config.training.dim });
  }
  return { parts, app: createApp(parts) };
}

/** What a server has published. */
export function inForceOf({ parts }: Pick<TestServer, "parts">): InForce {
  const { inForce } = parts.editions;
  if (inForce === null) throw new Error("inForceOf: expected an edition in force, got none");
  return inForce;
}

const words = ["red", "blue", "mug", "lamp", "bag", "clock", "tin", "retro", "heart", "bird"];

/** Items with titles of a few words. */
export function catalogueOf(count: number): readonly CatalogueItem[] {
  return Array.from({ length: count }, (_, k) => ({
    item: `item-${k}`,
    title: `${words[k % 10]} ${words[(k * 3 + 1) % 10]} ${words[(k * 7 + 2) % 10]}`,
    categories: [words[k % 4]],
  }));
}

/** A tasks answer whose signatures are right, opened. */
export interface OpenTasks {
  /** The keys to seal to: the newest of each list. */
  readonly keys: { readonly leader: PublicKey; readonly helper: PublicKey };
  readonly lists: { readonly leader: KeyList; readonly helper: KeyList };
  readonly tasks: readonly Task[];
  readonly answer: TasksAnswer;
}

/** @throws when anything in the answer is not signed by whom it says. */
export async function openTasks(value: unknown): Promise<OpenTasks> {
  const answer = parseTasksAnswer(value);
  const by = (party: "leader" | "helper") => ({ key: answer.identities[party], verify: verifyEd25519 });
  const leader = parseKeyList(await openSigned("keys", answer.leader, by("leader")));
  const helper = parseKeyList(await openSigned("keys", answer.helper, by("helper")));
  const tasks = answer.tasks.map(async (signed) => parseTask(await openSigned("task", signed, by("leader"))));
  return {
    keys: { leader: leader.keys[0], helper: helper.keys[0] },
    lists: { leader, helper },
    tasks: await Promise.all(tasks),
    answer,
  };
}

export async function tasksOf(app: Hono): Promise<OpenTasks> {
  return openTasks(await (await app.request("/v1/tasks")).json());
}

export interface ReportInput {
  readonly tasks: Pick<OpenTasks, "tasks" | "keys">;
  readonly block: number;
  /** Signed integers; their number is the task's vector length unless a test wants it wrong. */
  readonly values: Int32Array;
  readonly id?: Uint8Array;
  readonly token?: Uint8Array;
}

/** One report on the first task of the answer. */
export async function reportOf({
  tasks,
  block,
  values,
  id = randomBytes(16),
  token = new Uint8Array(0),
}: ReportInput): Promise<Report> {
  const seed = randomBytes(seedBytes);
  return sealedReport({
    token,
    tasks,
    block,
    id,
    seed,
    share: splitShares(toField(values), maskOf(seed, values.length)),
  });
}

export interface SealInput {
  readonly tasks: Pick<OpenTasks, "tasks" | "keys">;
  readonly block: number;
  readonly id: Uint8Array;
  readonly seed: Uint8Array;
  readonly share: Uint32Array;
  readonly token?: Uint8Array;
}

/** Seals whatever a test wants to have sealed. */
export async function sealedReport({
  tasks,
  block,
  id,
  seed,
  share,
  token = new Uint8Array(0),
}: SealInput): Promise<Report> {
  const task = await taskIdOf(tasks.tasks[0], sha256);
  const aad = sealedAad({ task, id, block });
  const { leader, helper } = tasks.keys;
  return {
    task,
    id: Uint8Array.from(id),
    block,
    leaderKey: leader.id,
    helperKey: helper.id,
    leaderShare: await seal(leader, "leader", uint32ToBytes(share), aad),
    helperSeed: await seal(helper, "helper", seed, aad),
    token,
  };
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

async function seal(
  key: PublicKey,
  party: keyof typeof sealInfo,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Promise<Uint8Array> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromHex(key.key));
  const params = { recipientPublicKey, info: asciiBytes(sealInfo[party]) };
  const { enc, ct } = await suite.seal(params, Uint8Array.from(plaintext), Uint8Array.from(aad));
  return Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]);
}

/** Integers as a browser's are: within the clip. */
export function randomValues(tasks: Pick<OpenTasks, "tasks">, largest = 2 ** 15): Int32Array {
  return Int32Array.from({ length: vectorLengthOf(tasks.tasks[0]) }, () => randomInt(-largest, largest + 1));
}

/** What a browser whose person has two items of the block reports: a real contribution, clipped and rounded. */
export function personsValues(tasks: Pick<OpenTasks, "tasks">, block: number): Int32Array {
  const [task] = tasks.tasks;
  const first = block * task.blockSize;
  const last = Math.min(task.items, first + task.blockSize) - 1;
  const userVector = Float64Array.from({ length: task.dim }, () => randomInt(-1000, 1001) / 1000);
  const { values } = contributionOf({
    ...task,
    factors: new Float64Array(task.items * task.dim),
    block,
    items: [randomInt(first, last), last],
    weights: [1, 1],
    userVector,
    clipL2: clipBeforeRounding({ ...task, length: vectorLengthOf(task) }),
  });
  return encodeFixed(values, task, fillRandom);
}

export async function post(app: Hono, report: Report | Uint8Array): Promise<ReportAnswer> {
  return parseReportAnswer(await (await postRaw(app, report)).json());
}

export async function postRaw(app: Hono, report: Report | Uint8Array): Promise<Response> {
  const bytes = report instanceof Uint8Array ? report : encodeReport(report);
  return app.request("/v1/reports", { method: "POST", body: Uint8Array.from(bytes) });
}

/** The sum that aggregation must give: element by element, modulo q, by the plainest means. */
export function plainSum(vectors: readonly Int32Array[], length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, k) => {
    const total = vectors.reduce((sum, values) => sum + BigInt(values[k]), 0n);
    const q = BigInt(modulus);
    return Number(((total % q) + q) % q);
  });
}

/** The admin API, with the token. */
export function admin(app: Hono, method: string, path: string, body?: string): Promise<Response> {
  const headers = { authorization: `Bearer ${adminToken}` };
  return Promise.resolve(
    app.request(`/v1/admin${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
  );
}
