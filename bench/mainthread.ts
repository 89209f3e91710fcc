/**
 * Whether the page is ever held up: tasks on its main thread during visits with the built SDK, everything
 * that orders lists on, beside visits to the same page without it (speed/mainthread.ts); and what a list
 * takes that was computed ahead (speed/ahead.ts).
 *
 *     npm run build:sdk && npm run bench:mainthread -- [--visits 5] [--quick]
 */
import { parseArgs } from "node:util";
import { writeResults } from "./results.ts";
import { readShopCatalogue } from "./shop.ts";
import { type HeldUp, measureMainThread } from "./speed/mainthread.ts";

const { values } = parseArgs({
  options: { visits: { type: "string", default: "5" }, quick: { type: "boolean", default: false } },
});
const visits = values.quick ? 1 : Number(values.visits);
if (!Number.isInteger(visits) || visits < 1) {
  throw new TypeError(`mainthread: --visits must be a whole number of at least 1, got "${values.visits}"`);
}
const count = values.quick ? 60 : (await readShopCatalogue()).length;
const measured = await measureMainThread({
  shop: values.quick
    ? { items: count, contentDim: 12, factorDim: 4, hasAll: true }
    : { items: count, contentDim: 384, factorDim: 64, hasAll: true },
  journals: values.quick ? [10] : [10, 1_000, 5_000, 50_000],
  visits,
  turns: values.quick ? 3 : 30,
});
console.log(`${count} items, everything on, ${visits} visits each; ms on the main thread\n`);
console.log("| journal | page | tasks of 50 ms or more | longest held up: median | most |");
console.log("|---|---|---|---|---|");
for (const { events, withTacit, without } of measured) {
  for (const [part, name] of [
    ["lists", "lists and wishes"],
    ["why", "why an item is where it is"],
    ["panel", "the panel"],
  ] as const) {
    const visited = withTacit.map((visit) => visit[part]);
    console.log(rowOf(events, name, visited));
  }
  const plain = without.map(({ lists }) => lists);
  console.log(rowOf(events, "the page without Tacit", plain));
}
console.log("\n| journal | a list that was computed ahead, ms: median | most |\n|---|---|---|");
for (const { events, ahead } of measured) {
  const tookMs = ahead.tookMs.toSorted((a, b) => a - b);
  const [median, most] = [tookMs[Math.floor(tookMs.length / 2)], tookMs[tookMs.length - 1]];
  console.log(`| ${events} | ${median.toFixed(2)} | ${most.toFixed(2)} |`);
}
writeResults("mainthread", { items: count, visits, measured });

function rowOf(events: number, page: string, all: readonly HeldUp[]): string {
  const held = all.map(({ heldMs }) => heldMs).sort((a, b) => a - b);
  const long = all.reduce((sum, { longMs }) => sum + longMs.length, 0);
  const [median, most] = [held[Math.floor(held.length / 2)], held[held.length - 1]];
  return `| ${events} | ${page} | ${long} | ${median.toFixed(0)} | ${most.toFixed(0)} |`;
}
