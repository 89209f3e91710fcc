/**
 * npm run evaluate: how good recommendations are on people nobody trained on.
 *
 *   popularity  what everybody likes; whoever does not beat it has learned nothing
 *   content     content vectors stretched by popularity, fold-in on the device; no crowd
 *   exact       central ALS on the logs themselves: what privacy has to be measured against
 *   private     item factors from private sums alone
 *   hybrid      joint rows: content beside private factors that start from content, popularity from the same sums
 *   pairs       content beside pairs, both from one private report; --noise and --people say by what crowd
 *   best        everything without noise, weighed as fits people set aside: content (where there are texts), exact
 *               factors, both together, walks over the logs, EASE, and, of fewer items than EASE has room for, pairs
 *   ease, knn   what others do with the logs themselves: EASE (beyond its room, of each item on its nearest), and nearest
 *               items by BM25
 *
 * Without texts `content` is popularity, `hybrid` has private factors alone, and `pairs` are of what nobody's
 * content says is alike: without noise those had together in the logs, which a site that keeps them may list;
 * with noise those near by factors that the same people have taught before, privately, in `--rounds`, for
 * which they spend as much again.
 *
 * --events 3 judges people of whom three items are known, drawn by the seed. Item rows pass through the int8
 * rows of a part wherever a browser would read them from one. The last line printed is one JSON object.
 */
import { messageOf } from "../core/errors.ts";
import { given } from "../core/given.ts";
import type { PairPattern } from "../core/model/pairlist.ts";
import { type QuantizedRows, quantizeRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { epsilonOf } from "../core/sum/budget.ts";
import { reportedDelta } from "../core/sum/limits.ts";
import { sensitivityOf } from "../core/tasks/itemfactors/contribution.ts";
import { rhoOf } from "../core/tasks/task.ts";
import { reportBytes } from "../core/wire/report.ts";
import type { Learned } from "../server/kinds/itemfactors/knowledge.ts";
import { popularityOf, unlearned } from "../server/kinds/itemfactors/learned.ts";
import { startingFactors } from "../server/kinds/itemfactors/startingfactors.ts";
import { publicPairsOf } from "../server/kinds/itempairs/learned.ts";
import { contentVectors } from "../server/publishing/import/content.ts";
import { interactionsOf, trainAls } from "../server/publishing/train/als.ts";
import { bestOf } from "./best.ts";
import { crowdOf, seededFill } from "./crowds.ts";
import {
  type DataSet,
  hasTexts,
  knownBy,
  type Person,
  readContentItems,
  readDataSet,
  validationSet,
} from "./data.ts";
import { nearestByAny, patternOfNearest } from "./exactpairs.ts";
import {
  countedPopularity,
  jointScores,
  judgeFactors,
  judgeJoint,
  judgePopularity,
  judgeScores,
  type Quality,
  type ScoresOf,
} from "./judge.ts";
import { beside } from "./mix.ts";
import { type EvaluateOptions, parseOptions, splitIn, usage } from "./options.ts";
import { pairsBesideContent } from "./privacysettings.ts";
import { type PrivatelyTrained, trainPrivately } from "./private.ts";
import { type LearnedPairs, learnListed, learnPairs, type PairSettings, pairScores } from "./privatepairs.ts";
import { ease, easeSettings, mostItems } from "./references/ease.ts";
import { itemKnn, knnSettings } from "./references/itemknn.ts";
import { nearestEase, nearestEaseSettings } from "./references/nearestease.ts";
import { logsOf, nearestByWalk } from "./walk.ts";

interface Outcome {
  readonly quality: Quality;
  /** Bytes of one whole report on the wire; 0 where nobody reports. */
  readonly reportBytes: number;
  /** What was taken in place of the options of the same names. */
  readonly settings?: Partial<EvaluateOptions>;
  /** Items that an item is regressed on, where there is no room for all. */
  readonly nearest?: number;
  /** Of the sources, by name, where they were fitted. */
  readonly weights?: Readonly<Record<string, number>>;
}

type Say = (line: string) => void;

function evaluate(options: EvaluateOptions, data: DataSet, say: Say): Outcome {
  switch (options.mode) {
    case "popularity":
      return { quality: judgePopularity(data), reportBytes: 0 };
    case "content":
      if (!hasTexts(options.data)) {
        say("no texts: content says nothing, what everybody likes is listed");
        return { quality: judgePopularity(data), reportBytes: 0 };
      }
      return {
        quality: judgeJoint(data, {
          ...contentOf(options, data),
          popularity: countedPopularity(data),
          factors: null,
        }),
        reportBytes: 0,
      };
    case "exact": {
      const { dim, seed } = options;
      const rows = trainAls(interactionsOf(data.train, data.items.length), {
        ...options,
        random: seededRandom(seed),
        onSweep: (sweep) => say(`sweep ${sweep}/${options.sweeps}`),
      });
      return { quality: judgeFactors(data, { ...options, rows, dim }), reportBytes: 0 };
    }
    case "private": {
      const { factors, vectorLength } = learnPrivately(options, data, randomStart(options, data), say);
      return {
        quality: judgeFactors(data, { ...options, rows: factors }),
        reportBytes: reportBytes([vectorLength], { token: false }),
      };
    }
    case "pairs":
      return pairsOutcome(options, data, say);
    case "best": {
      const content = hasTexts(options.data) ? contentOf(options, data) : null;
      const best = bestOf(data, { ...options, content }, say);
      const { weights, alpha0 } = best;
      return { quality: judgeScores(data, best.scores), reportBytes: 0, settings: { alpha0 }, weights };
    }
    case "ease": {
      const count = data.items.length;
      if (count <= mostItems) {
        return { quality: judgeScores(data, ease(data.train, count, easeSettings)), reportBytes: 0 };
      }
      const { nearest } = nearestEaseSettings;
      say(
        `EASE on the ${nearest} nearest of each item: a dense matrix of more than ${mostItems} has no room`,
      );
      const scores = nearestEase(logsOf(data.train, count), nearestEaseSettings);
      return { quality: judgeScores(data, scores), reportBytes: 0, nearest };
    }
    case "knn":
      return {
        quality: judgeScores(data, itemKnn(data.train, data.items.length, knnSettings)),
        reportBytes: 0,
      };
    case "hybrid": {
      const content = contentOf(options, data);
      const catalogue = data.items.map((item) => ({ item }));
      const start = unlearned({ ...content, catalogue }, options.dim);
      const { learned, factors, vectorLength } = learnPrivately(options, data, start, say);
      return {
        quality: judgeJoint(data, {
          ...content,
          popularity: popularityOf(learned, content),
          factors: { rows: factors, dim: options.dim },
        }),
        reportBytes: reportBytes([vectorLength], { token: false }),
      };
    }
  }
}

/** Beside content where there are texts, else alone. */
function pairsOutcome(options: EvaluateOptions, data: DataSet, say: Say): Outcome {
  const people = reporting(options, data);
  const { settings, part } = pairsBesideContent({ people: people.length, noiseMultiplier: options.noise });
  const content = contentOf(options, data);
  const crowd = { people, ...content, fill: seededFill(options.seed) };
  const asked = { ...settings, unlisted: options.unlisted };
  const outcomeOf = ({ vectorLength }: LearnedPairs, scores: ScoresOf): Outcome => ({
    quality: judgeScores(data, scores),
    reportBytes: reportBytes([vectorLength], { token: false }),
    settings: { rounds: 1, clip: settings.clipL2, ...scalesOf(settings) },
  });
  if (hasTexts(options.data)) {
    const learned = learnPairs(crowd, asked);
    const byContent = jointScores(data, { ...content, popularity: learned.shares, factors: null });
    return outcomeOf(learned, beside(byContent, pairScores(learned), part));
  }
  const known = publicPairsOf(listWithoutTexts(options, data, say), content);
  const learned = learnListed(known, crowd, { ...asked, ridge: 0 });
  return outcomeOf(learned, pairScores(learned));
}

/** Each item with so many nearest by what may be known of it without content. */
function listWithoutTexts(options: EvaluateOptions, data: DataSet, say: Say): PairPattern {
  const count = data.items.length;
  if (options.noise === 0) {
    say("no texts: pairs of what was had together in the logs themselves");
    return patternOfNearest(nearestByWalk(logsOf(data.train, count), nearestEaseSettings, listed));
  }
  say("no texts: pairs of items near by factors, for which people spend as much again");
  const { factors } = learnPrivately(options, data, randomStart(options, data), say);
  return nearestByAny([{ values: factors, count, dim: options.dim }], listed);
}

/** Nearest items that an item is listed with where there are no texts. */
const listed = 20;

function scalesOf({
  countScale,
  weightScale,
}: PairSettings): Pick<PairSettings, "countScale" | "weightScale"> {
  return { countScale, weightScale };
}

/** Of everybody alike in the private modes. */
function reporting({ people, seed }: EvaluateOptions, { train }: DataSet): readonly Person[] {
  return people === 0 ? train : crowdOf(train, people, seededRandom(seed));
}

function learnPrivately(options: EvaluateOptions, data: DataSet, start: Learned, say: Say): PrivatelyTrained {
  return trainPrivately({
    ...options,
    people: reporting(options, data),
    start,
    clipL2: options.clip,
    noiseMultiplier: options.noise,
    // The same aggregates as by shares, which cancel (bench/private.ts).
    path: "sums",
    random: seededRandom(options.seed),
    onRound: (round) => say(`round ${round}/${options.rounds}`),
  });
}

/** Where exact training begins too: factors that know nothing, not even of content. */
function randomStart({ dim, seed }: EvaluateOptions, { items }: DataSet): Learned {
  const nothing = () => new Float64Array(items.length);
  const factors = startingFactors({ count: items.length, dim, random: seededRandom(seed) });
  return { factors, dim, counts: nothing(), people: nothing(), countVariance: nothing() };
}

interface Content {
  readonly content: QuantizedRows;
  readonly contentDim: number;
}

/** Where there are no texts, rows that say nothing. */
function contentOf({ data: directory, contentDim }: EvaluateOptions, data: DataSet): Content {
  if (!hasTexts(directory)) {
    return {
      content: quantizeRows(new Float32Array(data.items.length), data.items.length, 1),
      contentDim: 1,
    };
  }
  const vectors = contentVectors(readContentItems(directory, data.items), { dim: contentDim });
  return { content: quantizeRows(vectors, data.items.length, contentDim), contentDim };
}

/**
 * What a person spends over all rounds at delta 1e-6, counting one honest aggregator's noise; null without
 * noise.
 */
function spentEpsilon(options: EvaluateOptions): number | null {
  const { mode, noise, clip, weightScale, rounds, data } = options;
  if (noise === 0 || !["private", "hybrid", "pairs"].includes(mode)) return null;
  const { settings } = pairsBesideContent({ people: 1, noiseMultiplier: noise });
  const byPairs = rhoOf({ sensitivity: sensitivityOf(settings), sigma: noise * settings.clipL2 });
  const byFactors =
    rounds * rhoOf({ sensitivity: sensitivityOf({ clipL2: clip, weightScale }), sigma: noise * clip });
  // Without texts the list of pairs is of factors that were learned first.
  const rho = mode === "pairs" ? byPairs + (hasTexts(data) ? 0 : byFactors) : byFactors;
  return epsilonOf({ rho, delta: reportedDelta });
}

function main(args: readonly string[]): void {
  const options = parseOptions(args);
  const say: Say = options.json ? () => {} : (line) => process.stderr.write(`${line}\n`);
  const startMs = performance.now();
  const test = readDataSet(options.data);
  const split = options.validation ? validationSet(test, { share: 0.1, seed: options.seed }) : test;
  const data = options.events === 0 ? split : knownBy(split, options);
  say(
    `${options.mode}: ${data.train.length} people, ${data.items.length} items, judged on ${data.heldOut.length}`,
  );
  const { quality, reportBytes: bytes, settings, weights, nearest } = evaluate(options, data, say);
  const { data: _directory, json: _json, people: reporters, ...parameters } = options;
  const result = {
    ...parameters,
    ...settings,
    ...given({ nearest, weights }),
    "recall@20": rounded(quality.recall),
    "ndcg@20": rounded(quality.ndcg),
    "precision@20": rounded(quality.precision),
    "coverage@20": rounded(quality.coverage),
    "novelty@20": rounded(quality.novelty),
    people: reporters === 0 ? data.train.length : reporters,
    judged: data.heldOut.length,
    items: data.items.length,
    reportBytes: bytes,
    epsilon: spentEpsilon(options),
    seconds: Math.round((performance.now() - startMs) / 100) / 10,
  };
  if (!options.json) {
    for (const [name, value] of Object.entries(result)) say(`${name.padEnd(14)}${value}`);
  }
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function rounded(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

try {
  const { split, rest } = splitIn(process.argv.slice(2));
  if (split === "random") main(rest);
  else {
    // It reads its own flags, as `npm run bench:temporal` does.
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...rest);
    await import("./temporal.ts");
  }
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}
