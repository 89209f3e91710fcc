/**
 * What people buy next: learned from the orders before a day, judged on the thirty days from it.
 *
 *     npm run bench:temporal -- [--month 2011-10] [--seeds 1,2,3] [--people 3613,30000] [--quick] [--json]
 *
 *   all   everything that somebody bought before and buys in the month; what they have may be listed
 *   new   what they buy in the month and had not bought; what they have is not listed
 *
 * Weights age as on a device. Who has no order before the day is not judged. Private rows are at epsilon 4 in
 * all, delta 1e-6, counting one honest aggregator's noise: half of it (of rho) for one report on pairs, half
 * for one on what was bought lately, or all of it for one report on both, on the day or within the month
 * before it; mean of the seeds. Crowds beyond the people there are copies of them (bench/crowds.ts). Settings
 * are chosen on the months before (`--month 2011-09`); `--mixes` adds rows of what was tried for that: other
 * weights, and content stretched by other shares; `--rounds` what rounds of other lengths, sums of several
 * rounds and trends teach (temporal/rounds.ts).
 *
 * The last rows are the stages of a device's ranking, one after the other (temporal/stages.ts); `--stages`
 * prints them alone. The last one, `served`, is all that is in force. The last line is one JSON object: {
 * rows: [{ name, allRecall, allNdcg, newRecall, newNdcg, coverage, gini, novelty, diversity }] }; from
 * coverage on they are of the lists of new.
 */
import { parseArgs } from "node:util";
import { dequantizeRows, quantizeRows } from "../core/model/quantize.ts";
import { recentScores } from "../core/ranking/recent.ts";
import { denseRows } from "../core/rows.ts";
import { seededRandom } from "../core/seeded.ts";
import { rhoWithin } from "../core/sum/budget.ts";
import { sensitivityOf } from "../core/tasks/itemfactors/contribution.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import { mixesFor } from "../server/publishing/pairdrafts.ts";
import { interactionsOf, trainAls } from "../server/publishing/train/als.ts";
import { crowdOf, seededFill } from "./crowds.ts";
import type { DataSet, Person } from "./data.ts";
import { factorScores, jointScores, type ScoresOf } from "./judge.ts";
import { beside, everybodys, mixOf, type Weighed } from "./mix.ts";
import { delta, pairSettingsFor, pairsBesideContent } from "./privacysettings.ts";
import { agedStrength, learnPairs, pairScores, publicPairs } from "./privatepairs.ts";
import { ease, easeSettings } from "./references/ease.ts";
import { itemKnn, knnSettings } from "./references/itemknn.ts";
import { writeResults } from "./results.ts";
import { byScores, type Judging, type ListsOf, rowFor, tableHead, tableRow } from "./temporal/judging.ts";
import { monthFrom } from "./temporal/month.ts";
import { repeatRates, trendOf, withAgain } from "./temporal/present.ts";
import { triedRounds } from "./temporal/rounds.ts";
import { keptOfGain, stageLists } from "./temporal/stages.ts";
import { learnWindows, windowScales } from "./temporal/windows.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-10" },
    seeds: { type: "string", default: "1,2,3" },
    people: { type: "string" },
    quick: { type: "boolean", default: false },
    mixes: { type: "boolean", default: false },
    rounds: { type: "boolean", default: false },
    stages: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const seeds = flags.quick ? [1] : flags.seeds.split(",").map(Number);
if (!seeds.every(Number.isInteger)) {
  throw new TypeError(`temporal: --seeds must be integers, got "${flags.seeds}"`);
}
const fromMs = Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) throw new TypeError(`temporal: --month must be as 2011-10, got "${flags.month}"`);
/** As `pairs.recentDays` of a server. */
const recentDays = 14;

const every = flags.quick ? 8 : 1;
const month = await monthFrom({ fromMs, every });
const { items, train, judged } = month;

function countsOf(people: readonly ArrayLike<number>[]): Float64Array {
  const counts = new Float64Array(items.length);
  for (const theirs of people) for (const row of Array.from(theirs)) counts[row] += 1;
  return counts;
}

const startMs = performance.now();
const data: DataSet = { items: items.map(({ item }) => item), train, heldOut: [] };
const contentDim = flags.quick ? 32 : 384;
const content = quantizeRows(contentVectors(items, { dim: contentDim }), items.length, contentDim);
const dim = flags.quick ? 8 : 64;
const sweeps = flags.quick ? 2 : 8;
const alsSettings = { alpha0: 0.3, lambda: 0.003 };
const counted = countsOf(train.map((person) => person.items));
const shares = counted.map((count) => count / train.length);
const [bought14, bought30, bought60] = [14, 30, 60].map((days) => month.boughtWithin(days));
const windows = { last14: countsOf(bought14), last60: countsOf(bought60) };
const recent = countsOf(bought30);

const joint = (popularity: ArrayLike<number>, rows: Float64Array | null): ScoresOf =>
  jointScores(data, { content, contentDim, popularity, factors: rows === null ? null : { rows, dim } });

/** What logs teach; not for the stages, which learn their own. */
function withoutNoise() {
  const factors = trainAls(interactionsOf(train, items.length), {
    ...{ ...alsSettings, dim, sweeps },
    random: seededRandom(1),
  });
  const als = factorScores(data, { rows: factors, dim, ...alsSettings });
  const exact = pairSettingsFor({ people: train.length, epsilon: null });
  const pairs = pairScores(
    learnPairs({ people: train, content, contentDim, fill: seededFill(1) }, exact.settings),
    agedStrength,
  );
  const wantedLately = recent.map((count) => count / train.length);
  /**
   * Weights and constants, here and below, are chosen on September: of coverage at least 0.46 what lists most
   * new products.
   */
  const withoutTrend: readonly Weighed[] = [
    { scores: joint(wantedLately, null), weight: 0.45 },
    { scores: pairs, weight: 0.2 },
    { scores: als, weight: 0.03 },
  ];
  const inTime = mixOf([...withoutTrend, { scores: everybodys(trendOf(windows, 2)), weight: 0.32 }]);
  return { factors, als, pairs, withoutTrend, inTime, rates: repeatRates(month.daysBought, counted) };
}

interface PrivateRun {
  readonly content: ScoresOf;
  readonly beside: ScoresOf;
  readonly present: ScoresOf;
}

/** Everything that one crowd learns with one seed of noise, at epsilon 4 in all. */
function privateRun(people: number, seed: number): PrivateRun {
  const everybody = train.map((person, at) => ({
    person,
    lately: { last14: bought14[at], last60: bought60[at] },
  }));
  const crowd = crowdOf(everybody, people, seededRandom(seed));
  const sigma = sensitivityOf(windowScales) / Math.sqrt(rhoWithin({ epsilon: 4, delta }));
  const { settings, part } = pairsBesideContent({ people, noiseMultiplier: sigma });
  const fill = seededFill(seed);
  const learned = learnPairs(
    { people: crowd.map(({ person }) => person), content, contentDim, fill },
    settings,
  );
  const lately = learnWindows({ people: crowd.map((one) => one.lately), content, contentDim, sigma, fill });
  const byContent = joint(learned.shares, null);
  const byPairs = pairScores(learned, agedStrength);
  const all = (counts: ArrayLike<number>) => Array.from(counts).reduce((sum, count) => sum + count, 0);
  const ofPresent = all(learned.shares) / all(lately.last60);
  const present = presentScores(lately, people / sigma);
  return {
    content: byContent,
    beside: beside(byContent, byPairs, part),
    present: withAgain(
      mixOf([
        {
          scores: joint(
            lately.last60.map((count) => Math.min(1, count * ofPresent)),
            null,
          ),
          weight: 0.4,
        },
        { scores: byPairs, weight: 0.3 },
        { scores: everybodys(present), weight: 0.3 },
      ]),
      new Float64Array(items.length).fill(1),
    ),
  };
}

/**
 * A trend is a ratio of two noisy numbers: crowds that do not reach far out of the noise take the short
 * window alone.
 */
function presentScores(lately: ReturnType<typeof learnWindows>, reach: number): Float64Array {
  if (reach >= 7000) return trendOf(lately, 4 * lately.deviation);
  return lately.last14.map((count) => Math.log(count + lately.deviation));
}

/**
 * What is served, but for the limits against liars: everything in one report for the whole budget, mixed as
 * the server does where nothing can be measured.
 */
function oneReportRun(everybody: readonly Person[], people: number, seed: number): ScoresOf {
  const crowd = crowdOf(everybody, people, seededRandom(seed));
  const { settings } = pairSettingsFor({ people, epsilon: 4 });
  const learned = learnPairs({ people: crowd, content, contentDim, fill: seededFill(seed) }, settings);
  const [{ pairWeight, recentWeight, recentTrend }] = mixesFor(people, settings.noiseMultiplier);
  const lately = latelyScores(learned, recentTrend);
  return withAgain(
    mixOf([
      { scores: joint(learned.shares, null), weight: 1 - pairWeight - recentWeight },
      { scores: pairScores(learned, agedStrength), weight: pairWeight },
      { scores: everybodys(lately), weight: recentWeight },
    ]),
    new Float64Array(items.length).fill(1),
  );
}

/** Zeros where so small a crowd teaches pairs alone. */
function latelyScores({ recent, shares }: ReturnType<typeof learnPairs>, trend: number): Float64Array {
  return recent === null ? new Float64Array(shares.length) : recentScores(recent, shares, trend);
}

/** Weights of content, pairs and what is wanted lately, and shares that content is stretched by. */
const triedWeights = [
  [0.4, 0.3, 0.3],
  [0.5, 0.3, 0.2],
  [0.5, 0.2, 0.3],
  [0.6, 0.3, 0.1],
] as const;
const triedShares: Readonly<Record<string, (always: number, lately: number) => number>> = {
  "of all time": (always) => always,
  "of lately": (_, lately) => lately,
  "half of each": (always, lately) => (always + lately) / 2,
  "geometric mean": (always, lately) => Math.sqrt(always * lately),
};

/** By name, what one report within the month before teaches, mixed otherwise. */
function triedMixes(people: number): Readonly<Record<string, readonly ScoresOf[]>> {
  const learned = seeds.map((seed) => {
    const reporters = month.reportedWithin({ days: 30, recentDays }, seededRandom(100 + seed));
    const crowd = crowdOf(reporters, people, seededRandom(seed));
    const { settings } = pairSettingsFor({ people, epsilon: 4 });
    return learnPairs({ people: crowd, content, contentDim, fill: seededFill(seed) }, settings);
  });
  const mixed = ([ofContent, ofPairs, ofLately]: (typeof triedWeights)[number], shares: string) =>
    learned.map((crowd) => {
      const { recent } = crowd;
      const wanted = crowd.shares.map((always, item) =>
        recent === null ? always : triedShares[shares](always, recent.shares[item]),
      );
      const lately = latelyScores(crowd, 0);
      return mixOf([
        { scores: joint(wanted, null), weight: ofContent },
        { scores: pairScores(crowd, agedStrength), weight: ofPairs },
        { scores: everybodys(lately), weight: ofLately },
      ]);
    });
  return Object.fromEntries(
    Object.keys(triedShares).flatMap((shares) =>
      triedWeights.map((weights) => [
        `${weights.join(" / ")}, content by shares ${shares}, private, ${people} people`,
        mixed(weights, shares),
      ]),
    ),
  );
}

/** By name, without what is bought again. */
function roundsTried(people: number): Readonly<Record<string, readonly ScoresOf[]>> {
  const known = publicPairs({ content, contentDim }, 20);
  const byContent = (popularity: ArrayLike<number>) => joint(popularity, null);
  const { settings } = pairSettingsFor({ people, epsilon: 4 });
  const wanted = { month, known, byContent, people, settings, recentDays };
  const runs = seeds.map((seed) => triedRounds({ ...wanted, seed }));
  return Object.fromEntries(
    Object.keys(runs[0]).map((name) => [`${name}, private, ${people} people`, runs.map((run) => run[name])]),
  );
}

const onTheDay = train.map((person, at) => ({ ...person, recent: bought14[at] }));
const crowds = (flags.people ?? `${train.length}${flags.quick ? "" : ",30000"}`).split(",").map(Number);
if (!crowds.every((people) => Number.isInteger(people) && people > 0)) {
  throw new RangeError(`temporal: --people must be integers above 0, got "${flags.people}"`);
}

function byEachScore(
  ways: Readonly<Record<string, readonly ScoresOf[]>>,
): Readonly<Record<string, readonly ListsOf[]>> {
  const entries = Object.entries(ways).map(
    ([name, variants]) => [name, variants.map((scoresOf) => byScores(scoresOf, items.length))] as const,
  );
  return Object.fromEntries(entries);
}

function waysToScore(): Readonly<Record<string, readonly ScoresOf[]>> {
  const { factors, als, pairs, withoutTrend, inTime, rates } = withoutNoise();
  return {
    "popularity of all time": [everybodys(counted)],
    "popularity of 30 days": [everybodys(recent)],
    "popularity of 14 days": [everybodys(windows.last14)],
    "bought before, then popularity of 14 days": [
      withAgain(everybodys(windows.last14.map(Math.log1p)), rates),
    ],
    "neighbours (BM25)": [itemKnn(train, items.length, knnSettings)],
    EASE: [ease(train, items.length, easeSettings)],
    "exact ALS": [als],
    content: [joint(shares, null)],
    "content + exact factors": [joint(shares, factors)],
    "pairs, no noise": [pairs],
    "best, no noise": [withAgain(inTime, rates)],
    "best without the trend, no noise": [withAgain(mixOf(withoutTrend), rates)],
    "best without what is bought again, no noise": [inTime],
    ...Object.fromEntries(
      crowds.flatMap((people) => {
        const runs = seeds.map((seed) => privateRun(people, seed));
        const named = (name: string) => `${name}, private, ${people} people`;
        return [
          [named("content"), runs.map((run) => run.content)],
          [named("content + pairs"), runs.map((run) => run.beside)],
          [named("best"), runs.map((run) => run.present)],
          [named("in one report"), seeds.map((seed) => oneReportRun(onTheDay, people, seed))],
          [
            named("in one report, within the month before"),
            seeds.map((seed) =>
              oneReportRun(
                month.reportedWithin({ days: 30, recentDays }, seededRandom(100 + seed)),
                people,
                seed,
              ),
            ),
          ],
        ];
      }),
    ),
    ...(flags.mixes ? Object.assign({}, ...crowds.map(triedMixes)) : {}),
    ...(flags.rounds ? Object.assign({}, ...crowds.map(roundsTried)) : {}),
  };
}

const say = (line: string): void => {
  if (!flags.json) console.log(line);
};
say(
  `${train.length} people with orders before ${flags.month}-01, ${judged.length} who buy in the 30 days from it, ${items.length} products\n`,
);
say(tableHead);
const judging: Judging = {
  ...{ items, train, judged },
  content: denseRows(dequantizeRows(content, contentDim), items.length, contentDim),
};
const listed: Readonly<Record<string, readonly ListsOf[]>> = {
  ...(flags.stages ? {} : byEachScore(waysToScore())),
  ...(await stageLists({ month, fromMs, seeds, learning: { contentDim, dim, sweeps }, every })),
};
const rows = Object.entries(listed).map(([name, variants]) => {
  const row = rowFor(name, variants, judging);
  say(tableRow(row));
  return row;
});
say(`\n${Math.round((performance.now() - startMs) / 1000)} s`);
writeResults("temporal", {
  month: flags.month,
  seeds,
  crowds,
  people: train.length,
  judged: judged.length,
  rows,
});
const kept = keptOfGain(rows);
if (kept !== null) say(`\n${kept}`);
console.log(JSON.stringify({ rows }));
