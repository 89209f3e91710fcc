/**
 * A server of its own for a test, and browsers that report to it: sealed as worker/contribute/report.ts
 * seals, with values a test chose.
 */
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { Hono } from "hono";
import { onTestFinished } from "vitest";
import { fromHex, uint32ToBytes } from "../../core/bytes.ts";
import { asciiBytes } from "../../core/json.ts";
import { modulus, toField } from "../../core/sum/field.ts";
import { clippedForRounding, encodeFixed } from "../../core/sum/fixedpoint.ts";
import { type PrivacyPlan, parsePlan } from "../../core/sum/plan.ts";
import { seedBytes, splitShares } from "../../core/sum/share.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { type ItemFactorsSettings, itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import { parseTask, settingsOf, type Task, taskIdOf } from "../../core/tasks/task.ts";
import { type KeyList, type PublicKey, parseKeyList } from "../../core/wire/keylist.ts";
import { sealInfo } from "../../core/wire/protocol.ts";
import {
  encodeReport,
  parseReportAnswer,
  type Report,
  type ReportAnswer,
  type ReportSum,
  type SumOutcome,
  sealedAad,
} from "../../core/wire/report.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { parseTasksAnswer, type TasksAnswer } from "../../core/wire/tasksanswer.ts";
import { type Config, parseConfig } from "../../server/base/config.ts";
import { fillRandom, sha256 } from "../../server/base/platform.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import type { InForce } from "../../server/publishing/inforce.ts";
import { createApp } from "../../server/roles/app.ts";
import { openParts, type Parts, type PartsOptions } from "../../server/roles/leader.ts";
import type { StoredTask } from "../../server/store/tasks.ts";
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
    await parts.cycle.openNext();
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
  readonly plan: PrivacyPlan;
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
    plan: parsePlan(await openSigned("plan", answer.plan, by("leader"))),
    answer,
  };
}

export async function tasksOf(app: Hono): Promise<OpenTasks> {
  return openTasks(await (await app.request("/v1/tasks")).json());
}

export interface ReportInput {
  readonly tasks: Pick<OpenTasks, "tasks" | "keys">;
  readonly block: number;
  /** Signed integers; their number is the task's length unless a test wants it wrong. */
  readonly values: Int32Array;
  readonly id?: Uint8Array;
  readonly token?: Uint8Array;
}

/** One report with a sum for the first task of the answer. */
export async function reportOf({ block, values, ...rest }: ReportInput): Promise<Report> {
  return reportOfSums({ ...rest, sums: [{ task: rest.tasks.tasks[0], block, values }] });
}

export interface SumInput extends Pick<ReportInput, "block" | "values"> {
  readonly task: Task;
}

/** One report with several sums. */
export async function reportOfSums({
  tasks: { keys },
  sums,
  id = randomBytes(16),
  token = new Uint8Array(0),
}: Omit<ReportInput, "block" | "values"> & { readonly sums: readonly SumInput[] }): Promise<Report> {
  const sealed = sums.map(({ task, block, values }) => {
    const seed = randomBytes(seedBytes);
    const share = splitShares(toField(values), maskOf(seed, values.length));
    return sealedSum({ keys, task, block, id, seed, share });
  });
  return {
    id: Uint8Array.from(id),
    leaderKey: keys.leader.id,
    helperKey: keys.helper.id,
    sums: await Promise.all(sealed),
    token,
  };
}

export interface SealInput {
  readonly keys: OpenTasks["keys"];
  readonly task: Task;
  readonly block: number;
  readonly id: Uint8Array;
  readonly seed: Uint8Array;
  readonly share: Uint32Array;
}

/** Seals whatever a test wants to have sealed. */
export async function sealedSum({ keys, task: of, block, id, seed, share }: SealInput): Promise<ReportSum> {
  const task = await taskIdOf(of, sha256);
  const aad = sealedAad({ task, id, block });
  return {
    task,
    block,
    leaderShare: await seal(keys.leader, "leader", uint32ToBytes(share), aad),
    helperSeed: await seal(keys.helper, "helper", seed, aad),
  };
}

/** A report with one sum, sealed around whatever a test wants, for the first task of the answer. */
export async function sealedReport({
  tasks: { tasks, keys },
  ...sealed
}: Omit<SealInput, "keys" | "task"> & Pick<ReportInput, "tasks">): Promise<Report> {
  return {
    id: Uint8Array.from(sealed.id),
    leaderKey: keys.leader.id,
    helperKey: keys.helper.id,
    sums: [await sealedSum({ keys, task: tasks[0], ...sealed })],
    token: new Uint8Array(0),
  };
}

/** The same report, something of its first sum changed. */
export function withSum(report: Report, change: Partial<ReportSum>): Report {
  return { ...report, sums: [{ ...report.sums[0], ...change }, ...report.sums.slice(1)] };
}

/** The task on items that is open, as the leader holds it. */
export async function openTask({ parts }: TestServer): Promise<StoredTask> {
  const task = await parts.tasks.ofKind("item-factors");
  if (task === undefined) throw new Error("expected an open task on items, got none");
  return task;
}

/** The lane of a report, by the plainest means. */
export function laneIn({ laneSecret, task }: StoredTask, id: Uint8Array): number {
  const mac = createHmac("sha256", laneSecret).update(id).digest();
  return Math.floor((mac[0] / 256) * task.lanes);
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});

/** To an aggregator: the encapsulated key, then the ciphertext. */
export async function seal(
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
  return Int32Array.from({ length: tasks.tasks[0].length }, () => randomInt(-largest, largest + 1));
}

/** The settings of the first task, which is on items. */
export function itemSettings(tasks: Pick<OpenTasks, "tasks">): ItemFactorsSettings {
  return settingsOf(tasks.tasks[0], itemFactors);
}

/**
 * What a browser whose person has two items of the block reports: a real contribution, clipped and rounded.
 */
export function personsValues(tasks: Pick<OpenTasks, "tasks">, block: number): Int32Array {
  const [task] = tasks.tasks;
  const settings = itemSettings(tasks);
  const first = block * settings.blockSize;
  const last = Math.min(settings.items, first + settings.blockSize) - 1;
  const userVector = Float64Array.from({ length: settings.dim }, () => randomInt(-1000, 1001) / 1000);
  const { values } = contributionOf({
    ...settings,
    factors: new Float64Array(settings.items * settings.dim),
    block,
    items: [randomInt(first, last), last],
    weights: [1, 1],
    userVector,
  });
  return encodeFixed(clippedForRounding(values, task), task, fillRandom);
}

/** The outcome of a report's only sum; of a report that was not looked at, its refusal. */
export async function post(
  app: Hono,
  report: Report | Uint8Array,
): Promise<DistributiveOmit<SumOutcome, "task">> {
  return outcomeIn(await postWhole(app, report));
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What became of the first sum, or of the report when nothing of it was looked at. */
export function outcomeIn(answer: ReportAnswer): DistributiveOmit<SumOutcome, "task"> {
  if (answer.state === "refused") return answer;
  const { task: _task, ...outcome } = answer.sums[0];
  return outcome;
}

export async function postWhole(app: Hono, report: Report | Uint8Array): Promise<ReportAnswer> {
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
