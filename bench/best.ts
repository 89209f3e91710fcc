/**
 * What would be served: all sources there are, standardised and weighed, the weights fitted on people set aside from
 * training, who are known by as many items as those to be judged. The search begins at the best source alone, so on those
 * people no part is better than the whole.
 */
import { dequantizeRows, type QuantizedRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { interactionsOf, type TrainAlsOptions, trainAls } from "../server/publishing/train/als.ts";
import { type DataSet, knownBy, type Person, validationSet } from "./data.ts";
import { exactPairs, nearestByAny } from "./exactpairs.ts";
import { countedPopularity, factorScores, jointScores, judgeScores, type ScoresOf } from "./judge.ts";
import { mixOf } from "./mix.ts";
import { pairScores } from "./privatepairs.ts";

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
}

/** Nearest items that have a weight, by content and by factors. */
const nearest = 40;
/** Fewer people tell one mix from another by chance. */
const wantedPeople = 400;
const validationOf = ({ train }: DataSet) => ({
  share: Math.min(0.25, Math.max(0.1, wantedPeople / train.length)),
  seed: 7,
});
/** What the weight of a source may become in a step, as parts of the whole. */
const steps = [0.3, 0.1];

export function bestOf(data: DataSet, input: BestInput, say: (line: string) => void): Best {
  const whole = validationSet(data, validationOf(data));
  const held = input.events === 0 ? whole : knownBy(whole, input);
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

/** Coordinate search for recall and NDCG, their sum, on the people set aside. */
export function fittedWeights(
  held: DataSet,
  sources: Sources,
  say: (line: string) => void,
): Readonly<Record<string, number>> {
  const names = Object.keys(sources);
  const asked = Object.fromEntries(names.map((name) => [name, remembered(sources[name])]));
  const qualityOf = (weights: readonly number[]): number => {
    const mix = mixOf(names.map((name, at) => ({ scores: asked[name], weight: weights[at] })));
    const { recall, ndcg } = judgeScores(held, mix);
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

/** Scores are asked for once a person. */
function remembered(scoresOf: ScoresOf): ScoresOf {
  const known = new Map<Person, Float64Array>();
  return (person) => {
    const scores = known.get(person) ?? scoresOf(person);
    known.set(person, scores);
    return scores;
  };
}
