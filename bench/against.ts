/**
 * npm run bench:against -- COMMIT [--runs 3] [--reports 1000] [--quick]: what a report costs both aggregators
 * now, beside what it cost at COMMIT.
 *
 * Both run their own bench/throughput.ts, in turn, on the packages that are installed now: COMMIT in a work
 * tree of its own, which is removed again. Processor time a report, medians of the runs, and their ratio.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeResults } from "./results.ts";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "3" },
    reports: { type: "string", default: "1000" },
    quick: { type: "boolean", default: false },
  },
});
const [commit] = positionals;
const runs = Number(flags.runs);
if (commit === undefined || !Number.isInteger(runs) || runs < 1) {
  throw new TypeError(
    `against: expected a commit and --runs of at least 1, got ${positionals.join(" ") || "nothing"}, ${flags.runs}`,
  );
}

/** Milliseconds of processor time a report, by step. */
type Costs = Readonly<Record<string, number>>;

const root = fileURLToPath(new URL("..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "tacit-against-"));
const tree = join(directory, "then");
execFileSync("git", ["worktree", "add", "--detach", "--quiet", tree, commit], { cwd: root });
try {
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  const before: Costs[] = [];
  const now: Costs[] = [];
  for (let run = 0; run < runs; run++) {
    before.push(costsIn(tree));
    now.push(costsIn(root));
  }
  const steps = Object.keys(now[0]).map((step) => {
    const then = median(before.map((costs) => costs[step]));
    const today = median(now.map((costs) => costs[step]));
    return { step, then, now: today, ratio: today / then };
  });
  console.log(`processor time a report, medians of ${runs} runs in turn, against ${commit}\n`);
  console.log("| step | ms then | ms now | now / then |\n|---|---|---|---|");
  for (const { step, then, now: today, ratio } of steps) {
    console.log(`| ${step} | ${then.toFixed(2)} | ${today.toFixed(2)} | ${ratio.toFixed(2)} |`);
  }
  writeResults("against", { commit, runs, steps, before, now });
} finally {
  execFileSync("git", ["worktree", "remove", "--force", tree], { cwd: root });
  rmSync(directory, { recursive: true, force: true });
}

function costsIn(folder: string): Costs {
  const size = flags.quick ? ["--quick"] : ["--reports", flags.reports];
  execFileSync(join(root, "node_modules/.bin/tsx"), ["bench/throughput.ts", ...size], { cwd: folder });
  const { reports, steps } = JSON.parse(
    readFileSync(join(folder, "bench/results/throughput.json"), "utf8"),
  ) as {
    readonly reports: number;
    readonly steps: Readonly<Record<string, { readonly cpu: number }>>;
  };
  return Object.fromEntries(Object.entries(steps).map(([name, { cpu }]) => [name, (1000 * cpu) / reports]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
