/**
 * npm run bench:again: which of the things that somebody bought are bought again.
 *
 *     npm run bench:again -- [--month 2011-10] [--json]
 *
 * Of everybody who bought more than ten things before the month, and some of them again in its thirty days:
 * recall@10 and NDCG@10 of the things ordered
 *
 *   taste      by the sum of what purchases weigh, halved every 90 days: what `recommend({ again: true })` orders by, which has what
 *              else somebody did with a thing in it too
 *   count      by how often, then how lately
 *   last       by how lately
 *   interval   by taste times how near the middle of the month is to when it is due by the person's own mean interval,
 *              exp(-|log(time since / interval)| / 2), where it was bought twice or more
 *   any        in any order: what is expected of it
 *
 * The last line is one JSON object: { people, rows: [{ name, recall, ndcg }] }.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ageFactor } from "../core/events/tastes.ts";
import { ndcgAt, recallAt } from "../core/metrics.ts";
import { bestRows } from "../core/ranking/best.ts";
import { dayMs } from "../core/time.ts";
import { readCustomers } from "./shop.ts";

const { values: flags } = parseArgs({
  options: { month: { type: "string", default: "2011-10" }, json: { type: "boolean", default: false } },
});
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`again: --month must be as 2011-10, got "${flags.month}"`);
const k = 10;
const monthMs = 30 * dayMs;

/** @param times of one item's purchases, one a day, oldest first. */
type Score = (times: readonly number[]) => number;

const last = (times: readonly number[]) => times[times.length - 1];
const taste: Score = (times) => times.reduce((sum, atMs) => sum + ageFactor(fromMs - atMs), 0);
const ways: Readonly<Record<string, Score>> = {
  taste,
  count: (times) => times.length + last(times) / (2 * fromMs),
  last,
  interval: (times) => {
    if (times.length < 2) return taste(times);
    const intervalMs = (last(times) - times[0]) / (times.length - 1);
    const sinceMs = fromMs + monthMs / 2 - last(times);
    return taste(times) * Math.exp(-Math.abs(Math.log(sinceMs / intervalMs)) / 2);
  },
};

interface Buyer {
  /** By item, the days of its purchases. */
  readonly bought: readonly (readonly number[])[];
  readonly targets: ReadonlySet<number>;
}

const { orders } = readCustomers(fileURLToPath(new URL("../demo/data", import.meta.url)));
const buyers = [...orders.values()].flatMap((lines): readonly Buyer[] => {
  const days = new Map<string, Set<number>>();
  for (const { item, atMs } of lines) {
    if (atMs >= fromMs) continue;
    days.set(item, (days.get(item) ?? new Set()).add(Math.floor(atMs / dayMs) * dayMs));
  }
  const items = [...days.keys()];
  const next = lines.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + monthMs);
  const targets = new Set(next.map(({ item }) => items.indexOf(item)).filter((at) => at >= 0));
  const bought = Array.from(days.values(), (theirs) => [...theirs].sort((a, b) => a - b));
  return items.length > k && targets.size > 0 ? [{ bought, targets }] : [];
});

const mean = (of: (buyer: Buyer) => number) =>
  buyers.reduce((sum, buyer) => sum + of(buyer), 0) / buyers.length;
const rows = Object.entries(ways).map(([name, score]) => {
  const listOf = ({ bought }: Buyer) =>
    bestRows({ scores: Float64Array.from(bought, score), barred: new Uint8Array(bought.length) }, k);
  return {
    name,
    recall: mean((buyer) => recallAt({ list: listOf(buyer), targets: buyer.targets, k })),
    ndcg: mean((buyer) => ndcgAt({ list: listOf(buyer), targets: buyer.targets, k })),
  };
});
const gains = (places: number) =>
  Array.from({ length: places }, (_, place) => 1 / Math.log2(place + 2)).reduce((sum, gain) => sum + gain, 0);
/** Ten drawn at random: each is a hit as often as a target is among all. */
const expected = (most: (hits: number) => number, all: number) =>
  mean(({ bought, targets }) => ((targets.size / bought.length) * all) / most(Math.min(k, targets.size)));
const any = { name: "any", recall: expected((hits) => hits, k), ndcg: expected(gains, gains(k)) };

if (!flags.json) {
  console.log(`${buyers.length} people who buy something again in the thirty days from ${flags.month}-01\n`);
  console.log("| ordered by | recall@10 / NDCG@10 |\n|---|---|");
  for (const { name, recall, ndcg } of [...rows, any])
    console.log(`| ${name} | ${recall.toFixed(3)} / ${ndcg.toFixed(3)} |`);
  console.log("");
}
console.log(JSON.stringify({ people: buyers.length, rows: [...rows, any] }));
