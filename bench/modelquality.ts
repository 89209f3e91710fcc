/**
 * How well a published model ranks for held-out customers: exactly what their browsers would compute from it.
 */

import { ndcgAt, recallAt } from "../core/metrics.ts";
import type { JoinedModel } from "../core/model/join.ts";
import { jointDefaults } from "../core/model/joint.ts";
import { bestRows } from "../core/ranking/best.ts";
import { rankingModelOf } from "../core/ranking/fromjoined.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { knownTastes, profileOfTastes } from "../core/ranking/profile.ts";
import type { HeldOutCustomer } from "./shop.ts";

export interface ModelQuality {
  /** Item steps behind the model's factors. */
  readonly round: number;
  /** Means over the customers, at 20. */
  readonly recall: number;
  readonly ndcg: number;
  /** recall@20 of the same content vectors, without factors, pairs and what the crowd wants. */
  readonly contentAlone: number;
}

export function judgeModel(model: JoinedModel, customers: readonly HeldOutCustomer[]): ModelQuality {
  const { recall, ndcg } = meansOf(model, customers);
  const { pairs: _pairs, recent: _recent, ...joint } = model;
  const content = { ...joint, ...jointDefaults.contentOnly, factorScale: 0, popularityPower: 0 };
  const popularity = new Float32Array(model.items);
  const contentAlone = meansOf({ ...content, popularity }, customers).recall;
  return { round: model.round, recall, ndcg, contentAlone };
}

const k = 20;

function meansOf(
  joined: JoinedModel,
  customers: readonly HeldOutCustomer[],
): { readonly recall: number; readonly ndcg: number } {
  const model = rankingModelOf(joined);
  let recall = 0;
  let ndcg = 0;
  for (const { known, targets } of customers) {
    const tastes = knownTastes(model, new Map(known.map((item) => [item, 1])));
    const ranked = rank({ model, by: "person", profile: profileOfTastes(model, tastes) });
    const targetRows = new Set(targets.flatMap((item) => model.rowOf.get(item) ?? []));
    const judged = { list: bestRows(ranked, k), targets: targetRows, k };
    recall += recallAt(judged);
    ndcg += ndcgAt(judged);
  }
  return { recall: recall / customers.length, ndcg: ndcg / customers.length };
}
