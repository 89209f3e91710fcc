/**
 * How many reports a second both aggregators stand, and what the time goes into.
 *
 *     npm run bench:throughput -- [--reports 1000] [--at-once 8] [--quick]
 *
 * A leader with its helper behind it takes reports of about 137 kB over real HTTP from another process, each
 * durable before it is acknowledged, then sums them as one batch in chunks, with noise. Rates are per second
 * of processor time of this process, all its threads together: reports per second *per core*. Shares are
 * those of each part done again, alone, on the same reports; what they leave is parsing, HTTP, memory, the
 * garbage collector.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAdaptorServer } from "@hono/node-server";
import { addInto } from "../core/sum/field.ts";
import { integerSigmaOf } from "../core/tasks/task.ts";
import { sealedAad } from "../core/wire/report.ts";
import { encodeChunkRequest, mostInChunk, parseChunkRequest } from "../core/wire/sums.ts";
import { parseConfig } from "../server/base/config.ts";
import { fillRandom } from "../server/base/platform.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";
import { createApp } from "../server/roles/app.ts";
import { openHelperKeys } from "../server/roles/helper.ts";
import { openLeaderKeys, openParts } from "../server/roles/leader.ts";
import { batchesOf } from "../server/store/batches.ts";
import { beginHelperBatch, storeChunk } from "../server/store/helperbatches.ts";
import { openHelperStore } from "../server/store/helperstore.ts";
import { openLeaderStore } from "../server/store/leaderstore.ts";
import { reportsAt, type StoredReport, storeReport } from "../server/store/reports.ts";
import { markTaskClosed } from "../server/store/tasks.ts";
import { sumTask } from "../server/tasks/closing.ts";
import type { HelperClient, HelperReply } from "../server/tasks/helperclient.ts";
import { addMaskOfInto, addNoiseInto, maskOf } from "../server/tasks/mask.ts";
import { unwatched } from "../server/tasks/written.ts";
import { writeResults } from "./results.ts";

const { values } = parseArgs({
  options: {
    reports: { type: "string", default: "1000" },
    "at-once": { type: "string", default: "8" },
    quick: { type: "boolean", default: false },
  },
});
const count = values.quick ? 60 : wholeOf("reports", 50);
const atOnce = wholeOf("at-once", 1);
const directory = mkdtempSync(join(tmpdir(), "tacit-throughput-"));

/** Processor time of all threads of this process, and time on the clock, in seconds. */
interface Spent {
  readonly cpu: number;
  readonly wall: number;
}

const helperSpent: Spent[] = [];
const config = parseConfig({
  data: join(directory, "data"),
  catalogue: { contentDim: 8 },
  training: { dim: 32, noiseMultiplier: 2 },
  round: { minBatch: 50, maxBatch: 3000 },
  limits: { requestsPerMinute: 0 },
});
const parts = await openParts(config, {
  throughHelper: (helper): HelperClient => ({
    keys: () => helper.keys(),
    log: () => helper.log(),
    vouch: (request) => helper.vouch(request),
    chunk: (request) => timedReply(() => helper.chunk(request)),
    close: (request) => timedReply(() => helper.close(request)),
  }),
});
try {
  await publishCatalogue(parts.editions, catalogue(1024), { contentDim: 8, dim: 32 });
  await parts.cycle.openNext();
  await measure();
} finally {
  await parts.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const { leaderStore: store } = parts;
  const task = await parts.tasks.ofKind("item-factors");
  if (task === undefined) throw new Error("throughput: a task must be open, got none");
  const { reportBytes, spent: intake } = await takeReports();

  const reports: StoredReport[] = [];
  const reading = await timed(async () => {
    reports.push(...(await readReports(task.seq)));
  });
  const keys = await openLeaderKeys(config, Date.now());
  const leaderParts = { store, keys, helper: parts.helper, chunkSize: mostInChunk };
  await parts.tasks.change((transaction) => markTaskClosed(transaction, task.seq));
  const both = await timed(() =>
    sumTask({ ...leaderParts, addNoise: addNoiseInto, nowMs: Date.now, reached: unwatched }, task),
  );
  const [summed] = await batchesOf(store, task.seq);
  if (summed.state !== "summed" || summed.counted !== count) {
    throw new Error(
      `throughput: ${count} reports must be summed in one batch, got ${JSON.stringify(summed)}`,
    );
  }
  const helper = helperSpent.reduce((sum, { cpu, wall }) => ({ cpu: sum.cpu + cpu, wall: sum.wall + wall }));
  const summing = { cpu: both.cpu - helper.cpu, wall: both.wall - helper.wall };
  const leader = { cpu: intake.cpu + summing.cpu, wall: intake.wall + summing.wall };

  const { length } = task.task;
  const sigma = integerSigmaOf(task.task);
  const aads = reports.map((report) => sealedAad({ ...report, task: task.id }));
  const helperKeys = await openHelperKeys(config, Date.now());
  const seeds = reports.map(() => fillRandomly(32));
  const sum = new Uint32Array(length);
  const masks = seeds.slice(0, 8).map((seed) => maskOf(seed, length));
  const apart = {
    "AES-128-CTR, masks added": await timed(async () => {
      for (const seed of seeds) addMaskOfInto(sum, seed);
    }),
    "HPKE, seeds": await timed(async () => {
      await Promise.all(reports.map((r, k) => helperKeys.unseal(r.helperKey, r.helperSeed, aads[k])));
    }),
    "HPKE, shares": await timed(async () => {
      await Promise.all(reports.map((r, k) => keys.unseal(r.leaderKey, r.leaderShare, aads[k])));
    }),
    "adding shares": await timed(async () => {
      for (let k = 0; k < count; k++) addInto(sum, masks[k % masks.length]);
    }),
    noise: await timed(() => addNoiseInto(sum, sigma)),
    "SQLite, intake": await timed(() => storeAll(reports)),
    "SQLite, reading": reading,
    "SQLite, verdicts": await timed(() => storeVerdicts(reports)),
    "coding (JSON, binary)": await timed(async () => {
      for (const _ of reports) JSON.parse(JSON.stringify({ state: "accepted" }));
      for (const chunk of chunksOf(reports)) {
        const name = { batch: new Uint8Array(16), task: task.id, block: 0, lane: 0, number: 0, chunk: 0 };
        parseChunkRequest(encodeChunkRequest({ ...name, reports: chunk }));
      }
    }),
  };
  console.log(
    `${count} reports of ${reportBytes} bytes (d = 32, 1,024 items), noise multiplier 2, Node ${process.version}\n`,
  );
  console.log("| step | reports/s per core | reports/s on the clock |\n|---|---|---|");
  const steps = {
    "leader: intake over HTTP, durable": intake,
    "leader: summing": summing,
    "leader, end to end": leader,
    "helper: summing": helper,
  };
  for (const [name, spent] of Object.entries(steps)) {
    console.log(`| ${name} | ${rate(spent.cpu)} | ${rate(spent.wall)} |`);
  }
  console.log(
    "\n| part, alone on the same reports | ms of processor a report | of the leader | of the helper |\n|---|---|---|---|",
  );
  const ofLeader = new Set([
    "HPKE, shares",
    "adding shares",
    "noise",
    "SQLite, intake",
    "SQLite, reading",
    "coding (JSON, binary)",
  ]);
  const ofHelper = new Set([
    "AES-128-CTR, masks added",
    "HPKE, seeds",
    "noise",
    "SQLite, verdicts",
    "coding (JSON, binary)",
  ]);
  for (const [name, { cpu }] of Object.entries(apart)) {
    const of = (parts: ReadonlySet<string>, whole: Spent) =>
      parts.has(name) ? `${((100 * cpu) / whole.cpu).toFixed(0)} %` : "-";
    console.log(
      `| ${name} | ${((1000 * cpu) / count).toFixed(3)} | ${of(ofLeader, leader)} | ${of(ofHelper, helper)} |`,
    );
  }
  writeResults("throughput", { reports: count, reportBytes, steps, apart });
}

async function takeReports(): Promise<{ readonly reportBytes: number; readonly spent: Spent }> {
  const server = createAdaptorServer({ fetch: createApp(parts).fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const script = fileURLToPath(new URL("throughput/browsers.ts", import.meta.url));
  const browsers = fork(script, [`http://127.0.0.1:${port}`, String(count), String(atOnce)], {
    execArgv: ["--import", "tsx"],
  });
  const failed = once(browsers, "exit").then(([code]) => {
    if (code !== 0) throw new Error(`throughput: the browsers must end well, got exit code ${code}`);
  });
  const word = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(browsers, "message"), failed.then(() => [])]);
    return message;
  };
  const ready = await word();
  const spent = await timed(async () => {
    browsers.send("go");
    await word();
  });
  await failed;
  await new Promise((resolve) => server.close(resolve));
  const reportBytes =
    typeof ready === "object" && ready !== null && "reportBytes" in ready ? Number(ready.reportBytes) : 0;
  return { reportBytes, spent };
}

async function readReports(task: number): Promise<readonly StoredReport[]> {
  const { leaderStore: store } = parts;
  const rows = await store.selectFrom("reports").select("seq").where("task", "=", task).execute();
  const places = rows.map(({ seq }) => seq);
  const reports: StoredReport[] = [];
  for await (const page of reportsAt(store, places)) reports.push(...page);
  return reports;
}

function chunksOf(reports: readonly StoredReport[]): readonly (readonly StoredReport[])[] {
  return Array.from({ length: Math.ceil(reports.length / mostInChunk) }, (_, k) =>
    reports.slice(k * mostInChunk, (k + 1) * mostInChunk),
  );
}

async function storeAll(reports: readonly StoredReport[]): Promise<void> {
  const store = openLeaderStore(join(directory, "alone-leader.sqlite"));
  for (let at = 0; at < reports.length; at += 64) {
    await store.transaction().execute(async (transaction) => {
      const lane = { task: 1, block: 0, lane: 0 };
      for (const report of reports.slice(at, at + 64)) await storeReport(transaction, lane, report);
    });
  }
  await store.destroy();
}

async function storeVerdicts(reports: readonly StoredReport[]): Promise<void> {
  const store = openHelperStore(join(directory, "alone-helper.sqlite"));
  const id = new Uint8Array(16);
  const seq = await beginHelperBatch(store, { id, task: 1, block: 0, lane: 0, number: 0 });
  for (const [chunk, some] of chunksOf(reports).entries()) {
    await store.transaction().execute((transaction) =>
      storeChunk(transaction, seq, {
        chunk,
        request: new Uint8Array(32),
        answer: new Uint8Array(300),
        task: 1,
        offered: some.length,
        counted: some.map((report) => report.id),
        masks: new Uint32Array(34_321),
      }),
    );
  }
  await store.destroy();
}

async function timedReply(ask: () => Promise<HelperReply>): Promise<HelperReply> {
  const replies: HelperReply[] = [];
  helperSpent.push(await timed(async () => void replies.push(await ask())));
  return replies[0];
}

async function timed(work: () => Promise<void>): Promise<Spent> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - startedMs) / 1000 };
}

function rate(seconds: number): string {
  return (count / seconds).toFixed(0);
}

function fillRandomly(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  fillRandom(bytes);
  return bytes;
}

function catalogue(items: number): readonly CatalogueItem[] {
  const words = [
    "red",
    "blue",
    "mug",
    "lamp",
    "bag",
    "clock",
    "tin",
    "retro",
    "heart",
    "bird",
    "tea",
    "card",
  ];
  return Array.from({ length: items }, (_, k) => ({
    item: `item-${k}`,
    title: `${words[k % 12]} ${words[(k * 5 + 1) % 12]} ${words[(k * 7 + (k >> 4)) % 12]} ${k % 97}`,
    categories: [words[k % 4]],
  }));
}

function wholeOf(name: "reports" | "at-once", least: number): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < least) {
    console.error(`throughput: --${name} must be an integer of at least ${least}, got "${values[name]}"`);
    process.exit(1);
  }
  return value;
}
