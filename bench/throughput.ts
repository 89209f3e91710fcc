/**
 * How many reports a second both aggregators stand, and what the time goes into.
 *
 *     npm run bench:throughput -- [--reports 1000] [--at-once 8] [--quick]
 *
 * A leader with its helper behind it takes reports of about 137 kB over real HTTP from another process, each durable
 * before it is acknowledged, then sums them as one batch, with noise. Rates are per second of processor time of this
 * process, all its threads together: reports per second *per core*. Shares are those of each part done again, alone, on
 * the same reports; what they leave is parsing, HTTP, memory, the garbage collector.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAdaptorServer } from "@hono/node-server";
import { fromHex } from "../core/bytes.ts";
import { addInto } from "../core/sum/field.ts";
import { sigmaOf, vectorLengthOf } from "../core/tasks/task.ts";
import { encodeSumRequest, parseSumRequest, sealedAad } from "../core/wire/protocol.ts";
import { parseConfig } from "../server/base/config.ts";
import { fillRandom } from "../server/base/platform.ts";
import type { CatalogueItem } from "../server/publishing/import/formats.ts";
import { publishCatalogue } from "../server/publishing/publish.ts";
import { createApp } from "../server/roles/app.ts";
import { openHelperKeys } from "../server/roles/helper.ts";
import { openLeaderKeys, openParts } from "../server/roles/leader.ts";
import { batchesOf, storeBatch } from "../server/store/batches.ts";
import { openHelperStore, storeAnswer } from "../server/store/helperstore.ts";
import { openLeaderStore } from "../server/store/leaderstore.ts";
import { reportIdsOf, reportsAt, type StoredReport, storeReport } from "../server/store/reports.ts";
import { markTaskClosed } from "../server/store/tasks.ts";
import type { HelperClient, HelperReply } from "../server/tasks/helperclient.ts";
import { sumBatch } from "../server/tasks/leader.ts";
import { addMaskOfInto, addNoiseInto, maskOf } from "../server/tasks/mask.ts";
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
    sum: async (request) => {
      const replies: HelperReply[] = [];
      helperSpent.push(await timed(async () => void replies.push(await helper.sum(request))));
      return replies[0];
    },
  }),
});
try {
  await publishCatalogue(parts.bundles, catalogue(1024), { contentDim: 8, dim: 32 });
  await measure();
} finally {
  await parts.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const { leaderStore: store } = parts;
  const task = await parts.task.get();
  if (task === undefined) throw new Error("throughput: a task must be open, got none");
  const { reportBytes, spent: intake } = await takeReports();

  await markTaskClosed(store, task.seq);
  const id = new Uint8Array(16);
  fillRandom(id);
  await storeBatch(store, { id, task: task.seq, block: 0, reports: count, state: "closed", leftOut: {} });
  const reports: StoredReport[] = [];
  const reading = await timed(async () => {
    reports.push(...(await readReports()));
  });
  const [batch] = await batchesOf(store, task.seq);
  const keys = await openLeaderKeys(config, Date.now());
  const both = await timed(() => sumBatch({ store, keys, helper: parts.helper }, task, batch));
  const [summed] = await batchesOf(store, task.seq);
  if (summed.state !== "summed" || summed.counted !== count || helperSpent.length !== 1) {
    throw new Error(
      `throughput: ${count} reports must be summed in one batch, got ${JSON.stringify(summed.leftOut)}`,
    );
  }
  const helper = helperSpent[0];
  const summing = { cpu: both.cpu - helper.cpu, wall: both.wall - helper.wall };
  const leader = { cpu: intake.cpu + summing.cpu, wall: intake.wall + summing.wall };

  const length = vectorLengthOf(task.task);
  const sigma = sigmaOf(task.task);
  const aads = reports.map((report) => sealedAad({ ...report, task: task.id }));
  const helperKeys = await openHelperKeys(config, Date.now());
  const seeds = reports.map(() => fillRandomly(32));
  const sum = new Uint32Array(length);
  const masks = seeds.slice(0, 8).map((seed) => maskOf(seed, length));
  const request = { batch: id, task: task.id, block: 0, reports };
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
    "SQLite, answers": await timed(() => storeAnswers(reports, task.id)),
    "coding (JSON, binary)": await timed(async () => {
      for (const _ of reports) JSON.parse(JSON.stringify({ state: "accepted" }));
      parseSumRequest(encodeSumRequest(request));
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
  const leaderParts = new Set([
    "HPKE, shares",
    "adding shares",
    "noise",
    "SQLite, intake",
    "SQLite, reading",
    "coding (JSON, binary)",
  ]);
  const helperParts = new Set([
    "AES-128-CTR, masks added",
    "HPKE, seeds",
    "noise",
    "SQLite, answers",
    "coding (JSON, binary)",
  ]);
  for (const [name, { cpu }] of Object.entries(apart)) {
    const of = (parts: ReadonlySet<string>, whole: Spent) =>
      parts.has(name) ? `${((100 * cpu) / whole.cpu).toFixed(0)} %` : "-";
    console.log(
      `| ${name} | ${((1000 * cpu) / count).toFixed(3)} | ${of(leaderParts, leader)} | ${of(helperParts, helper)} |`,
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

async function readReports(): Promise<readonly StoredReport[]> {
  const { leaderStore: store, task } = parts;
  const current = await task.get();
  const places = await reportIdsOf(store, { task: current?.seq ?? 0, block: 0 });
  const reports: StoredReport[] = [];
  for await (const page of reportsAt(
    store,
    places.map(({ seq }) => seq),
  ))
    reports.push(...page);
  return reports;
}

async function storeAll(reports: readonly StoredReport[]): Promise<void> {
  const store = openLeaderStore(join(directory, "alone-leader.sqlite"));
  for (let at = 0; at < reports.length; at += 64) {
    await store.transaction().execute(async (transaction) => {
      for (const report of reports.slice(at, at + 64))
        await storeReport(transaction, 1, { ...report, task: "" });
    });
  }
  await store.destroy();
}

async function storeAnswers(reports: readonly StoredReport[], task: string): Promise<void> {
  const store = openHelperStore(join(directory, "alone-helper.sqlite"));
  await store.transaction().execute((transaction) =>
    storeAnswer(transaction, {
      batch: new Uint8Array(16),
      request: new Uint8Array(32),
      answer: new Uint8Array(4 * 34_321),
      task: fromHex(task),
      reports: reports.map(({ id }) => id),
    }),
  );
  await store.destroy();
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
