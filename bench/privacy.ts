/**
 * npm run bench:privacy: what privacy costs in quality, and what a larger crowd buys back.
 *
 * recall@20 on held-out people for each epsilon and each size of crowd: item factors alone, the hybrid that
 * an edition publishes, pairs alone, and content beside pairs. epsilon is for all a person ever sends
 * (bench/privacysettings.ts), delta 1e-6, counting one honest aggregator's noise; ranked is with the noise of
 * both. Popularity comes from the same noisy sums. Beside it stand content alone, everything without noise,
 * and what others make of the logs themselves.
 *
 *   npm run bench:privacy [-- --data DIR] [--quick] [--validation] [--people 3669,…] [--epsilon 1,…] [--seeds 1,…] [--no-infinity] [--pairs-anew]
 *
 * Without --data: the shop's own data. A whole run writes bench/results/privacy.json and docs/privacy.svg, a
 * part of one bench/results/privacy-part.json alone. With --pairs-anew only pairs are measured, beside what
 * bench/results/privacy.json has of factors at the same settings and seeds.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type QuantizedRows, quantizeRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import type { PublicItems } from "../server/kinds/itemfactors/knowledge.ts";
import { popularityOf, unlearned } from "../server/kinds/itemfactors/learned.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import { crowdOf, seededFill } from "./crowds.ts";
import { type DataSet, readContentItems, readDataSet, validationSet } from "./data.ts";
import {
  countedPopularity,
  jointScores,
  judgeFactors,
  judgeJoint,
  judgePopularity,
  judgeScores,
} from "./judge.ts";
import { beside } from "./mix.ts";
import { ownData } from "./owndata.ts";
import { privacyPlot } from "./privacyplot.ts";
import type { PrivacyResult, PrivacyRow } from "./privacyresult.ts";
import {
  delta,
  type PairsBesideContent,
  type PrivateSettings,
  pairSettingsFor,
  settingsFor,
  withoutNoise,
} from "./privacysettings.ts";
import { trainPrivately } from "./private.ts";
import { learnPairs, pairScores } from "./privatepairs.ts";
import { ease, easeSettings } from "./references/ease.ts";
import { itemKnn, knnSettings } from "./references/itemknn.ts";
import { readResults, writeResults } from "./results.ts";
import { type Mean, meanOf } from "./spread.ts";

interface Bench {
  readonly data: DataSet;
  readonly publicItems: PublicItems & { readonly content: QuantizedRows };
}

/** Trains and judges once: recall@20 of factors alone and of the hybrid. */
function measure({ data, publicItems }: Bench, people: number, settings: PrivateSettings, seed: number) {
  const random = seededRandom(seed);
  const { learned, factors } = trainPrivately({
    ...settings,
    people: crowdOf(data.train, people, random),
    start: unlearned(publicItems, settings.dim),
    blocks: "walk",
    path: "sums",
    random,
    fill: seededFill(seed),
  });
  const { dim, alpha0, lambda } = settings;
  return {
    factors: judgeFactors(data, { rows: factors, dim, alpha0, lambda }).recall,
    hybrid: judgeJoint(data, {
      ...publicItems,
      popularity: popularityOf(learned, publicItems),
      factors: { rows: factors, dim },
    }).recall,
  };
}

/** Learns pairs once: recall@20 of pairs alone and of content beside them, popularity from the same report. */
function measurePairs({ data, publicItems }: Bench, people: number, by: PairsBesideContent, seed: number) {
  const crowd = crowdOf(data.train, people, seededRandom(seed));
  const learned = learnPairs({ people: crowd, ...publicItems, fill: seededFill(seed) }, by.settings);
  const byContent = jointScores(data, { ...publicItems, popularity: learned.shares, factors: null });
  const byPairs = pairScores(learned);
  return {
    pairs: judgeScores(data, byPairs).recall,
    beside: judgeScores(data, beside(byContent, byPairs, by.part)).recall,
  };
}

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    people: { type: "string" },
    epsilon: { type: "string", default: "1,2,4,8" },
    seeds: { type: "string", default: "1,2,3" },
    "content-dim": { type: "string", default: "384" },
    quick: { type: "boolean", default: false },
    validation: { type: "boolean", default: false },
    "no-infinity": { type: "boolean", default: false },
    "pairs-anew": { type: "boolean", default: false },
  },
});

/** Of the run before: factors take hours, and do not change with pairs. */
const before: PrivacyResult | null = flags["pairs-anew"] ? readResults<PrivacyResult>("privacy") : null;

function numbersOf(name: string, text: string): readonly number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.some((value) => !(value > 0 && Number.isFinite(value)))) {
    throw new RangeError(`privacy: --${name} must be numbers above 0 with commas between, got ${text}`);
  }
  return numbers;
}

function main(): void {
  const startMs = performance.now();
  const seeds = flags.quick ? [1] : numbersOf("seeds", flags.seeds);
  const epsilons = flags.quick ? [4] : numbersOf("epsilon", flags.epsilon);
  const directory = flags.data ?? ownData();
  const whole = readDataSet(directory);
  const data = flags.validation ? validationSet(whole, { share: 0.25, seed: 41 }) : whole;
  const people = flags.quick
    ? [whole.train.length]
    : numbersOf("people", flags.people ?? `${whole.train.length},10000,30000,100000`);
  const contentDim = Math.min(data.items.length, Number(flags["content-dim"]));
  const vectors = contentVectors(readContentItems(directory, data.items), { dim: contentDim });
  const content = quantizeRows(vectors, data.items.length, contentDim);
  const catalogue = data.items.map((item) => ({ item }));
  const bench: Bench = { data, publicItems: { catalogue, content, contentDim } };

  console.log(
    `recall@20, mean ± sd of seeds ${seeds.join(", ")}; ${data.items.length} items, judged on ${data.heldOut.length} held-out people`,
  );
  console.log(
    `crowds beyond ${data.train.length} are simulated: each person stands for as many who like the very same and report on their own.`,
  );
  console.log(
    "no new tastes come with them: what more people would teach is understated, how well they agree is overstated.\n",
  );
  const known = { ...bench.publicItems, factors: null };
  const contentAlone = judgeJoint(data, { ...known, popularity: countedPopularity(data) }).recall;
  const uncounted = judgeJoint(data, { ...known, popularity: new Float64Array(data.items.length) }).recall;
  console.log(`content alone, no popularity           ${uncounted.toFixed(4)}`);
  console.log(`content alone, popularity from logs    ${contentAlone.toFixed(4)}\n`);
  const references = {
    popularity: judgePopularity(data).recall,
    ease: judgeScores(data, ease(data.train, data.items.length, easeSettings)).recall,
    knn: judgeScores(data, itemKnn(data.train, data.items.length, knnSettings)).recall,
  };
  for (const [name, recall] of Object.entries(references)) {
    console.log(`${`${name}, on the logs themselves`.padEnd(38)} ${recall.toFixed(4)}`);
  }
  console.log(
    "\n people  epsilon  dim  rounds  z       factors alone     hybrid            pairs alone       content + pairs",
  );

  const factorsOf = (count: number, epsilon: number | null, settings: PrivateSettings) => {
    if (before === null) {
      const measured = seeds.map((seed) => measure(bench, count, settings, seed));
      return {
        factors: meanOf(measured.map((m) => m.factors)),
        hybrid: meanOf(measured.map((m) => m.hybrid)),
      };
    }
    const known = before.rows.find((row) => row.people === count && row.epsilon === epsilon);
    if (
      known === undefined ||
      JSON.stringify([before.seeds, before.items, before.judged, known.settings]) !==
        JSON.stringify([seeds, data.items.length, data.heldOut.length, settings])
    ) {
      throw new Error(
        `privacy: expected a run before of ${count} people at epsilon ${epsilon} with the same settings, got none`,
      );
    }
    return known;
  };
  if (before !== null) console.log("factors and hybrid are those of the run before\n");
  const rows: PrivacyRow[] = [];
  const row = (count: number, epsilon: number | null, settings: PrivateSettings) => {
    const { factors, hybrid } = factorsOf(count, epsilon, settings);
    const by = pairSettingsFor({ people: count, epsilon });
    const ofPairs = seeds.map((seed) => measurePairs(bench, count, by, seed));
    const [pairs, beside] = [meanOf(ofPairs.map((m) => m.pairs)), meanOf(ofPairs.map((m) => m.beside))];
    rows.push({ people: count, epsilon, settings, factors, hybrid, pairSettings: by, pairs, beside });
    const told = [
      String(count).padStart(7),
      (epsilon === null ? "none" : String(epsilon)).padStart(7),
      String(settings.dim).padStart(4),
      String(settings.rounds).padStart(6),
      `  ${settings.noiseMultiplier.toFixed(3).padEnd(6)}`,
    ];
    console.log(`${told.join("  ")}  ${[factors, hybrid, pairs, beside].map(shown).join("   ")}`);
  };
  for (const count of people) {
    for (const epsilon of epsilons) row(count, epsilon, settingsFor({ people: count, epsilon }));
  }
  if (!flags["no-infinity"]) row(whole.train.length, null, withoutNoise(flags.quick ? 2 : 24));

  const result: PrivacyResult = {
    delta,
    seeds,
    items: data.items.length,
    realPeople: data.train.length,
    judged: data.heldOut.length,
    content: contentAlone,
    contentUncounted: uncounted,
    references,
    rows,
    seconds: Math.round((performance.now() - startMs) / 1000),
  };
  console.log(`\n${result.seconds} s`);
  const isPart = flags.quick || flags.validation || flags["no-infinity"];
  const isWhole = !isPart && flags.data === undefined && flags.people === undefined;
  writeResults(isWhole ? "privacy" : "privacy-part", result);
  if (isWhole)
    writeFileSync(fileURLToPath(new URL("../docs/privacy.svg", import.meta.url)), privacyPlot(result));
}

function shown({ mean, sd }: Mean): string {
  return `${mean.toFixed(4)} ± ${sd.toFixed(4)}`;
}

main();
