/** Ranks for every held-out person and averages the metrics; what a person already has is never recommended. */
import { type FoldInModel, foldIn, scoresOf } from "../core/foldin.ts";
import { gramOf } from "../core/linear.ts";
import {
  catalogueCoverage,
  ndcgAt,
  novelty,
  popularityScores,
  precisionAt,
  recallAt,
} from "../core/metrics.ts";
import { jointDefaults, jointRows, scaleToLength } from "../core/model/joint.ts";
import { type QuantizedRows, quantizeRows } from "../core/model/quantize.ts";
import { topK } from "../core/ranking/topk.ts";
import type { DataSet, HeldOut } from "./data.ts";

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

/** Quality at 20 of any way to score the whole catalogue for a person. */
export function judge(data: DataSet, scoresFor: (person: HeldOut) => Float64Array): Quality {
  const counts = popularityScores(
    data.train.map(({ items }) => items),
    data.items.length,
  );
  const lists: Uint32Array[] = [];
  let recall = 0;
  let ndcg = 0;
  let precision = 0;
  for (const person of data.heldOut) {
    const exclude = new Uint8Array(data.items.length);
    for (const item of person.foldIn.items) exclude[item] = 1;
    const list = topK({ scores: scoresFor(person), k, exclude });
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

/** Scores by fold-in on the person's known items, as the device does it. */
export function foldInScores(model: FoldInModel): (person: HeldOut) => Float64Array {
  return (person) => scoresOf(model, foldIn(model, person.foldIn).userVector);
}

export interface FactorRows {
  readonly rows: Float64Array;
  readonly dim: number;
  readonly alpha0: number;
  readonly lambda: number;
}

/** Quality of item factors alone. */
export function judgeFactors(data: DataSet, { rows, dim, alpha0, lambda }: FactorRows): Quality {
  const count = data.items.length;
  return judge(data, foldInScores({ rows, count, dim, gram: gramOf(rows, count, dim), alpha0, lambda }));
}

export interface JointInput {
  readonly content: QuantizedRows;
  readonly contentDim: number;
  /** Share of people per item, 0..1. */
  readonly popularity: ArrayLike<number>;
  /** Null for content alone. */
  readonly factors: { readonly rows: Float64Array; readonly dim: number } | null;
}

/** Quality of the joint rows that a bundle would publish. */
export function judgeJoint(data: DataSet, { content, contentDim, popularity, factors }: JointInput): Quality {
  const count = data.items.length;
  const { contentScale, popularityWeight, popularityPower, factorLength } = jointDefaults;
  const factorDim = factors?.dim ?? 0;
  const factorRows = factors?.rows ?? new Float64Array(0);
  const { rows, dim } = jointRows({
    content,
    contentDim,
    contentScale,
    factors: quantizeRows(factorRows, count, factorDim),
    factorDim,
    factorScale: factors === null ? 0 : scaleToLength(factorRows, factorDim, factorLength),
    popularity,
    popularityWeight,
    popularityPower,
  });
  const { alpha0, lambda } = factors === null ? jointDefaults.contentOnly : jointDefaults.joint;
  return judge(data, foldInScores({ rows, count, dim, gram: gramOf(rows, count, dim), alpha0, lambda }));
}

/** Share of the training people per item, counted from their logs: what no sum has to tell. */
export function countedPopularity(data: DataSet): Float64Array {
  const counts = popularityScores(
    data.train.map(({ items }) => items),
    data.items.length,
  );
  return counts.map((people) => people / data.train.length);
}
