/**
 * `npm run bench:start`: how long `tacit serve` takes until it answers, and what memory it takes then, from
 * the sources through tsx (as it ran before it was compiled) and as its package has it. Runs take turns;
 * printed are medians.
 *
 * Memory is what the process holds itself (VmRSS of Linux) a second after its first answer; processor time is
 * its own until then, without that of the program that tsx has compile the sources. It says more than seconds do
 * where other programs run.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeResults } from "./results.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiled = join(root, "server/dist/tacit.js");

const ways = {
  "sources, through tsx": ["--import", "tsx", join(root, "server/cli/main.ts")],
  compiled: [compiled],
} as const;
type Way = keyof typeof ways;

interface Start {
  readonly ms: number;
  readonly processorMs: number;
  readonly bytes: number;
}

const { values } = parseArgs({ options: { runs: { type: "string", default: "7" } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1)
  throw new RangeError(`start: --runs must be a whole number of at least 1, got ${values.runs}`);
if (!existsSync(compiled)) throw new Error("start: expected server/dist, got none: npm run build:server");

const starts: Record<Way, Start[]> = { "sources, through tsx": [], compiled: [] };
for (let nth = 0; nth < runs; nth++)
  for (const way of Object.keys(ways) as Way[]) starts[way].push(await startOnce(ways[way]));

const medians = Object.entries(starts).map(([way, all]) => ({
  way,
  seconds: median(all.map(({ ms }) => ms)) / 1000,
  processorSeconds: median(all.map(({ processorMs }) => processorMs)) / 1000,
  megabytes: median(all.map(({ bytes }) => bytes)) / 1e6,
}));
console.log(
  `| tacit serve, median of ${runs} | until it answers, s | processor time, s | memory, MB |\n|---|---|---|---|`,
);
for (const { way, seconds, processorSeconds, megabytes } of medians)
  console.log(
    `| ${way} | ${seconds.toFixed(2)} | ${processorSeconds.toFixed(2)} | ${megabytes.toFixed(0)} |`,
  );
writeResults("start", { runs, medians, starts });

async function startOnce(program: readonly string[]): Promise<Start> {
  const data = mkdtempSync(join(tmpdir(), "tacit-start-"));
  const port = await freePort();
  const beganMs = performance.now();
  const child = spawn(process.execPath, [...program, "serve", "--data", data, "--port", `${port}`], {
    cwd: root,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  try {
    const url = `http://127.0.0.1:${port}/health/live`;
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`start: expected a server, got exit ${child.exitCode}`);
      await sleep(5);
    }
    const ms = performance.now() - beganMs;
    await sleep(1000);
    return { ms, processorMs: processorMs(child.pid), bytes: residentBytes(child.pid) };
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

function residentBytes(pid: number | undefined): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error("start: expected VmRSS of Linux, got none");
  return Number(kilobytes) * 1024;
}

/** User and system time, in Linux's ticks of 10 ms: fields 14 and 15 of stat, the third is after the name. */
function processorMs(pid: number | undefined): number {
  const [, fields = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return 10 * (user + system);
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
