/**
 * What people buy next: learned from the orders before a day, judged on the thirty days from it.
 *
 *     npm run bench:temporal -- [--month 2011-10] [--seeds 1,2,3] [--quick] [--json]
 *
 *   all   everything that somebody bought before and buys in the month; what they have may be listed
 *   new   what they buy in the month and had not bought; what they have is not listed
 *
 * Weights age as on a device. Who has no order before the day is not judged. Private rows are at epsilon 4 (pairs, one
 * report) and epsilon 1 (counts of the last thirty days, one report), each at delta 1e-6; mean of the seeds. Settings are chosen on
 * September (`--month 2011-09`). The last line is one JSON object:
 * { rows: [{ name, allRecall, allNdcg, newRecall, newNdcg, coverage, gini }] }; coverage and gini are of the lists of new.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ageFactor } from "../core/events/tastes.ts";
import { catalogueCoverage, exposureGini, ndcgAt, recallAt } from "../core/metrics.ts";
import { quantizeRows } from "../core/model/quantize.ts";
import { bestRows } from "../core/ranking/pipeline.ts";
import { seededRandom } from "../core/seeded.ts";
import { rhoWithin } from "../core/sum/budget.ts";
import { dayMs } from "../core/time.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import { interactionsOf, trainAls } from "../server/publishing/train/als.ts";
import { seededFill } from "./crowds.ts";
import type { DataSet, Person } from "./data.ts";
import { factorScores, jointScores, type ScoresOf } from "./judge.ts";
import { learnPairs, mixed, noisyCounts, pairScores } from "./pairs.ts";
import { delta, pairSettingsFor } from "./privacysettings.ts";
import { ease, easeLambda } from "./references/ease.ts";
import { itemKnn, knnSettings } from "./references/itemknn.ts";
import { writeResults } from "./results.ts";
import { type OrderLine, readCustomers, readShopCatalogue } from "./shop.ts";

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
  throw new TypeError(`temporal: --seeds must be integers, got "${flags.seeds}"`);
}
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`temporal: --month must be as 2011-10, got "${flags.month}"`);
const windowMs = 30 * dayMs;
const k = 20;

interface Judged {
  readonly known: Person;
  readonly all: ReadonlySet<number>;
  readonly fresh: ReadonlySet<number>;
}

interface Row {
  readonly name: string;
  readonly allRecall: number;
  readonly allNdcg: number;
  readonly newRecall: number;
  readonly newNdcg: number;
  readonly coverage: number;
  readonly gini: number;
}

const folder = fileURLToPath(new URL("../demo/data", import.meta.url));
const catalogue = await readShopCatalogue();
const { orders } = readCustomers(folder);
const customers = [...orders.values()].filter((_, at) => !flags.quick || at % 8 === 0);
const before = customers.map((lines) => lines.filter(({ atMs }) => atMs < fromMs));
const bought = new Set(before.flat().map(({ item }) => item));
const items = catalogue.filter(({ item }) => bought.has(item));
const rowOf = new Map(items.map(({ item }, row) => [item, row]));

const judged: Judged[] = [];
const train: Person[] = [];
customers.forEach((lines, at) => {
  const known = personOf(before[at]);
  if (known.items.length === 0) return;
  train.push(known);
  const later = lines.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs);
  const all = new Set(later.flatMap(({ item }) => rowOf.get(item) ?? []));
  const had = new Set(known.items);
  if (all.size > 0) judged.push({ known, all, fresh: new Set([...all].filter((row) => !had.has(row))) });
});

/** Items with their weights as a device has them on the day. */
function personOf(lines: readonly OrderLine[]): Person {
  const weights = new Map<number, number>();
  for (const { item, atMs } of lines) {
    const row = rowOf.get(item);
    if (row !== undefined) weights.set(row, (weights.get(row) ?? 0) + ageFactor(fromMs - atMs));
  }
  const sorted = [...weights].sort((a, b) => a[0] - b[0]);
  return {
    items: Uint32Array.from(sorted, ([row]) => row),
    weights: Float64Array.from(sorted, ([, weight]) => weight),
  };
}

/** What each customer bought in the days before the day. */
function boughtWithin(days: number): readonly Uint32Array[] {
  return before.map((lines) => {
    const recent = lines.filter(({ atMs }) => atMs >= fromMs - days * dayMs);
    return Uint32Array.from(new Set(recent.flatMap(({ item }) => rowOf.get(item) ?? [])));
  });
}

function countsOf(people: readonly ArrayLike<number>[]): Float64Array {
  const counts = new Float64Array(items.length);
  for (const theirs of people) for (const row of Array.from(theirs)) counts[row] += 1;
  return counts;
}

function rowFor(name: string, variants: readonly ScoresOf[]): Row {
  const rows = variants.map((scoresOf) => judgedBy(name, scoresOf));
  const mean = (pick: (row: Row) => number) => rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  return {
    name,
    allRecall: mean(({ allRecall }) => allRecall),
    allNdcg: mean(({ allNdcg }) => allNdcg),
    newRecall: mean(({ newRecall }) => newRecall),
    newNdcg: mean(({ newNdcg }) => newNdcg),
    coverage: mean(({ coverage }) => coverage),
    gini: mean(({ gini }) => gini),
  };
}

function judgedBy(name: string, scoresOf: ScoresOf): Row {
  const sums = { allRecall: 0, allNdcg: 0, newRecall: 0, newNdcg: 0 };
  const lists: Uint32Array[] = [];
  for (const { known, all, fresh } of judged) {
    const scores = scoresOf(known);
    const whole = bestRows({ scores, barred: new Uint8Array(items.length) }, k);
    sums.allRecall += recallAt({ list: whole, targets: all, k });
    sums.allNdcg += ndcgAt({ list: whole, targets: all, k });
    if (fresh.size === 0) continue;
    const barred = new Uint8Array(items.length);
    for (const row of known.items) barred[row] = 1;
    const list = bestRows({ scores, barred }, k);
    lists.push(list);
    sums.newRecall += recallAt({ list, targets: fresh, k });
    sums.newNdcg += ndcgAt({ list, targets: fresh, k });
  }
  return {
    name,
    allRecall: sums.allRecall / judged.length,
    allNdcg: sums.allNdcg / judged.length,
    newRecall: sums.newRecall / lists.length,
    newNdcg: sums.newNdcg / lists.length,
    coverage: catalogueCoverage(lists, items.length),
    gini: exposureGini(lists, items.length),
  };
}

const startMs = performance.now();
const data: DataSet = { items: items.map(({ item }) => item), train, heldOut: [] };
const contentDim = flags.quick ? 32 : 384;
const content = quantizeRows(contentVectors(items, { dim: contentDim }), items.length, contentDim);
const dim = flags.quick ? 8 : 64;
const alsSettings = { alpha0: 0.3, lambda: 0.003 };
const factors = trainAls(interactionsOf(train, items.length), {
  ...alsSettings,
  dim,
  sweeps: flags.quick ? 2 : 8,
  random: seededRandom(1),
});
const counted = countsOf(train.map((person) => person.items));
const shares = counted.map((count) => count / train.length);
const recent = countsOf(boughtWithin(30));

/** The same for everybody. */
const fixed =
  (scores: Float64Array): ScoresOf =>
  () =>
    scores;
/** Adds the logarithm of counts of the last days, standardised with the rest. */
const withRecent = (scoresOf: ScoresOf, counts: Float64Array, part: number): ScoresOf =>
  mixed(scoresOf, fixed(counts.map((count) => Math.log1p(Math.max(0, count)))), part);

const joint = (popularity: ArrayLike<number>, rows: Float64Array | null): ScoresOf =>
  jointScores(data, { content, contentDim, popularity, factors: rows === null ? null : { rows, dim } });
const exact = pairSettingsFor({ people: train.length, epsilon: null });
const exactPairs = pairScores(
  learnPairs({ people: train, content, contentDim, fill: seededFill(1) }, exact.settings),
);
const privately = pairSettingsFor({ people: train.length, epsilon: 4 });
const privateRuns = seeds.map((seed) => {
  const learned = learnPairs(
    { people: train, content, contentDim, fill: seededFill(seed) },
    privately.settings,
  );
  const byContent = joint(learned.shares, null);
  const countNoise = 1 / Math.sqrt(2 * rhoWithin({ epsilon: 1, delta }));
  const noisy = noisyCounts(boughtWithin(30), items.length, countNoise, seededFill(1000 + seed));
  return { byContent, byPairs: pairScores(learned), noisy };
});
/** Part of what was bought lately, in a mix. */
const recentPart = 1 / 3;

const ways: Readonly<Record<string, readonly ScoresOf[]>> = {
  "popularity of all time": [fixed(counted)],
  "popularity of 30 days": [fixed(recent)],
  "popularity of 14 days": [fixed(countsOf(boughtWithin(14)))],
  "neighbours (BM25)": [itemKnn(train, items.length, knnSettings)],
  EASE: [ease(train, items.length, easeLambda)],
  "exact ALS": [factorScores(data, { rows: factors, dim, ...alsSettings })],
  content: [joint(shares, null)],
  "content + exact factors": [joint(shares, factors)],
  "pairs, no noise": [exactPairs],
  "content + pairs, no noise": [mixed(joint(shares, null), exactPairs, exact.part)],
  "content + pairs + 30 days, no noise": [
    withRecent(mixed(joint(shares, null), exactPairs, exact.part), recent, recentPart),
  ],
  "content, private shares": privateRuns.map(({ byContent }) => byContent),
  "content + pairs, private": privateRuns.map(({ byContent, byPairs }) =>
    mixed(byContent, byPairs, privately.part),
  ),
  "content + pairs + 30 days, private": privateRuns.map(({ byContent, byPairs, noisy }) =>
    withRecent(mixed(byContent, byPairs, privately.part), noisy, recentPart),
  ),
};

const say = (line: string): void => {
  if (!flags.json) console.log(line);
};
say(
  `${train.length} people with orders before ${flags.month}-01, ${judged.length} who buy in the 30 days from it, ${items.length} products\n`,
);
say("| | all: recall@20 / NDCG@20 | new to them | coverage | gini |\n|---|---|---|---|---|");
const rows = Object.entries(ways).map(([name, variants]) => {
  const row = rowFor(name, variants);
  const shown = (value: number) => value.toFixed(3);
  say(
    `| ${name} | ${shown(row.allRecall)} / ${shown(row.allNdcg)} | ${shown(row.newRecall)} / ${shown(row.newNdcg)} | ${row.coverage.toFixed(2)} | ${row.gini.toFixed(2)} |`,
  );
  return row;
});
say(`\n${Math.round((performance.now() - startMs) / 1000)} s`);
writeResults("temporal", { month: flags.month, seeds, people: train.length, judged: judged.length, rows });
console.log(JSON.stringify({ rows }));
