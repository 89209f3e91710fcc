/**
 * A crowd of virtual browsers against a running server: real worker code, real customers' orders, real HTTP.
 *
 *     npm run crowd -- --browsers 400 --rounds 4 --url http://localhost:8787
 *
 * Each browser has its own IndexedDB (fake-indexeddb, in memory), holds one customer's orders as purchases,
 * and visits once a round: it downloads what is new of the model, and answers the open task. The customers
 * who are judged on are in no browser, and not among those the server judges candidates on. Prints recall@20
 * on them for the edition in force before and after, and writes bench/results/crowd.json.
 *
 * Where the server asks about pairs too, each browser has answered that once by the end. On this machine the
 * round is then closed as an operator closes it, by the admin token of TACIT_ADMIN_TOKEN or of the server's
 * data directory (--server-data, "data").
 */
import { messageOf } from "../core/errors.ts";
import "fake-indexeddb/auto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { EventInput, TacitEvent } from "../core/events/event.ts";
import { seededRandom } from "../core/seeded.ts";
import { parseTask, type Task } from "../core/tasks/task.ts";
import { parseTasksAnswer } from "../core/wire/tasksanswer.ts";
import { tokenFrom } from "../server/cli/reach.ts";
import type { SentReport } from "../worker/api.ts";
import { platformFill } from "../worker/edges.ts";
import { fileFromSource } from "../worker/fromsource.ts";
import { TacitWorker } from "../worker/tacit.ts";
import { judgeModel, type ModelQuality } from "./modelquality.ts";
import { publishedBy } from "./published.ts";
import { writeResults } from "./results.ts";
import { sample } from "./sample.ts";
import { type OrderLine, readShop } from "./shop.ts";

interface Options {
  readonly browsers: number;
  readonly rounds: number;
  readonly url: string;
  readonly seed: number;
  readonly data: string;
  readonly serverData: string;
  readonly waitSeconds: number;
}

interface RoundRow extends ModelQuality {
  readonly edition: string;
  readonly accepted: number;
  readonly refused: number;
  readonly reportsPerSecond: number;
}

const atOnce = 4;

const options = readOptions();
/** Nobody else's server is steered, nor told a token. */
const isOfThisMachine = ["localhost", "127.0.0.1", "[::1]"].includes(new URL(options.url).hostname);
const shop = readShop(options.data);
/** The orders are old and signed key lists are not: the last order happens now. */
const laterMs = Date.now() - shop.lastOrderMs;
const random = seededRandom(options.seed);
const customers = sample(shop.customers, options.browsers, random);
if (customers.length < options.browsers) {
  fail(`--browsers must be at most ${shop.customers.length}, got ${options.browsers}`);
}
const databases = customers.map((_, k) => `crowd-${options.seed}-${k}`);

console.log(`${customers.length} browsers, ${options.rounds} rounds, ${options.url}`);
const before = await judgeInForce();
console.log(row("before", before));
const rows: RoundRow[] = [];
for (let round = 1; round <= options.rounds; round++) rows.push(await playRound(round));
const pairs = await closePairs();

const after = pairs ?? rows[rows.length - 1];
const gain = (after.recall / after.contentAlone - 1) * 100;
console.log(
  `recall@20 ${before.recall.toFixed(4)} -> ${after.recall.toFixed(4)}; content alone ${after.contentAlone.toFixed(4)} (${gain >= 0 ? "+" : ""}${gain.toFixed(1)} %)`,
);
const { browsers, rounds, seed } = options;
writeResults("crowd", { browsers, rounds, seed, people: shop.heldOut.length, before, after: rows, pairs });

async function playRound(round: number): Promise<RoundRow> {
  const open = await openRound(0);
  const reports: SentReport[] = [];
  const startedMs = performance.now();
  let next = 0;
  const visitor = async () => {
    while (next < customers.length) {
      const k = next++;
      reports.push(...(await visit(k, round)));
      const perSecond = (reports.length * 1000) / (performance.now() - startedMs);
      progress(`round ${round} ${bar(next, customers.length)}  ${perSecond.toFixed(1)} reports/s`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, visitor));
  const seconds = (performance.now() - startedMs) / 1000;
  progress(`round ${round}: waiting for the server to close it`);
  await openRound(open);
  const quality = await judgeInForce();
  const accepted = reports.filter(({ sums }) => sums.some(onItems)).length;
  const done = {
    ...quality,
    accepted,
    refused: reports.length - accepted,
    reportsPerSecond: reports.length / seconds,
  };
  progress("");
  console.log(
    `${row(`round ${round}`, quality)}  ${accepted} reports, ${done.reportsPerSecond.toFixed(1)}/s`,
  );
  return done;
}

/** What the round on pairs taught; null where none is open, or it cannot be closed. */
async function closePairs(): Promise<(ModelQuality & { readonly edition: string }) | null> {
  const open = (await openTasks()).find(({ kind }) => kind === "item-pairs");
  if (open === undefined) return null;
  const token = isOfThisMachine ? tokenFrom({ data: options.serverData }, process.env) : undefined;
  const headers = { authorization: `Bearer ${token}` };
  const close = `${options.url}/v1/admin/rounds/close?kind=item-pairs`;
  const closed = token === undefined ? null : await fetch(close, { method: "POST", headers });
  if (closed?.ok !== true) {
    const why = closed === null ? "no admin token" : `rounds/close answers ${closed.status}`;
    console.log(`pairs     the round stays open: ${why}`);
    return null;
  }
  progress("pairs: waiting for the server to learn from them");
  const isLater = ({ kind, round }: Task) => kind === "item-pairs" && round > open.round;
  await waitFor("on pairs", async () => ((await openTasks()).some(isLater) ? true : undefined));
  const quality = await judgeInForce();
  progress("");
  console.log(row("pairs", quality));
  return quality;
}

/** Whether a sum on items is in. */
function onItems({ kind, state }: SentReport["sums"][number]): boolean {
  return kind === "item-factors" && state === "accepted";
}

/** One visit of one browser; the reports it sent in this visit, as it last told of each. */
async function visit(k: number, round: number): Promise<readonly SentReport[]> {
  const worker = new TacitWorker({
    nowMs: Date.now,
    fill: platformFill,
    fetch: (url, init) => fetch(url, init),
    loadFile: fileFromSource,
  });
  const trouble: string[] = [];
  const sent = new Map<string, SentReport>();
  await worker.start(
    {
      server: options.url,
      database: databases[k],
      consent: { personalise: true, contribute: true },
    },
    (notice) => {
      if (notice.type === "trouble") trouble.push(notice.message);
      if (notice.type === "report") sent.set(notice.report.id, notice.report);
    },
  );
  // Appending is idempotent by event id, but a customer's orders happen only once.
  if (round === 1) await worker.append(purchases(k, customers[k]));
  await worker.contribute();
  await worker.close();
  if (trouble.length > 0) fail(`browser ${k}: ${trouble.join("; ")}`);
  return [...sent.values()];
}

function purchases(k: number, lines: readonly OrderLine[]): readonly TacitEvent[] {
  return lines.map(({ item, atMs, quantity }, place) => {
    const input: EventInput = { kind: "purchase", item, amount: quantity };
    return { id: `${k}-${place}`, ...input, atMs: atMs + laterMs };
  });
}

/** The round on items that is open later than `after`; waits for it, because between two rounds none is. */
function openRound(after: number): Promise<number> {
  return waitFor(
    "on items (training.on)",
    async () =>
      (await openTasks()).find(({ kind, round }) => kind === "item-factors" && round > after)?.round,
  );
}

async function openTasks(): Promise<readonly Task[]> {
  const { tasks } = parseTasksAnswer(await (await get("/v1/tasks")).json());
  return tasks.map(({ document }) => parseTask(JSON.parse(document)));
}

async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + options.waitSeconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      fail(
        `no new round ${what} was open within ${options.waitSeconds} s: no catalogue imported, fewer reports than minBatch in a lane, or a long round.quietSeconds?`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function judgeInForce(): Promise<ModelQuality & { readonly edition: string }> {
  const { edition, model } = await publishedBy(get);
  const quality = judgeModel(model, shop.heldOut);
  // Judging takes longer than a server keeps an idle connection: let the closing of ours be heard before the
  // next request.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { edition: edition.slice(0, 8), ...quality };
}

async function get(path: string): Promise<Response> {
  const response = await fetch(`${options.url}${path}`).catch((error: unknown) =>
    fail(`no server at ${options.url} (${messageOf(error)}): npm start`),
  );
  if (!response.ok) fail(`GET ${path}: expected status 200, got ${response.status}`);
  return response;
}

function row(
  name: string,
  { edition, round, recall, ndcg, contentAlone }: ModelQuality & { edition: string },
): string {
  return `${name.padEnd(9)} edition ${edition} (${round} item steps)  recall@20 ${recall.toFixed(4)}  NDCG@20 ${ndcg.toFixed(4)}  content alone ${contentAlone.toFixed(4)}`;
}

/** One line that is written over; nothing where nobody watches. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function bar(done: number, of: number): string {
  const width = 30;
  const full = Math.round((width * done) / of);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}] ${done}/${of}`;
}

function readOptions(): Options {
  try {
    const { values } = parseArgs({
      options: {
        browsers: { type: "string", default: "400" },
        rounds: { type: "string", default: "4" },
        url: { type: "string", default: "http://localhost:8787" },
        seed: { type: "string", default: "1" },
        data: { type: "string", default: fileURLToPath(new URL("../demo/data", import.meta.url)) },
        "server-data": { type: "string", default: "data" },
        wait: { type: "string", default: "180" },
      },
    });
    const whole = (name: "browsers" | "rounds" | "seed" | "wait", least: number) => {
      const value = Number(values[name]);
      if (!Number.isInteger(value) || value < least) {
        fail(`--${name} must be an integer of at least ${least}, got "${values[name]}"`);
      }
      return value;
    };
    return {
      browsers: whole("browsers", 1),
      rounds: whole("rounds", 1),
      seed: whole("seed", 0),
      waitSeconds: whole("wait", 1),
      url: values.url.replace(/\/+$/, ""),
      data: values.data,
      serverData: values["server-data"],
    };
  } catch (error) {
    return fail(messageOf(error));
  }
}

function fail(message: string): never {
  console.error(`crowd: ${message}`);
  process.exit(1);
}
