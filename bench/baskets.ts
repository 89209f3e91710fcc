/**
 * npm run bench:baskets: what goes well with what is in the basket, judged on what was bought with it.
 *
 *     npm run bench:baskets -- [--month 2011-10] [--seeds 1,2,3] [--quick] [--json]
 *
 * A basket is what one customer bought in one minute. Learned from those before the month's first day, judged
 * on those of the month with at least two known products: up to five of them, drawn by a seed, are the query,
 * the others are wanted. No list has a product of its query. Mean ± sd of the seeds:
 *
 *   hit@10            share of the baskets with something wanted among the ten listed
 *   recall@10         wanted ones listed / min(10, wanted)
 *   single coverage   share of the products that stand in some list of ten, asked about each product alone
 *   judged coverage   the same over the judged queries
 *
 * `goesWith` is the list that a browser makes of what the one report on pairs taught that is asked for
 * anyway: pairs that a person has, whenever they were bought. Beside it a report of its own "of baskets": 1
 * for each listed pair that stood together in at least one of a person's, pulled towards what is expected.
 * Private rows have delta 1e-6 and the noise of both aggregators; crowds beyond the real customers are copies
 * of them. Settings are chosen on September (`--month 2011-09`). The last line is one JSON object: { rows: [{
 * name, hit, recall, singleCoverage, judgedCoverage }] }, each { mean, sd }.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { catalogueCoverage, recallAt } from "../core/metrics.ts";
import { type PairPattern, patternOfPairs } from "../core/model/pairlist.ts";
import { quantizeRows } from "../core/model/quantize.ts";
import { bestRows } from "../core/ranking/best.ts";
import { seededRandom } from "../core/seeded.ts";
import { basketContributionOf, pairContributionOf } from "../core/tasks/itempairs/contribution.ts";

import { noPairDefences, standardPairDefences } from "../server/kinds/itempairs/defences.ts";
import { countsFrom } from "../server/kinds/itempairs/learned.ts";
import { publishedWeights } from "../server/kinds/itempairs/part.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import { interactionsOf, trainAls } from "../server/publishing/train/als.ts";
import { type Basket, basketData, basketQueries } from "./basketdata.ts";
import {
  coCounts,
  countsOfPairs,
  fallingBack,
  listedCounts,
  nearestTogether,
  togetherScores,
} from "./basketscores.ts";
import { crowdOf, seededFill } from "./crowds.ts";
import type { DataSet, Person } from "./data.ts";
import { countedPopularity, goesWithScores, type ScoresOf } from "./judge.ts";
import { beside } from "./mix.ts";
import { pairSettingsFor } from "./privacysettings.ts";
import { learnedOf, oncePer, publicPairs, reportSum, summedReports } from "./privatepairs.ts";
import { writeResults } from "./results.ts";
import { readCustomers, readShopCatalogue } from "./shop.ts";
import { type Mean, meanOf } from "./spread.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-10" },
    seeds: { type: "string", default: "1,2,3" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const seeds = flags.quick ? [1] : flags.seeds.split(",").map(Number);
if (!seeds.every(Number.isInteger)) {
  throw new TypeError(`baskets: --seeds must be integers, got "${flags.seeds}"`);
}
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`baskets: --month must be as 2011-10, got "${flags.month}"`);
const untilMs = new Date(fromMs).setUTCMonth(new Date(fromMs).getUTCMonth() + 1);
const startMs = performance.now();
const k = 10;
/** As `pairs.recentDays` of a server. */
const recentDays = 14;
const mostAsked = 5;

const folder = fileURLToPath(new URL("../demo/data", import.meta.url));
const orders = [...readCustomers(folder).orders.values()].filter((_, at) => !flags.quick || at % 8 === 0);
const split = { catalogue: await readShopCatalogue(), orders, fromMs, untilMs, recentDays };
const { items, customers, lately, judged } = basketData(split);
/** What each customer has, in all and lately. */
const had = customers.map((baskets, at) => ({ items: personOf(baskets).items, recent: lately[at] }));
const count = items.length;

const data: DataSet = { items: items.map(({ item }) => item), train: customers.map(personOf), heldOut: [] };
const contentDim = flags.quick ? 32 : 384;
const content = quantizeRows(contentVectors(items, { dim: contentDim }), count, contentDim);
const dim = flags.quick ? 8 : 64;
const factors = trainAls(interactionsOf(data.train, count), {
  alpha0: 0.3,
  lambda: 0.003,
  dim,
  sweeps: flags.quick ? 2 : 8,
  random: seededRandom(1),
});
const popularity = countedPopularity(data);
const byContent = goesWithScores(data, { content, contentDim, popularity, factors: null });
const similar = goesWithScores(data, { content, contentDim, popularity, factors: { rows: factors, dim } });

/** A customer's products, each with the number of baskets it stood in. */
function personOf(baskets: readonly Basket[]): Person {
  const times = new Map<number, number>();
  for (const basket of baskets) for (const row of basket) times.set(row, (times.get(row) ?? 0) + 1);
  const rows = Uint32Array.from(times.keys()).sort();
  return { items: rows, weights: Float64Array.from(rows, (row) => times.get(row) ?? 0) };
}

/** Settings chosen on September. */
const chosen = {
  /** Of counts of all pairs from logs, and the part of `similar` beside them. */
  all: { a: 0.7, b: 0.3, similarPart: 0.3 },
  /** Of counts of listed pairs, and the part of content, or of `similar`, beside them. */
  listed: { a: 0.7, b: 0.3, contentPart: 0.2, similarPart: 0.5 },
  private: { a: 0.7, b: 0.3, countScale: 0.5 },
};

const plain = coCounts(customers.flat(), count, () => 1);
/** Who buys much at once says less of each two things. */
const weighed = coCounts(customers.flat(), count, (length) => 1 / Math.log2(1 + length));

function listed(pattern: PairPattern): ScoresOf {
  return togetherScores(
    listedCounts(pattern, countsOfPairs(pattern, weighed), weighed.counts),
    chosen.listed,
  );
}

const nearest20 = publicPairs({ content, contentDim }, 20);
const nearest40 = publicPairs({ content, contentDim }, 40);

/** What a crowd's one report each says of listed pairs; null: no noise. */
function asked(people: number, epsilon: number | null, seed: number): ScoresOf {
  const { countScale } = chosen.private;
  const settings = { ...pairSettingsFor({ people, epsilon }).settings, countScale };
  const { pattern } = nearest20;
  const crowd = crowdOf(customers, people, seededRandom(seed));
  const contributions = oncePer(crowd, (baskets) => basketContributionOf(pattern, baskets, settings));
  const values = reportSum(contributions, pattern, settings, seededFill(seed));
  const summed = { reports: contributions.length, values, lanes: 1 };
  const read = countsFrom(nearest20, summedReports(summed, settings), settings, noPairDefences);
  const counts = read.shares.map((share) => share * people);
  return togetherScores(listedCounts(pattern, read.pairs, counts), chosen.private);
}

/** Everybody's one report on pairs as it is asked for anyway, and the list that a browser makes of what it taught. */
function goesWith(people: number, epsilon: number | null, seed: number): ScoresOf {
  const { settings, part: weight } = pairSettingsFor({ people, epsilon });
  const { pattern } = nearest20;
  const crowd = crowdOf(had, people, seededRandom(seed));
  const contributions = oncePer(crowd, (person) => pairContributionOf(pattern, person, settings));
  const values = reportSum(contributions, pattern, settings, seededFill(seed));
  const summed = { reports: contributions.length, values, lanes: 1 };
  const { weights, shares } = learnedOf(nearest20, summed, settings, standardPairDefences);
  const rows = Int32Array.from(shares.keys());
  const published = { pattern, ...publishedWeights(pattern, weights), listed: rows, rows, weight };
  const pairs = weight === 0 ? undefined : published;
  return goesWithScores(data, { content, contentDim, popularity: shares, factors: null }, pairs);
}

const fall = (scoresOf: ScoresOf): ScoresOf => fallingBack(scoresOf, byContent);
const near20 = listed(nearest20.pattern);
const near40 = listed(nearest40.pattern);
const exact20 = listed(patternOfPairs(nearestTogether(plain, 20), count));
const tuned = togetherScores(weighed, chosen.all);
const everybody = customers.length;
const crowds = [
  { people: 3600, epsilon: 4 },
  { people: 3600, epsilon: 1 },
  { people: 30_000, epsilon: 4 },
];

/** By name, one for each seed or one for all. */
const ways: Readonly<Record<string, readonly ScoresOf[]>> = {
  popularity: [() => plain.counts],
  content: [byContent],
  "similar (content + exact factors)": [similar],
  "all pairs, plain counts": [togetherScores(plain, { a: 0, b: 0 })],
  "all pairs, cosine": [togetherScores(plain, { a: 0.5, b: 0.5 })],
  "all pairs, lift": [togetherScores(plain, { a: 1, b: 1 })],
  "all pairs, tuned": [tuned],
  "all pairs, tuned + similar": [beside(tuned, similar, chosen.all.similarPart)],
  "20 nearest by exact counts, else content": [fall(exact20)],
  "20 nearest by content, else content": [fall(near20)],
  "40 nearest by content, else content": [fall(near40)],
  "20 nearest by content + content": [beside(near20, byContent, chosen.listed.contentPart)],
  "40 nearest by content + content": [beside(near40, byContent, chosen.listed.contentPart)],
  "20 nearest by content + similar": [beside(near20, similar, chosen.listed.similarPart)],
  "asked of baskets, no noise": [fall(asked(everybody, null, 1))],
  ...forCrowds("asked of baskets", (people, epsilon, seed) => fall(asked(people, epsilon, seed))),
  "goesWith, no noise": [goesWith(everybody, null, 1)],
  ...forCrowds("goesWith", goesWith),
};

type Learned = (people: number, epsilon: number, seed: number) => ScoresOf;

function forCrowds(name: string, learned: Learned): Record<string, readonly ScoresOf[]> {
  return Object.fromEntries(
    crowds.map(({ people, epsilon }) => [
      `${name}, ${people.toLocaleString("en")} people, epsilon ${epsilon}`,
      seeds.map((seed) => learned(people, epsilon, seed)),
    ]),
  );
}

interface Row {
  readonly name: string;
  readonly hit: Mean;
  readonly recall: Mean;
  readonly singleCoverage: Mean;
  readonly judgedCoverage: Mean;
}

function rowFor(name: string, variants: readonly ScoresOf[]): Row {
  const singles = variants.map(singleCoverage);
  const runs = seeds.map((seed, at) => judgedBy(variants[at % variants.length], seed));
  return {
    name,
    hit: meanOf(runs.map(({ hit }) => hit)),
    recall: meanOf(runs.map(({ recall }) => recall)),
    singleCoverage: meanOf(singles),
    judgedCoverage: meanOf(runs.map(({ coverage }) => coverage)),
  };
}

function judgedBy(scoresOf: ScoresOf, seed: number) {
  const lists: Uint32Array[] = [];
  let [hit, recall] = [0, 0];
  for (const { query, targets } of basketQueries(judged, mostAsked, seed)) {
    const list = listFor(scoresOf, query);
    const found = recallAt({ list, targets, k });
    lists.push(list);
    hit += found > 0 ? 1 : 0;
    recall += found;
  }
  return {
    hit: hit / lists.length,
    recall: recall / lists.length,
    coverage: catalogueCoverage(lists, count),
  };
}

function singleCoverage(scoresOf: ScoresOf): number {
  const lists = items.map((_, row) =>
    listFor(scoresOf, { items: Uint32Array.of(row), weights: Float64Array.of(1) }),
  );
  return catalogueCoverage(lists, count);
}

function listFor(scoresOf: ScoresOf, query: Person): Uint32Array {
  const barred = new Uint8Array(count);
  for (const row of query.items) barred[row] = 1;
  return bestRows({ scores: scoresOf(query), barred }, k);
}

const say = (line: string): void => {
  if (!flags.json) console.log(line);
};
say(
  `${customers.flat().length} baskets of ${everybody} customers before ${flags.month}-01, ${judged.length} judged in the month, ${count} products\n`,
);
say("| | hit@10 | recall@10 | single coverage | judged coverage |\n|---|---|---|---|---|");
const rows = Object.entries(ways).map(([name, variants]) => {
  const row = rowFor(name, variants);
  const shown = ({ mean, sd }: Mean) => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
  const coverages = [row.singleCoverage, row.judgedCoverage].map(({ mean }) => mean.toFixed(2));
  say(`| ${name} | ${[...[row.hit, row.recall].map(shown), ...coverages].join(" | ")} |`);
  return row;
});
say(`\n${Math.round((performance.now() - startMs) / 1000)} s`);
writeResults("baskets", { month: flags.month, seeds, judged: judged.length, rows });
console.log(JSON.stringify({ rows }));
