/** Ranks for every held-out person and averages the metrics; what a person already has is never recommended. */
import { type FoldInModel, foldIn, scoresOf } from "../core/foldin.ts";
import {
  catalogueCoverage,
  ndcgAt,
  novelty,
  popularityScores,
  precisionAt,
  recallAt,
} from "../core/metrics.ts";
import { topK } from "../core/topk.ts";
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
