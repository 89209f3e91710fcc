/**
 * What a large log takes to learn from: memory and time of reading it and of a sweep of exact ALS.
 *
 *     npm run bench:biglog -- [--lines 25000000] [--quick]
 *
 * The log is made as it is read, so that no disk holds it: ratings of as many people and items for its length as
 * MovieLens 25M has (162,541 people, 59,047 films; https://grouplens.org/datasets/movielens/25m/), items by their
 * popularity (Zipf). Memory is the most that the process ever had.
 */
import { parseArgs } from "node:util";
import { seededRandom } from "../core/seeded.ts";
import { learnCentrally } from "../server/publishing/train/central.ts";
import { readLog } from "../server/publishing/train/log.ts";
import { writeResults } from "./results.ts";

const { values } = parseArgs({
  options: { lines: { type: "string", default: "25000000" }, quick: { type: "boolean", default: false } },
});
const lines = values.quick ? 200_000 : Number(values.lines);
if (!Number.isInteger(lines) || lines < 1_000) {
  throw new TypeError(`biglog: --lines must be an integer of at least 1000, got "${values.lines}"`);
}

const whole = 25_000_000;
const people = Math.ceil((162_541 * lines) / whole);
const items = Math.max(100, Math.ceil((59_047 * lines) / whole));

/** Lines of the log, person by person, in stretches as a file has them. */
async function* log(): AsyncGenerator<Uint8Array> {
  const random = seededRandom(1);
  const encoder = new TextEncoder();
  yield encoder.encode("user,item,at\n");
  const startSeconds = Date.UTC(2010, 0) / 1000;
  let written = 0;
  while (written < lines) {
    const stretch: string[] = [];
    for (let line = 0; line < 5_000 && written < lines; line++, written++) {
      const person = Math.floor((written * people) / lines);
      // Inverse of the distribution with density 1 / rank.
      const item = Math.floor(Math.exp(random() * Math.log(items)));
      const at = startSeconds + Math.floor(random() * 3e8);
      stretch.push(`${person},film-${item},${at}\n`);
    }
    yield encoder.encode(stretch.join(""));
  }
}

const names = Array.from({ length: items }, (_, k) => `film-${k}`);
const begunMs = performance.now();
const { tastes, lines: read } = await readLog(
  { name: "log", bytes: log() },
  { rowOf: new Map(names.map((name, row) => [name, row])), without: new Set(), nowMs: Date.now() },
);
const readMs = performance.now() - begunMs;
const readMegabytes = peak();
const dim = values.quick ? 8 : 64;
learnCentrally(tastes, names, { dim, alpha0: 0.3, lambda: 0.003, sweeps: 1 });
const sweepMs = performance.now() - begunMs - readMs;

const result = {
  ...{ lines: read, people: tastes.interactions.starts.length - 1, items, dim },
  pairs: tastes.interactions.columns.length,
  readSeconds: readMs / 1000,
  readMegabytes,
  sweepSeconds: sweepMs / 1000,
  megabytes: peak(),
};
console.log(
  "| lines | people | items | read, s | most memory while reading, MB | a sweep, s | most memory, MB |",
);
console.log("|---|---|---|---|---|---|---|");
console.log(
  `| ${result.lines} | ${result.people} | ${items} | ${result.readSeconds.toFixed(1)} | ${readMegabytes.toFixed(0)} | ${result.sweepSeconds.toFixed(1)} | ${result.megabytes.toFixed(0)} |`,
);
writeResults("biglog", result);

/** Most memory that the process had so far, megabytes. */
function peak(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}
