/**
 * Leader, helper and relay as three processes that the command line started, as operators run them; what honest
 * clients send them, and whether they still serve those when all is over.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { toHex } from "../../core/bytes.ts";
import { parseEdition } from "../../core/model/edition.ts";
import { parseFactors } from "../../core/model/factors.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { parseEditionAnswer } from "../../core/wire/editions.ts";
import { encodeReport } from "../../core/wire/report.ts";
import { parseCanonical } from "../../core/wire/signed.ts";
import { adminToken, catalogueOf, openTasks, personsValues, reportOf } from "../server/harness.ts";
import { type Parties, type Role, roles, setUpParties, until } from "../server/processes.ts";
import { requireDecentLog } from "./answers.ts";
import { Fault } from "./campaign.ts";

const port = 19_100;
const items = 30;
/** Memory that a process may ever take: what one of them needs beside 500 requests a second, twice over. */
const mostMebibytes = 700;

export type Site = Parties & {
  /** Mebibytes at most, by role. */
  readonly memory: Map<string, number>;
  /** How much each had said when all were ready: what stands there is for whoever started it. */
  readonly greeted: Readonly<Record<Role, number>>;
};

/** Nothing is limited by address: what limits do is no news here, and would hide what comes after them. */
const limits = { requestsPerMinute: 0, reportsPerMinute: 0, adminFailuresPerMinute: 0 };

export async function openSite(directory: string): Promise<Site> {
  const parties = await setUpParties({
    directory,
    port,
    items,
    leader: {
      ...{ catalogue: { contentDim: 8, keepEditions: 5 }, training: { dim: 3, blockLimit: 10 }, limits },
      experiments: { on: true },
      round: { minBatch: 4, maxBatch: 2000, batchSize: 1e9, quietSeconds: 1e6, roundSeconds: 1e6 },
      tokens: { issue: true, perDay: 1e6 },
    },
    helper: {
      helper: { minBatch: 3, tasksPerDay: 1e6, documentsPerDay: 1e6 },
      tokens: { issue: true, perDay: 50 },
      // Behind a proxy that anybody may pass: whatever stands in the header is read.
      limits: { ...limits, trustProxy: 1 },
    },
  });
  for (const role of roles) await parties.processes[role].start();
  const { leader, helper, relay } = parties.processes;
  const greeted = { leader: leader.said.length, helper: helper.said.length, relay: relay.said.length };
  const site = { ...parties, memory: new Map<string, number>(), greeted };
  await until("an open task", async () => (await fetch(`${site.urls.leader}/v1/tasks`)).status === 200);
  await until("a task in it", async () => (await openTasksOf(site)).tasks.length > 0);
  return site;
}

export async function openTasksOf({ urls }: Pick<Site, "urls">) {
  return openTasks(await (await fetch(`${urls.leader}/v1/tasks`)).json());
}

/** Looks at what each process holds now. @throws {Fault} where one has ended. */
export function watch({ processes, memory }: Site): void {
  for (const role of roles) {
    const { pid } = processes[role];
    const kibibytes = Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" }));
    if (!(kibibytes > 0)) throw new Fault(`${role} must be alive, got ${processes[role].said.slice(-500)}`);
    memory.set(role, Math.max(memory.get(role) ?? 0, kibibytes / 1024));
  }
}

/** @throws {Fault} for a process that took too much, or said what it must not. */
export function requireSound({ processes, memory, greeted }: Site): void {
  console.log(
    `  memory at most: ${[...memory].map(([role, most]) => `${role} ${Math.round(most)} MiB`).join(", ")}`,
  );
  for (const role of roles) {
    requireDecentLog(processes[role].said.slice(greeted[role]));
    const most = memory.get(role) ?? 0;
    if (most > mostMebibytes) throw new Fault(`${role} must take at most ${mostMebibytes} MiB, got ${most}`);
  }
}

export const authorized = { authorization: `Bearer ${adminToken}` };

/**
 * An honest operator and honest browsers, after all: the catalogue is imported as it is written, reports are
 * counted, a round is learned from, and every part of what comes of it is what its edition says. @throws
 * {Fault} else.
 */
export async function requireService(site: Site): Promise<void> {
  const { leader } = site.urls;
  const lines = catalogueOf(items).map(({ item, title }) => `${item},${title}`);
  const csv = `id,title\n${lines.join("\n")}\n`;
  const imported = await admin(leader, "/catalogue?refit=1", csv);
  if (imported.items !== items)
    throw new Fault(`expected ${items} items in force, got ${JSON.stringify(imported)}`);
  // What others reported for what was in force before goes with its round.
  await until("a task on what is in force", async () => (await openTasksOf(site)).tasks.length > 0);
  const tasks = await openTasksOf(site);
  const before = await sequenceOf(leader);
  const crowd = 12;
  for (let k = 0; k < crowd; k++) {
    const report = await reportOf({ tasks, block: 0, values: personsValues(tasks, 0) });
    const answer = await fetch(`${leader}/v1/reports`, { method: "POST", body: encodeReport(report) });
    const { state } = await answer.json();
    if (state !== "answered" || answer.status !== 200)
      throw new Fault(`expected a report to count, got ${state}`);
  }
  const status = await admin(leader, "/rounds/close", "");
  const counted = JSON.stringify(status).includes(`"counted":${crowd}`);
  if (!counted)
    throw new Fault(`expected ${crowd} counted reports, got ${JSON.stringify(status).slice(0, 1500)}`);
  await until("an edition of the round", async () => (await sequenceOf(leader)) > before, 30_000);
  await requireParts(leader);
  for (const url of Object.values(site.urls)) {
    const { status: live } = await fetch(`${url}/health/live`);
    if (live !== 200) throw new Fault(`expected ${url} to be live, got ${live}`);
  }
}

async function admin(url: string, path: string, body: string): Promise<{ readonly items?: number }> {
  const answer = await fetch(`${url}/v1/admin${path}`, {
    method: "POST",
    headers: authorized,
    ...(body === "" ? {} : { body }),
  });
  if (answer.status !== 200)
    throw new Fault(`expected ${path} to be done, got ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function editionIn(url: string) {
  const { edition } = parseEditionAnswer(await (await fetch(`${url}/v1/edition`)).json());
  return parseEdition(parseCanonical("edition", edition.document));
}

async function sequenceOf(url: string): Promise<number> {
  return (await editionIn(url)).sequence;
}

async function requireParts(url: string): Promise<void> {
  const { head, parts } = await editionIn(url);
  for (const { id, kind } of [head, ...parts]) {
    const bytes = new Uint8Array(await (await fetch(`${url}/v1/parts/${id}`)).arrayBuffer());
    const hash = toHex(createHash("sha256").update(bytes).digest());
    if (hash !== id) throw new Fault(`expected the ${kind} of the edition, got other bytes`);
    if (kind !== "factors") continue;
    const { items: known, dim, rows } = parseFactors(bytes);
    const numbers = dequantizeRows(rows, dim);
    if (known.length !== items || !numbers.every(Number.isFinite))
      throw new Fault("expected factors of every item");
  }
}
