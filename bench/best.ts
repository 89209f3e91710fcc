/**
 * What would be served: all sources there are, standardised and weighed, the weights fitted on people set aside from
 * training. The search begins at the best source alone, so on those people no part is better than the whole.
 */
import { dequantizeRows, type QuantizedRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { interactionsOf, type TrainAlsOptions, trainAls } from "../server/publishing/train/als.ts";
import { type DataSet, type Person, validationSet } from "./data.ts";
import { exactPairs, nearestByAny } from "./exactpairs.ts";
import { countedPopularity, factorScores, jointScores, judgeScores, type ScoresOf } from "./judge.ts";
import { mixOf } from "./mix.ts";
import { pairScores } from "./pairs.ts";

export interface BestInput extends Omit<TrainAlsOptions, "random" | "onSweep"> {
  /** Null where there are no texts. */
  readonly content: { readonly content: QuantizedRows; readonly contentDim: number } | null;
  readonly seed: number;
}

export interface Best {
  readonly scores: ScoresOf;
  /** Weight of each source by its name, fitted. */
  readonly weights: Readonly<Record<string, number>>;
}

/** Nearest items that have a weight, by content and by factors. */
const nearest = 40;
const validation = { share: 0.1, seed: 7 };
/** What the weight of a source may become in a step, as parts of the whole. */
const steps = [0.3, 0.1];

export function bestOf(data: DataSet, input: BestInput, say: (line: string) => void): Best {
  const held = validationSet(data, validation);
  say(`fitted on ${held.heldOut.length} people set aside`);
  const weights = fittedWeights(held, sourcesOf(held, input), say);
  const sources = sourcesOf(data, input);
  return {
    scores: mixOf(Object.keys(sources).map((name) => ({ scores: sources[name], weight: weights[name] }))),
    weights,
  };
}

export type Sources = Readonly<Record<string, ScoresOf>>;

function sourcesOf(data: DataSet, { content, seed, ...als }: BestInput): Sources {
  const count = data.items.length;
  const rows = trainAls(interactionsOf(data.train, count), { ...als, random: seededRandom(seed) });
  const factors = { rows, dim: als.dim };
  const byFactors = { values: rows, count, dim: als.dim };
  const popularity = countedPopularity(data);
  const near =
    content === null
      ? [byFactors]
      : [
          { values: dequantizeRows(content.content, content.contentDim), count, dim: content.contentDim },
          byFactors,
        ];
  return {
    factors: factorScores(data, { ...als, ...factors }),
    pairs: pairScores(exactPairs(data.train, nearestByAny(near, nearest))),
    ...(content === null
      ? {}
      : {
          content: jointScores(data, { ...content, popularity, factors: null }),
          hybrid: jointScores(data, { ...content, popularity, factors }),
        }),
  };
}

/** Coordinate search for recall on the people set aside. */
export function fittedWeights(
  held: DataSet,
  sources: Sources,
  say: (line: string) => void,
): Readonly<Record<string, number>> {
  const names = Object.keys(sources);
  const asked = Object.fromEntries(names.map((name) => [name, remembered(sources[name])]));
  const recallOf = (weights: readonly number[]): number =>
    judgeScores(held, mixOf(names.map((name, at) => ({ scores: asked[name], weight: weights[at] })))).recall;
  const alone = names.map((_, one) => names.map((_, at) => (at === one ? 1 : 0)));
  const recalls = alone.map(recallOf);
  names.forEach((name, at) => {
    say(`${name} alone: ${recalls[at].toFixed(4)}`);
  });
  let recall = Math.max(...recalls);
  let best: readonly number[] = alone[recalls.indexOf(recall)];
  for (const step of steps) {
    for (let moved = true; moved; ) {
      moved = false;
      for (const [at] of names.entries()) {
        for (const by of [step, -step]) {
          const tried = best.map((weight, other) => Math.max(0, weight + (other === at ? by : 0)));
          if (tried.every((weight) => weight === 0)) continue;
          const found = recallOf(tried);
          if (found > recall) [best, recall, moved] = [tried, found, true];
        }
      }
    }
  }
  say(`together: ${recall.toFixed(4)}`);
  const sum = best.reduce((all, weight) => all + weight, 0);
  return Object.fromEntries(names.map((name, at) => [name, Math.round((best[at] / sum) * 1000) / 1000]));
}

/** Scores are asked for once a person. */
function remembered(scoresOf: ScoresOf): ScoresOf {
  const known = new Map<Person, Float64Array>();
  return (person) => {
    const scores = known.get(person) ?? scoresOf(person);
    known.set(person, scores);
    return scores;
  };
}
