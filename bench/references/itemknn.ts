/**
 * Item-based nearest neighbours on BM25 weights, as the library implicit has them (BM25Recommender: K1 = 1.2 or
 * 100, B = 0.8; K nearest by inner product of weighted columns): the plain strong reference of sparse data.
 *
 *   weight_ui = tf (K1 + 1) / (K1 length_i + tf) idf_u,  idf_u = log(items / (1 + items of u)),
 *   length_i  = 1 - B + B tf_i / mean tf_i
 *
 * As documents have words, items have people: who has much of everything says little.
 */
import type { Person } from "../data.ts";
import type { ScoresOf } from "../judge.ts";

export interface ItemKnnSettings {
  /** Nearest items that count. */
  readonly nearest: number;
  readonly k1: number;
  readonly b: number;
}

/** Chosen on people set aside from training, of 10, 20 and 50 nearest, K1 0.5, 1.2 and 3, B 0.5, 0.8 and 1. */
export const knnSettings: ItemKnnSettings = { nearest: 10, k1: 1.2, b: 1 };

export function itemKnn(
  people: readonly Person[],
  items: number,
  { nearest, k1, b }: ItemKnnSettings,
): ScoresOf {
  const sums = new Float64Array(items);
  for (const { items: theirs, weights } of people) {
    theirs.forEach((item, at) => {
      sums[item] += weights[at];
    });
  }
  const mean = sums.reduce((all, sum) => all + sum, 0) / items;
  const holders: { readonly person: number; readonly weight: number }[][] = Array.from(
    { length: items },
    () => [],
  );
  const weighed = people.map(({ items: theirs, weights }, person) => {
    const idf = Math.log(items / (1 + theirs.length));
    return Array.from(theirs, (item, at) => {
      const length = 1 - b + (b * sums[item]) / mean;
      const weight = ((weights[at] * (k1 + 1)) / (k1 * length + weights[at])) * idf;
      holders[item].push({ person, weight });
      return weight;
    });
  });
  /** By item, its nearest ones and how near they are, itself among them. */
  const near = holders.map((theirs) => {
    const products = new Map<number, number>();
    for (const { person, weight } of theirs) {
      people[person].items.forEach((other, at) => {
        products.set(other, (products.get(other) ?? 0) + weight * weighed[person][at]);
      });
    }
    return [...products].sort((x, y) => y[1] - x[1] || x[0] - y[0]).slice(0, nearest);
  });
  return ({ items: theirs, weights }) => {
    const scores = new Float64Array(items);
    theirs.forEach((item, at) => {
      for (const [other, product] of near[item]) scores[other] += weights[at] * product;
    });
    return scores;
  };
}
