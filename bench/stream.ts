/**
 * Whether a round stays small however many report: memory and disk of a leader with its helper while small
 * reports come in over HTTP, each durable before it is acknowledged, and are summed in chunks as they come.
 *
 *     npm run bench:stream -- [--reports 50000] [--quick]
 *
 * Writes docs/stream.svg (a quick run does not). What grows is ids: 16 bytes and their keys for each report
 * at each aggregator.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createAdaptorServer } from "@hono/node-server";
import { parseConfig } from "../server/base/config.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import { createApp } from "../server/roles/app.ts";
import { openParts } from "../server/roles/leader.ts";
import { aggregatesOf } from "../server/store/batches.ts";
import { writeResults } from "./results.ts";
import { type Sample, streamPlot } from "./stream/plot.ts";

const { values } = parseArgs({
  options: { reports: { type: "string", default: "50000" }, quick: { type: "boolean", default: false } },
});
const count = values.quick ? 1_200 : Number(values.reports);
if (!Number.isInteger(count) || count < 1_000) {
  console.error(`stream: --reports must be an integer of at least 1000, got "${values.reports}"`);
  process.exit(1);
}
const made = 250;
const sampleEvery = Math.max(made, Math.floor(count / 50));
const directory = mkdtempSync(join(tmpdir(), "tacit-stream-"));
const parts = await openParts(
  parseConfig({
    data: directory,
    catalogue: { contentDim: 8 },
    training: { dim: 4, lanes: 4 },
    round: { minBatch: 50, maxBatch: 20_000, batchSize: 10 * count, quietSeconds: 1e6 },
    limits: { requestsPerMinute: 0, reportsPerMinute: 0 },
  }),
);
try {
  await measure();
} finally {
  await parts.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const items = Array.from({ length: 64 }, (_, k) => ({
    ...{ item: `item-${k}`, title: `thing ${k} ${k % 7}` },
    categories: [`kind ${k % 4}`],
  }));
  await publishCatalogue(parts.editions, items, { contentDim: 8, dim: 4 });
  await parts.cycle.openNext();
  const task = await parts.tasks.ofKind("item-factors");
  if (task === undefined) throw new Error("stream: a task must be open, got none");
  const server = createAdaptorServer({ fetch: createApp(parts).fetch });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  parts.cycle.start();

  const script = fileURLToPath(new URL("throughput/browsers.ts", import.meta.url));
  const args = [`http://127.0.0.1:${port}`, String(count), "16", String(made)];
  const browsers = fork(script, args, { execArgv: ["--import", "tsx"] });
  const ended = once(browsers, "exit");
  const samples: Sample[] = [];
  let reportBytes = 0;
  let sampled = 0;
  browsers.on("message", (message: { state: string; reportBytes?: number; done?: number }) => {
    if (message.state === "ready") {
      reportBytes = message.reportBytes ?? 0;
      samples.push(sampleAt(0));
      browsers.send("go");
    }
    const { done = 0 } = message;
    if (done - sampled >= sampleEvery || done === count) {
      sampled = done;
      samples.push(sampleAt(done));
    }
  });
  const [code] = await ended;
  if (code !== 0) throw new Error(`stream: the browsers must end well, got exit code ${code}`);
  await parts.cycle.closeNow();
  const aggregates = await aggregatesOf(parts.leaderStore, task.seq);
  const counted = aggregates.reduce((sum, { batch }) => sum + batch.counted, 0);
  if (counted !== count) throw new Error(`stream: ${count} reports must be in the sums, got ${counted}`);
  await new Promise((resolve) => server.close(resolve));

  // A server's memory and the write-ahead log settle in its first reports: growth is measured from a fifth of
  // them on.
  const settled = samples.find(({ reports }) => reports >= count / 5) ?? samples[0];
  const last = samples[samples.length - 1];
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  console.log(
    `${count} reports of ${reportBytes} bytes, ${aggregates.length} lanes, Node ${process.version}\n`,
  );
  console.log("| after | resident memory, MB | stores, MB | sealed reports so far, MB |\n|---|---|---|---|");
  for (const { reports, memoryBytes, storeBytes } of [samples[0], settled, last]) {
    console.log(`| ${reports} | ${mb(memoryBytes)} | ${mb(storeBytes)} | ${mb(reports * reportBytes)} |`);
  }
  const perReport = (last.storeBytes - settled.storeBytes) / Math.max(1, last.reports - settled.reports);
  console.log(`\nstores grow by ${perReport.toFixed(0)} bytes a report, of which its ids stay`);
  writeResults("stream", { reports: count, reportBytes, samples });
  if (!values.quick) {
    const file = fileURLToPath(new URL("../docs/stream.svg", import.meta.url));
    writeFileSync(file, streamPlot({ samples, reportBytes }));
  }
}

function sampleAt(reports: number): Sample {
  const files = readdirSync(directory).filter((name) => name.includes(".sqlite"));
  const storeBytes = files.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
  return { reports, memoryBytes: process.memoryUsage().rss, storeBytes };
}
