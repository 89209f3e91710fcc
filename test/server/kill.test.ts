/**
 * The server is killed with SIGKILL at random moments while browsers upload, many times. In the end each
 * report that was acknowledged is in the aggregate exactly once, and the aggregate is the sum of acknowledged
 * reports and nothing else.
 *
 * TACIT_KILLS sets how many times; 6 by default.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { encodeReport, parseReportAnswer } from "../../core/wire/report.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import { openParts } from "../../server/roles/leader.ts";
import { aggregatesOf } from "../../server/store/batches.ts";
import {
  adminToken,
  catalogueOf,
  openTasks,
  outcomeIn,
  personsValues,
  plainSum,
  reportOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const kills = Number(process.env.TACIT_KILLS ?? 6);
const port = 18_300;
const url = `http://127.0.0.1:${port}`;
const root = fileURLToPath(new URL("../..", import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** `quietSeconds` decides whether rounds end while reports still come. */
async function startProcess(data: string, quietSeconds: number): Promise<Running> {
  const { TACIT_KILLS: _kills, ...env } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "server/cli/main.ts"), "serve"], {
    cwd: root,
    env: {
      ...env,
      TACIT_DATA: data,
      TACIT_PORT: String(port),
      TACIT_ADMIN_TOKEN: adminToken,
      TACIT_TRAINING_DIM: "3",
      TACIT_TRAINING_BLOCK_LIMIT: "10",
      TACIT_ROUND_MIN_BATCH: "4",
      TACIT_ROUND_MAX_BATCH: "5000",
      TACIT_ROUND_BATCH_SIZE: "5000",
      TACIT_ROUND_QUIET_SECONDS: String(quietSeconds),
      TACIT_ROUND_CHUNK_SIZE: "16",
      TACIT_HELPER_MIN_BATCH: "3",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("aggregators")) resolve();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", () => reject(new Error(`the server did not start: ${output}`)));
  });
  return { child, ended };
}

interface Upload {
  readonly values: Int32Array;
  readonly block: number;
  readonly body: Uint8Array<ArrayBuffer>;
  acknowledged: boolean;
}

/** Sends until it is acknowledged: the same bytes again after every lost answer, as a browser does. */
async function sendUntilAcknowledged(upload: Upload): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(`${url}/v1/reports`, { method: "POST", body: upload.body });
      const answer = outcomeIn(parseReportAnswer(await response.json()));
      if (answer.state === "refused") throw new TypeError(`refused: ${answer.why}`);
      upload.acknowledged = true;
      return;
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith("refused")) throw error;
      // The server is dead or dying: no answer, so nothing is known.
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

test(
  `no acknowledged report is lost and none is summed twice, though the server is killed ${kills} times`,
  async () => {
    const data = temporaryDirectory();
    const config = testConfig(data, {
      round: { minBatch: 4, maxBatch: 5000, batchSize: 5000, quietSeconds: 3600 },
    });
    const prepared = await openParts(config);
    await publishCatalogue(prepared.editions, catalogueOf(30), { contentDim: 8, dim: 3 });
    await prepared.cycle.openNext();
    await prepared.close();

    let running = await startProcess(data, 3600);
    onTestFinished(() => void running.child.kill("SIGKILL"));
    const tasks = await openTasks(await (await fetch(`${url}/v1/tasks`)).json());
    const uploads: Upload[] = [];
    let stopped = false;
    const browser = async () => {
      while (!stopped) {
        const block = randomInt(3);
        const values = personsValues(tasks, block);
        const body = encodeReport(await reportOf({ tasks, block, values }));
        const upload = { values, block, body, acknowledged: false };
        uploads.push(upload);
        await sendUntilAcknowledged(upload);
      }
    };
    const browsers = Promise.all(Array.from({ length: 8 }, browser));
    for (let kill = 0; kill < kills; kill++) {
      await new Promise((resolve) => setTimeout(resolve, randomInt(20, 300)));
      running.child.kill("SIGKILL");
      await running.ended;
      running = await startProcess(data, 3600);
    }
    stopped = true;
    await browsers;
    expect(uploads.every(({ acknowledged }) => acknowledged)).toBe(true);

    // Now the round ends by itself, and the server is killed while it sums and learns.
    running.child.kill("SIGKILL");
    await running.ended;
    for (let kill = 0; kill < kills / 2; kill++) {
      running = await startProcess(data, 0.001);
      await new Promise((resolve) => setTimeout(resolve, randomInt(900, 1300)));
      running.child.kill("SIGKILL");
      await running.ended;
    }
    const parts = await openParts(config);
    onTestFinished(() => parts.close());
    await parts.cycle.closeNow();
    const aggregates = await aggregatesOf(parts.leaderStore, 1);
    expect(aggregates.map(({ batch: { block } }) => block)).toEqual([0, 1, 2]);
    for (const { batch, sum } of aggregates) {
      const theirs = uploads.filter(({ block }) => block === batch.block);
      expect(batch).toMatchObject({ state: "used", reports: theirs.length, counted: theirs.length });
      const vectors = theirs.map(({ values }) => values);
      expect(sum).toEqual(plainSum(vectors, tasks.tasks[0].length));
    }
    // The round was learned from once, however often it was begun.
    expect(parts.editions.inForce?.model.round).toBe(1);
  },
  60_000 + kills * 10_000,
);
