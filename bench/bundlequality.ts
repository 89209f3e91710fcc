/** How well a published bundle ranks for held-out customers: exactly what their browsers would compute from it. */

import { foldIn, scoresOf } from "../core/foldin.ts";
import { gramOf } from "../core/linear.ts";
import { ndcgAt, recallAt } from "../core/metrics.ts";
import { type Bundle, parseBundle } from "../core/model/bundle.ts";
import { jointDefaults, jointRows } from "../core/model/joint.ts";
import { topK } from "../core/ranking/topk.ts";
import type { HeldOutCustomer } from "./shop.ts";

export interface BundleQuality {
  /** Item steps behind the bundle's factors. */
  readonly round: number;
  /** Means over the customers, at 20. */
  readonly recall: number;
  readonly ndcg: number;
  /** recall@20 of the same bundle's content vectors, without factors and without the crowd's popularity. */
  readonly contentAlone: number;
}

export function judgeBundle(bytes: Uint8Array, customers: readonly HeldOutCustomer[]): BundleQuality {
  const bundle = parseBundle(bytes);
  const { recall, ndcg } = meansOf(bundle, customers);
  const content = { ...bundle, ...jointDefaults.contentOnly, factorScale: 0, popularityPower: 0 };
  const contentAlone = meansOf(content, customers).recall;
  return { round: bundle.round, recall, ndcg, contentAlone };
}

const k = 20;

function meansOf(
  bundle: Bundle,
  customers: readonly HeldOutCustomer[],
): { readonly recall: number; readonly ndcg: number } {
  const joint = jointRows(bundle);
  const { alpha0, lambda } = bundle;
  const model = { ...joint, gram: gramOf(joint.rows, joint.count, joint.dim), alpha0, lambda };
  const rowOf = new Map(bundle.catalogue.map(({ item }, row) => [item, row]));
  const rowsOf = (items: readonly string[]) => items.flatMap((item) => rowOf.get(item) ?? []);
  let recall = 0;
  let ndcg = 0;
  for (const { known, targets } of customers) {
    const items = rowsOf(known);
    const exclude = new Uint8Array(joint.count);
    for (const row of items) exclude[row] = 1;
    const { userVector } = foldIn(model, { items, weights: items.map(() => 1) });
    const list = topK({ scores: scoresOf(model, userVector), k, exclude });
    const judged = { list, targets: new Set(rowsOf(targets)), k };
    recall += recallAt(judged);
    ndcg += ndcgAt(judged);
  }
  return { recall: recall / customers.length, ndcg: ndcg / customers.length };
}
