/**
 * What cleaning is worth: recall where part of the traffic is no person's, with the rules and without.
 *
 *     npm run bench:cleaning -- [--seeds 1,2,3] [--rates 0.01,0.05] [--quick]
 *
 * The log: exact ALS on the gift shop's orders, read as `tacit train` reads a log, judged on people held out.
 * Lines are added to it, so many for each line that is there:
 *
 *   crawlers   robots that view the catalogue page by page, five a second
 *   slow       the same, a page every 20 seconds: too slow to be told by its rate
 *   loops      robots that view the same thirty products over and over, one a second
 *   twice      products of people, viewed, and written again five seconds later
 *   stuck      products of people, viewed twenty times, ten seconds apart: a page that reloads itself
 *   open       products of people, each viewed once an hour for four days: a page left open
 *
 * The device: the same people's own orders with faults in their journals (cleaning/faults.ts), ranked for by
 * the factors of the log as it is.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cleaned } from "../core/events/cleaning/cleaning.ts";
import type { TacitEvent } from "../core/events/event.ts";
import { eventWeights, tastesOf, weightOf } from "../core/events/tastes.ts";
import { recallAt } from "../core/metrics.ts";
import { bestRows } from "../core/ranking/best.ts";
import { type RankingModel, rankingModel } from "../core/ranking/model.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { knownTastes, profileOfTastes } from "../core/ranking/profile.ts";
import { denseRows } from "../core/rows.ts";
import { seededRandom } from "../core/seeded.ts";
import { inputOfBytes } from "../server/publishing/input/input.ts";
import { learnCentrally } from "../server/publishing/train/central.ts";
import { readLog } from "../server/publishing/train/log.ts";
import { journalFaults, type LogLine, logFaults } from "./cleaning/faults.ts";
import { writeResults } from "./results.ts";
import { readCustomers, readShopCatalogue } from "./shop.ts";
import { type Mean, meanOf } from "./spread.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    rates: { type: "string", default: "0.01,0.05" },
    quick: { type: "boolean", default: false },
  },
});
const seeds = numbersIn("seeds", flags.quick ? "1" : flags.seeds);
const rates = numbersIn("rates", flags.rates);
const training = {
  alpha0: 0.3,
  lambda: 0.003,
  ...(flags.quick ? { dim: 8, sweeps: 2 } : { dim: 32, sweeps: 8 }),
};
const k = 20;

const { orders, heldOut } = readCustomers(fileURLToPath(new URL("../demo/data", import.meta.url)));
const items = (await readShopCatalogue()).map(({ item }) => item);
const rowOf = new Map(items.map((item, row) => [item, row]));
const linesOf = (customers: Iterable<string>): readonly LogLine[] =>
  [...customers].flatMap((person) =>
    (orders.get(person) ?? []).map((line) => ({ ...line, person, kind: "purchase" as const })),
  );
const learners = [...orders.keys()].filter((customer) => !heldOut.has(customer));
const log = linesOf(learners.filter((_, at) => !flags.quick || at % 10 === 0));
const nowMs = log.reduce((latest, { atMs }) => Math.max(latest, atMs), 0) + 1;

interface JudgedPerson {
  readonly events: readonly TacitEvent[];
  readonly targets: ReadonlySet<number>;
}

const judged: readonly JudgedPerson[] = [...heldOut].map(([customer, { known, targets }]) => ({
  events: linesOf([customer])
    .filter(({ item, quantity, atMs }) => known.includes(item) && quantity > 0 && atMs < nowMs)
    .map(({ item, kind, atMs }, at) => ({ id: `${customer} ${at}`, kind, item, atMs })),
  targets: new Set(targets.flatMap((item) => rowOf.get(item) ?? [])),
}));

type Cleaning = "rules" | "none";

async function modelOf(lines: readonly LogLine[], cleaning: Cleaning): Promise<RankingModel> {
  const rows = lines.map(
    ({ person, item, kind, quantity, atMs }) => `${person},${item},${kind},${quantity},${atMs}`,
  );
  const text = ["person,item,kind,quantity,at", ...rows].join("\n");
  const input = inputOfBytes("log.csv", new TextEncoder().encode(text));
  const { tastes } = await readLog(input, { rowOf, without: new Set(), nowMs, cleaning });
  const { factors } = learnCentrally(tastes, items, training);
  return rankingModel({
    cards: items.map((item) => ({ item })),
    shares: new Float64Array(items.length),
    jointRows: () => denseRows(factors, items.length, training.dim),
    ...training,
  });
}

type Tastes = (events: readonly TacitEvent[]) => ReadonlyMap<string, number>;

const tastes: Readonly<Record<Cleaning, Tastes>> = {
  /** Every event counts, one of the future as of now, and sums have no bound. */
  none: (events) => {
    const sums = new Map<string, number>();
    for (const { item = "", ...event } of events) {
      const weight = weightOf({ ...event, atMs: Math.min(event.atMs, nowMs) }, { nowMs });
      sums.set(item, (sums.get(item) ?? 0) + (weight ?? 0));
    }
    return sums;
  },
  rules: (events) => tastesOf(eventWeights(cleaned(events), { nowMs })),
};

/** Mean recall at k of the people held out, each by what a journal says. */
function recallOf(model: RankingModel, said: Tastes): number {
  const recalls = judged.flatMap(({ events, targets }) => {
    if (events.length === 0 || targets.size === 0) return [];
    const profile = profileOfTastes(model, knownTastes(model, said(events)));
    const ranked = rank({ model, by: "person", profile });
    return recallAt({ list: bestRows(ranked, k), targets, k });
  });
  return recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length;
}

interface Result {
  readonly where: "log" | "device";
  readonly fault: string;
  readonly rate: number | null;
  readonly without: Mean;
  readonly cleaned: Mean;
}

async function logResult(fault: string, rate: number): Promise<Result> {
  const recalls: Record<Cleaning, number[]> = { none: [], rules: [] };
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const more = rate === 0 ? [] : logFaults[fault]({ lines: log, items, random }, rate * log.length);
    for (const cleaning of ["none", "rules"] as const)
      recalls[cleaning].push(recallOf(await modelOf([...log, ...more], cleaning), tastes.rules));
  }
  return { where: "log", fault, rate, without: meanOf(recalls.none), cleaned: meanOf(recalls.rules) };
}

function deviceResult(model: RankingModel, fault: string): Result {
  const recalls: Record<Cleaning, number[]> = { none: [], rules: [] };
  for (const seed of seeds) {
    for (const cleaning of ["none", "rules"] as const) {
      const random = seededRandom(seed);
      const said: Tastes = (events) => tastes[cleaning](journalFaults[fault](events, random));
      recalls[cleaning].push(recallOf(model, said));
    }
  }
  return {
    where: "device",
    fault,
    rate: null,
    without: meanOf(recalls.none),
    cleaned: meanOf(recalls.rules),
  };
}

console.log(
  `${log.length} lines of people, ${judged.length} people judged, recall@${k}, ${seeds.length} seeds`,
);
console.log("\n| where | fault | lines added | without rules | with rules |\n|---|---|---|---|---|");
const results: Result[] = [];
const say = (result: Result): void => {
  const { where, fault, rate, without, cleaned } = result;
  const shown = ({ mean, sd }: Mean) => `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;
  const share = rate === null ? "" : `${100 * rate} %`;
  console.log(`| ${where} | ${fault} | ${share} | ${shown(without)} | ${shown(cleaned)} |`);
  results.push(result);
};
say(await logResult("none", 0));
for (const fault of Object.keys(logFaults)) for (const rate of rates) say(await logResult(fault, rate));
const model = await modelOf(log, "none");
for (const fault of Object.keys(journalFaults)) say(deviceResult(model, fault));
if (!flags.quick) writeResults("cleaning", { seeds, results });
console.log(`\n${JSON.stringify({ seeds, results })}`);

function numbersIn(name: string, text: string): readonly number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.every(Number.isFinite)) return numbers;
  throw new TypeError(`cleaning: --${name} must be numbers, got "${text}"`);
}
