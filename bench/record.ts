/**
 * `npm run bench:record -- start size bytes`: runs the benches named and keeps what they measured, with the
 * machine that measured it, in bench/history/: one file a run, named by time and commit, never written over.
 * So a figure of today can be laid beside one of last year.
 *
 * A bench is `npm run NAME` or `npm run bench:NAME` and leaves bench/results/NAME.json (bench/results.ts).
 * Flags after a second `--` go to each; `--into DIR` keeps the record elsewhere.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resultsFolder } from "./results.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

const { scripts, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly version: string;
};

const args = process.argv.slice(2);
const end = args.includes("--") ? args.indexOf("--") : args.length;
const { values, positionals: names } = parseArgs({
  args: args.slice(0, end),
  allowPositionals: true,
  options: { into: { type: "string", default: join(root, "bench/history") } },
});
const flags = args.slice(end + 1);
if (names.length === 0) throw new TypeError("record: expected names of benches, got none");
const benches = names.map((name) => {
  const script = [`bench:${name}`, name].find((candidate) => Object.hasOwn(scripts, candidate));
  if (script === undefined) throw new TypeError(`record: expected a bench of package.json, got ${name}`);
  return { name, script };
});

const at = new Date();
const [processor] = cpus();
const machine = {
  processor: processor?.model ?? "unknown",
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
  // What else ran: over about half the cores, speeds say little.
  loadBefore: loadavg()[0],
};
const measured: Record<string, unknown> = {};
for (const { name, script } of benches) {
  const file = join(resultsFolder, `${name}.json`);
  // One of an earlier run is none of this one.
  rmSync(file, { force: true });
  const { status } = spawnSync("npm", ["run", script, "--", ...flags], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`record: ${name} must end with 0, got ${status}`);
  if (!existsSync(file)) throw new Error(`record: ${name} must leave ${file}, got nothing`);
  measured[name] = JSON.parse(readFileSync(file, "utf8"));
}

const git = (...words: readonly string[]): string =>
  execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
const commit = git("rev-parse", "HEAD");
const record = {
  at: at.toISOString(),
  version,
  commit,
  // What was measured is the commit and what was not committed yet.
  isClean: git("status", "--porcelain") === "",
  command: `npm run bench:record -- ${args.join(" ")}`,
  machine: { ...machine, loadAfter: loadavg()[0] },
  measured,
};
mkdirSync(values.into, { recursive: true });
const name = `${record.at.slice(0, 19).replaceAll(":", "")}-${commit.slice(0, 8)}.json`;
const kept = join(values.into, name);
writeFileSync(kept, `${JSON.stringify(record, null, 2)}\n`, { flag: "wx" });
console.log(kept);
