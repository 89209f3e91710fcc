/**
 * Ranks for every held-out person and averages the metrics; what a person already has is never recommended.
 */
import {
  catalogueCoverage,
  ndcgAt,
  novelty,
  popularityScores,
  precisionAt,
  recallAt,
} from "../core/metrics.ts";
import { type JointParts, jointDefaults, jointRows, scaleToLength } from "../core/model/joint.ts";
import { type QuantizedRows, quantizeRows } from "../core/model/quantize.ts";
import { bestRows } from "../core/ranking/best.ts";
import { type RankingCard, type RankingModel, rankingModel } from "../core/ranking/model.ts";
import type { WeighedPairs } from "../core/ranking/pairs.ts";
import { type Ranked, rank } from "../core/ranking/pipeline.ts";
import { profileOfTastes } from "../core/ranking/profile.ts";
import { denseRows } from "../core/rows.ts";
import type { DataSet, HeldOut, Person } from "./data.ts";

export interface Quality {
  readonly recall: number;
  readonly ndcg: number;
  readonly precision: number;
  /** Share of the catalogue that somebody was recommended. */
  readonly coverage: number;
  /** Mean self-information of what was recommended, bits. */
  readonly novelty: number;
}

const k = 20;

/** A score of every item for a person of whom this is known. */
export type ScoresOf = (known: Person) => Float64Array;

/** Quality at 20 of what has the highest scores, without what a person has. */
export function judgeScores(data: DataSet, scoresOf: ScoresOf): Quality {
  return judge(data, ({ foldIn }) => {
    const barred = new Uint8Array(data.items.length);
    for (const item of foldIn.items) barred[item] = 1;
    return { scores: scoresOf(foldIn), barred };
  });
}

/** Quality at 20 of what each held-out person would be shown. */
function judgePersonal(data: DataSet, model: RankingModel): Quality {
  return judge(data, ({ foldIn }) => rank({ model, by: "person", profile: profileOfTastes(model, foldIn) }));
}

/** Quality at 20 of what everybody is shown alike: the most wanted items, but for those a person has. */
export function judgePopularity(data: DataSet): Quality {
  const model = rankingModel({
    cards: cardsOf(data),
    shares: countedPopularity(data),
    jointRows: () => denseRows(new Float64Array(0), data.items.length, 0),
    alpha0: 0,
    lambda: 0,
  });
  return judge(data, ({ foldIn }) => rank({ model, by: "trending", exclude: foldIn.items }));
}

function judge(data: DataSet, rankedFor: (person: HeldOut) => Pick<Ranked, "scores" | "barred">): Quality {
  const counts = popularityScores(
    data.train.map(({ items }) => items),
    data.items.length,
  );
  const lists: Uint32Array[] = [];
  let recall = 0;
  let ndcg = 0;
  let precision = 0;
  for (const person of data.heldOut) {
    const list = bestRows(rankedFor(person), k);
    const judged = { list, targets: person.targets, k };
    lists.push(list);
    recall += recallAt(judged);
    ndcg += ndcgAt(judged);
    precision += precisionAt(judged);
  }
  const people = data.heldOut.length;
  return {
    recall: recall / people,
    ndcg: ndcg / people,
    precision: precision / people,
    coverage: catalogueCoverage(lists, data.items.length),
    novelty: novelty({ lists, counts, people: data.train.length }),
  };
}

export interface FactorRows {
  readonly rows: Float64Array;
  readonly dim: number;
  readonly alpha0: number;
  readonly lambda: number;
}

/** Quality of item factors alone. */
export function judgeFactors(data: DataSet, factors: FactorRows): Quality {
  return judgePersonal(data, factorModel(data, factors));
}

/** What item factors alone score. */
export function factorScores(data: DataSet, factors: FactorRows): ScoresOf {
  return personalScores(factorModel(data, factors));
}

function factorModel(data: DataSet, { rows, dim, alpha0, lambda }: FactorRows): RankingModel {
  const cards = cardsOf(data);
  const shares = new Float64Array(cards.length);
  const alone = denseRows(rows, cards.length, dim);
  return rankingModel({ cards, shares, jointRows: () => alone, alpha0, lambda });
}

function personalScores(model: RankingModel): ScoresOf {
  return (known) => rank({ model, by: "person", profile: profileOfTastes(model, known) }).scores;
}

export interface JointInput {
  readonly content: QuantizedRows;
  readonly contentDim: number;
  /** Share of people per item, 0..1. */
  readonly popularity: ArrayLike<number>;
  /** Null for content alone. */
  readonly factors: { readonly rows: Float64Array; readonly dim: number } | null;
}

/** Quality of the joint rows that an edition would publish. */
export function judgeJoint(data: DataSet, input: JointInput): Quality {
  return judgePersonal(data, jointModel(data, input));
}

/** What the joint rows of an edition score. */
export function jointScores(data: DataSet, input: JointInput): ScoresOf {
  return personalScores(jointModel(data, input));
}

/** What goes well with all that a person has, as `goesWith` lists it. */
export function goesWithScores(data: DataSet, input: JointInput, pairs?: WeighedPairs): ScoresOf {
  const model = jointModel(data, input, pairs);
  return ({ items }) => rank({ model, by: "together", rows: Array.from(items) }).scores;
}

/** The model that an edition with this input would make. */
export function jointModel(
  data: DataSet,
  { content, contentDim, popularity, factors }: JointInput,
  pairs?: WeighedPairs,
): RankingModel {
  const count = data.items.length;
  const { contentScale, popularityWeight, popularityPower, factorLength } = jointDefaults;
  const factorDim = factors?.dim ?? 0;
  const factorRows = factors?.rows ?? new Float64Array(0);
  const parts: JointParts = {
    content,
    contentDim,
    contentScale,
    factors: quantizeRows(factorRows, count, factorDim),
    factorDim,
    factorScale: factors === null ? 0 : scaleToLength(factorRows, factorDim, factorLength),
    popularity,
    popularityWeight,
    popularityPower,
  };
  const { alpha0, lambda } = factors === null ? jointDefaults.contentOnly : jointDefaults.joint;
  return rankingModel({
    cards: cardsOf(data),
    shares: popularity,
    jointRows: () => jointRows(parts),
    alpha0,
    lambda,
    pairs,
  });
}

/** Share of the training people per item, counted from their logs: what no sum has to tell. */
export function countedPopularity(data: DataSet): Float64Array {
  const counts = popularityScores(
    data.train.map(({ items }) => items),
    data.items.length,
  );
  return counts.map((people) => people / data.train.length);
}

function cardsOf({ items }: DataSet): readonly RankingCard[] {
  return items.map((item) => ({ item }));
}
