/**
 * Whether work, and clients that read slowly, keep others waiting at the door of a server.
 *
 *     npm run bench:door -- [--items 10000] [--quick]
 *
 * A server process of its own is asked for its health every 20 ms while it does nothing, while it imports a
 * catalogue (the demo's cards, again under other ids where more are wanted), while a gate judges factors on the
 * demo's people, and while clients read the largest part a kilobyte at a time and others ask for the edition. What is
 * told is the time from when a question was due to its answer, and what became of reports meanwhile. Before that, one
 * reader and twenty at once read that part as fast as they can.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { parseEdition } from "../core/model/edition.ts";
import { seededRandom } from "../core/seeded.ts";
import { encodeLearned } from "../server/kinds/itemfactors/learned.ts";
import { readPerSecond } from "./door/fastreaders.ts";
import { probedDuring, type Waits } from "./door/probe.ts";
import { writeResults } from "./results.ts";
import { readShopCatalogue } from "./shop.ts";

const { values } = parseArgs({
  options: { items: { type: "string", default: "10000" }, quick: { type: "boolean", default: false } },
});
const itemCount = values.quick ? 300 : Number(values.items);
if (!Number.isInteger(itemCount) || itemCount < 100) {
  console.error(`door: --items must be an integer of at least 100, got "${values.items}"`);
  process.exit(1);
}
const load = values.quick
  ? { readers: 20, requestsPerSecond: 50, reports: 40 }
  : { readers: 200, requestsPerSecond: 500, reports: 400 };
const dim = 32;
const adminToken = "a token for benches only";
const root = fileURLToPath(new URL("..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "tacit-door-"));

const server = spawn(process.execPath, ["--import", "tsx", join(root, "server/cli/main.ts"), "serve"], {
  cwd: root,
  env: {
    ...process.env,
    TACIT_DATA: directory,
    TACIT_PORT: "0",
    TACIT_ADMIN_TOKEN: adminToken,
    TACIT_TRAINING_DIM: String(dim),
    TACIT_GATE_HOLDOUT: join(root, "demo/data/gate.csv.gz"),
    TACIT_ROUND_MIN_BATCH: "50000",
    TACIT_ROUND_MAX_BATCH: "60000",
  },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await measure(await addressOf(server.stdout));
} finally {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  await ended;
  rmSync(directory, { recursive: true, force: true });
}

async function measure(url: string): Promise<void> {
  const live = `${url}/health/live`;
  const rows: Record<string, Waits & { readonly seconds: number }> = {};
  const phase = async (name: string, work: () => Promise<void>): Promise<void> => {
    const beginMs = performance.now();
    const waits = await probedDuring(live, work);
    rows[name] = { ...waits, seconds: (performance.now() - beginMs) / 1000 };
  };
  await phase("nothing", () => passed(values.quick ? 500 : 5000));
  // What is handed over is made before: this process is the one that asks.
  const catalogue = await catalogueOf(itemCount);
  await phase(`import of ${itemCount} items`, async () => {
    await admin(url, "/catalogue", catalogue);
  });
  const { items } = v.parse(v.object({ items: v.array(v.string()) }), await admin(url, "/items"));
  const learned = encodeLearned(madeUp(items));
  await phase(`gate over ${itemCount} items`, async () => {
    await admin(url, "/learned?force=1", learned);
  });
  const alone = await reportsPerSecond(url);
  const part = await largestPart(url);
  const fast = { one: await readPerSecond(part, 1), twenty: await readPerSecond(part, 20) };
  const slow = slowReaders(part);
  const asking = askersAt(`${url}/v1/edition`, load.requestsPerSecond);
  let beside = 0;
  await phase(`${load.readers} slow readers, ${load.requestsPerSecond} requests/s, reports`, async () => {
    beside = await reportsPerSecond(url);
  });
  const answered = await asking.stop();
  const held = slow.stop();
  console.log("| while | s | probes | p50 ms | p99 ms | most ms |\n|---|---|---|---|---|---|");
  for (const [name, { seconds, probes, p50Ms, p99Ms, mostMs }] of Object.entries(rows)) {
    const ms = [p50Ms, p99Ms, mostMs].map((value) => value.toFixed(1)).join(" | ");
    console.log(`| ${name} | ${seconds.toFixed(1)} | ${probes} | ${ms} |`);
  }
  console.log(
    `\nreports accepted: ${load.reports} of ${load.reports}, ${alone.toFixed(0)} a second alone, ${beside.toFixed(0)} beside ${held} readers that still read and ${answered} answered requests`,
  );
  console.log(
    `largest part: ${fast.one.toFixed(0)} MB/s to one fast reader, ${fast.twenty.toFixed(0)} MB/s to twenty`,
  );
  writeResults("door", { items: itemCount, rows, reports: { alone, beside }, held, answered, fast });
}

/** What it says is read to its end: a server whose words nobody takes would stop. */
function addressOf(stdout: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    stdout.on("data", (piece: Buffer) => {
      said += piece.toString();
      const found = /http:\/\/localhost:(\d+)/.exec(said);
      if (found !== null) resolve(`http://127.0.0.1:${found[1]}`);
    });
    stdout.on("end", () => reject(new Error(`door: the server must say where it is, got ${said}`)));
  });
}

async function admin(url: string, path: string, body?: string | Uint8Array): Promise<unknown> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const asked =
    body === undefined ? { headers } : { headers, method: "POST", body: Uint8Array.from(Buffer.from(body)) };
  const response = await fetch(`${url}/v1/admin${path}`, asked);
  const answer: unknown = await response.json();
  if (response.status !== 200) {
    throw new Error(`door: ${path} must answer with 200, got ${response.status}: ${JSON.stringify(answer)}`);
  }
  return answer;
}

async function catalogueOf(count: number): Promise<string> {
  const cards = await readShopCatalogue(join(root, "demo/data"));
  return Array.from({ length: count }, (_, k) => {
    const { item, title, categories } = cards[k % cards.length];
    const again = Math.floor(k / cards.length);
    const id = again === 0 ? item : `${item}-${again}`;
    return JSON.stringify({ id, title: again === 0 ? title : `${title} no ${again}`, categories });
  }).join("\n");
}

/** What nobody learned: the gate has the same work with it. */
function madeUp(items: readonly string[]) {
  const random = seededRandom(3);
  const numbers = (count: number) => Float64Array.from({ length: count }, () => random());
  const [counts, people] = [numbers(items.length), new Float64Array(items.length).fill(100)];
  const factors = numbers(items.length * dim).map((value) => (value - 0.5) / Math.sqrt(dim));
  return { items, factors, dim, counts, people, countVariance: new Float64Array(items.length) };
}

/** Uploads of another process, each accepted: it ends with an error when one is not. */
async function reportsPerSecond(url: string): Promise<number> {
  const script = fileURLToPath(new URL("throughput/browsers.ts", import.meta.url));
  const browsers = fork(script, [url, String(load.reports), "4"], { execArgv: ["--import", "tsx"] });
  const ended = once(browsers, "exit");
  await once(browsers, "message");
  const beginMs = performance.now();
  browsers.send("go");
  const [code] = await ended;
  if (code !== 0) throw new Error(`door: every report must be accepted, got exit code ${code}`);
  return (1000 * load.reports) / (performance.now() - beginMs);
}

interface Load<Outcome> {
  readonly stop: () => Outcome;
}

/** The address of the largest part of the edition in force. */
async function largestPart(url: string): Promise<string> {
  const answer: unknown = await (await fetch(`${url}/v1/edition`)).json();
  const { edition } = v.parse(v.object({ edition: v.object({ document: v.string() }) }), answer);
  const [largest] = parseEdition(JSON.parse(edition.document)).parts.toSorted((a, b) => b.bytes - a.bytes);
  return `${url}/v1/parts/${largest.id}`;
}

/** Clients that ask for the part and read a kilobyte a second; how many are left at the end. */
function slowReaders(part: string): Load<number> {
  const { port, pathname } = new URL(part);
  const sockets = Array.from({ length: load.readers }, () => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`GET ${pathname} HTTP/1.1\r\nhost: x\r\naccept-encoding: identity\r\n\r\n`);
    return socket;
  });
  const timer = setInterval(() => {
    for (const socket of sockets) socket.read(1024);
  }, 1000);
  return {
    stop: () => {
      clearInterval(timer);
      const left = sockets.filter(({ readable }) => readable).length;
      for (const socket of sockets) socket.destroy();
      return left;
    },
  };
}

/** Asks so often, whatever is answered; how many answers came. */
function askersAt(url: string, perSecond: number): Load<Promise<number>> {
  const asked: Promise<boolean>[] = [];
  const beginMs = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - beginMs) * perSecond) / 1000;
    while (asked.length < due) {
      asked.push(
        fetch(url).then(
          async (response) => (await response.arrayBuffer()).byteLength > 0 && response.ok,
          () => false,
        ),
      );
    }
  }, 10);
  return {
    stop: async () => {
      clearInterval(timer);
      return (await Promise.all(asked)).filter(Boolean).length;
    },
  };
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
