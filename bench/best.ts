/**
 * What would be served: all sources there are, standardised and weighed, the weights fitted on people set
 * aside from training, who are known by as many items as those to be judged. Without noise the logs
 * themselves are sources too, which a site that keeps them may rank by: walks and EASE. The search begins at
 * the best source alone, so on those people no part is better than the whole.
 */
import { dequantizeRows, type QuantizedRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { interactionsOf, type TrainAlsOptions, trainAls } from "../server/publishing/train/als.ts";
import { type DataSet, knownBy, validationSet } from "./data.ts";
import { exactPairs, nearestByAny } from "./exactpairs.ts";
import {
  countedPopularity,
  type FactorRows,
  factorScores,
  jointScores,
  judgeScores,
  type ScoresOf,
} from "./judge.ts";
import { mixOf, remembered, standardised, weighted } from "./mix.ts";
import { pairScores } from "./privatepairs.ts";
import { type EaseSettings, ease, mostItems } from "./references/ease.ts";
import { nearestEase, nearestEaseSettings } from "./references/nearestease.ts";
import { logsOf, type WalkSettings, walkScores } from "./walk.ts";

export interface BestInput extends Omit<TrainAlsOptions, "random" | "onSweep"> {
  /** Null where there are no texts. */
  readonly content: { readonly content: QuantizedRows; readonly contentDim: number } | null;
  readonly seed: number;
  /** Items that are known of each person, whom the weights are fitted to; 0: all. */
  readonly events: number;
}

export interface Best {
  readonly scores: ScoresOf;
  /** Weight of each source by its name, fitted. */
  readonly weights: Readonly<Record<string, number>>;
  /** Of exact factors, fitted. */
  readonly alpha0: number;
}

/** Nearest items that have a weight, by content and by factors. */
const nearest = 40;
/** Fewer people tell one mix from another by chance. */
const wantedPeople = 400;
/** Scores of all sources for them are held while weights are fitted: a quarter of a gibibyte at most for each. */
const mostScores = 2 ** 25;
const validationOf = ({ train, items }: DataSet) => {
  const share = Math.min(0.25, Math.max(0.1, wantedPeople / train.length));
  return { share: Math.min(share, mostScores / items.length / train.length), seed: 7 };
};
/** Parts of the given alpha0 that factors are tried with: the less is known of people, the less must zeros weigh. */
const alphaParts = [1, 0.1];
/** Sparse logs want the first, dense ones the second. */
const walks: readonly WalkSettings[] = [
  { from: 0.6, over: 0.5, to: 0.4 },
  { from: 0.2, over: 1, to: 0.6 },
];
const eases: readonly EaseSettings[] = [
  { lambda: 200, over: 0.5, steep: 0 },
  { lambda: 500, over: 0.5, steep: 0.5 },
];
/** What the weight of a source may become in a step, as parts of the whole. */
const steps = [0.3, 0.1];

export function bestOf(data: DataSet, input: BestInput, say: (line: string) => void): Best {
  const whole = validationSet(data, validationOf(data));
  const held = input.events === 0 ? whole : knownBy(whole, input);
  say(`fitted on ${held.heldOut.length} people set aside`);
  const [chosen, parts] = chosenParts(held, input, say);
  const weights = fittedWeights(held, sourcesOf(held, input, parts), say);
  const sources = sourcesOf(data, input, partsOf(data, input, chosen));
  const mix = mixOf(
    Object.keys(sources)
      .filter((name) => weights[name] > 0)
      .map((name) => ({ scores: sources[name], weight: weights[name] })),
  );
  return { scores: mix, weights, alpha0: chosen.alpha0 };
}

/** Settings of sources that fit people set aside. */
interface Chosen {
  readonly alpha0: number;
  readonly ease: EaseSettings;
  readonly walk: WalkSettings;
}

interface Parts {
  readonly factors: FactorRows;
  readonly ease: ScoresOf;
  readonly walk: ScoresOf;
}

function partsOf(data: DataSet, input: BestInput, { alpha0, ease, walk }: Chosen): Parts {
  return {
    factors: trainedFactors(data, { ...input, alpha0 }),
    ease: easeWithin(data, ease),
    walk: walkScores(logsOf(data.train, data.items.length), walk),
  };
}

/** Of each source the settings that recommend best to people set aside, and what it learned with them. */
function chosenParts(held: DataSet, input: BestInput, say: (line: string) => void): readonly [Chosen, Parts] {
  const bestBy = <Setting, Made>(
    name: string,
    settings: readonly Setting[],
    make: (setting: Setting) => Made,
    scoresOf: (made: Made) => ScoresOf,
  ): { readonly setting: Setting; readonly made: Made } => {
    const tried = settings.map((setting) => {
      const made = make(setting);
      const { recall, ndcg } = judgeScores(held, scoresOf(made));
      say(`${name} ${JSON.stringify(setting)}: recall + NDCG ${(recall + ndcg).toFixed(4)}`);
      return { setting, made, quality: recall + ndcg };
    });
    return tried.reduce((best, other) => (other.quality > best.quality ? other : best));
  };
  const own = (scores: ScoresOf): ScoresOf => scores;
  const alphas = alphaParts.map((part) => part * input.alpha0);
  const factors = bestBy(
    "factors with alpha0",
    alphas,
    (alpha0) => trainedFactors(held, { ...input, alpha0 }),
    (rows) => factorScores(held, rows),
  );
  const logs = logsOf(held.train, held.items.length);
  const walk = bestBy("walk", walks, (setting) => walkScores(logs, setting), own);
  const ease = bestBy("ease", easesFor(held), (setting) => easeWithin(held, setting), own);
  return [
    { alpha0: factors.setting, walk: walk.setting, ease: ease.setting },
    { factors: factors.made, walk: walk.made, ease: ease.made },
  ];
}

function trainedFactors({ train, items }: DataSet, { seed, ...als }: BestInput): FactorRows {
  const rows = trainAls(interactionsOf(train, items.length), { ...als, random: seededRandom(seed) });
  return { rows, dim: als.dim, alpha0: als.alpha0, lambda: als.lambda };
}

/** Of whole catalogues where matrices of them fit, else of each item on its nearest. */
function easeWithin({ train, items }: DataSet, settings: EaseSettings): ScoresOf {
  const count = items.length;
  if (count <= mostItems) return ease(train, count, settings);
  return nearestEase(logsOf(train, count), { ...nearestEaseSettings, ...settings });
}

function easesFor({ items }: DataSet): readonly EaseSettings[] {
  return items.length <= mostItems ? eases : [nearestEaseSettings];
}

export type Sources = Readonly<Record<string, ScoresOf>>;

function sourcesOf(
  data: DataSet,
  { content }: Pick<BestInput, "content">,
  { factors, ...byLogs }: Parts,
): Sources {
  const popularity = countedPopularity(data);
  return {
    factors: factorScores(data, factors),
    ...byLogs,
    // Of more items EASE is of nearest ones itself.
    ...(data.items.length > mostItems ? {} : { pairs: pairSource(data, { factors, content }) }),
    ...(content === null
      ? {}
      : {
          content: jointScores(data, { ...content, popularity, factors: null }),
          hybrid: jointScores(data, { ...content, popularity, factors }),
        }),
  };
}

interface Rows extends Pick<BestInput, "content"> {
  readonly factors: FactorRows;
}

function pairSource({ train, items }: DataSet, { factors, content }: Rows): ScoresOf {
  const count = items.length;
  const byFactors = { values: factors.rows, count, dim: factors.dim };
  const near = content === null ? [byFactors] : [contentRows(content, count), byFactors];
  return pairScores(exactPairs(train, nearestByAny(near, nearest)));
}

function contentRows({ content, contentDim: dim }: NonNullable<BestInput["content"]>, count: number) {
  return { values: dequantizeRows(content, dim), count, dim };
}

/** Coordinate search for recall and NDCG, their sum, on the people set aside. */
export function fittedWeights(
  held: DataSet,
  sources: Sources,
  say: (line: string) => void,
): Readonly<Record<string, number>> {
  const names = Object.keys(sources);
  const asked = names.map((name) => remembered((person) => standardised(sources[name](person))));
  const qualityOf = (weights: readonly number[]): number => {
    const { recall, ndcg } = judgeScores(held, (person) =>
      weighted(asked.map((scores, at) => ({ scores: scores(person), weight: weights[at] }))),
    );
    return recall + ndcg;
  };
  const alone = names.map((_, one) => names.map((_, at) => (at === one ? 1 : 0)));
  const qualities = alone.map(qualityOf);
  names.forEach((name, at) => {
    say(`${name} alone: recall + NDCG ${qualities[at].toFixed(4)}`);
  });
  let quality = Math.max(...qualities);
  let best: readonly number[] = alone[qualities.indexOf(quality)];
  for (const step of steps) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const [at] of names.entries()) {
        for (const by of [step, -step]) {
          const tried = best.map((weight, other) => Math.max(0, weight + (other === at ? by : 0)));
          if (tried.every((weight) => weight === 0)) continue;
          const found = qualityOf(tried);
          if (found > quality) [best, quality, moved] = [tried, found, true];
        }
      }
    }
  }
  say(`together: recall + NDCG ${quality.toFixed(4)}`);
  const sum = best.reduce((all, weight) => all + weight, 0);
  return Object.fromEntries(names.map((name, at) => [name, Math.round((best[at] / sum) * 1000) / 1000]));
}
