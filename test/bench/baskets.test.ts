/** Baskets are what was bought in one minute, and their queries say nothing of what is wanted. */

import { expect, test } from "vitest";
import { basketData, basketQueries } from "../../bench/basketdata.ts";
import {
  coCounts,
  countsOfPairs,
  fallingBack,
  listedCounts,
  nearestTogether,
  togetherScores,
} from "../../bench/basketscores.ts";
import { patternOfPairs } from "../../core/model/pairlist.ts";

const at = (item: string, minute: number) => ({ item, atMs: minute * 60_000, quantity: 1 });
const catalogue = ["a", "b", "c", "d"].map((item) => ({ item, title: item, categories: [] }));
const asked = (...items: number[]) => ({
  items: Uint32Array.from(items),
  weights: new Float64Array(items.length).fill(1),
});

test("a basket is the lines of one customer and minute; products first sold later are unknown", () => {
  const orders = [
    [at("c", 1), at("a", 1), at("a", 1), at("b", 2), at("a", 12), at("c", 12), at("d", 12)],
    [at("a", 1), at("a", 11), at("d", 11), at("b", 20), at("c", 20)],
  ];
  const { items, customers, lately, judged } = basketData({
    catalogue,
    orders,
    fromMs: 10 * 60_000,
    untilMs: 20 * 60_000,
    recentDays: 9 / (24 * 60),
  });
  expect(items.map(({ item }) => item)).toEqual(["a", "b", "c"]);
  expect(customers.map((baskets) => baskets.map((rows) => [...rows]))).toEqual([[[0, 2], [1]], [[0]]]);
  // Within nine minutes before the tenth.
  expect(lately.map((rows) => [...rows])).toEqual([[0, 1, 2], [0]]);
  expect(judged.map((rows) => [...rows])).toEqual([[0, 2]]);
});

test("query and targets are a whole basket, apart, and the seed decides which", () => {
  const baskets = [Uint32Array.of(1, 4), Uint32Array.from({ length: 30 }, (_, row) => 3 * row)];
  const drawn = basketQueries(baskets, 5, 7);
  expect(drawn.map(({ query }) => query.items.length)).toEqual([1, 5]);
  for (const [place, { query, targets }] of drawn.entries()) {
    expect([...query.items, ...targets].sort((x, y) => x - y)).toEqual([...baskets[place]]);
  }
  expect(basketQueries(baskets, 5, 7)).toEqual(drawn);
  expect(basketQueries(baskets, 5, 8)).not.toEqual(drawn);
});

test("co-counts are n_qj / (n_q^a n_j^b), a basket weighed by its length", () => {
  const baskets = [Uint32Array.of(0, 1, 2), Uint32Array.of(0, 1), Uint32Array.of(1)];
  const counted = coCounts(baskets, 4, (length) => 10 ** length);
  const scores = togetherScores(counted, { a: 2, b: 0.5 })(asked(0, 2));
  expect(scores[1]).toBeCloseTo(1100 / (2 ** 2 * Math.sqrt(3)) + 1000 / Math.sqrt(3), 9);
  expect(scores[0]).toBeCloseTo(1000 / Math.sqrt(2), 9);
  expect(scores[3]).toBe(0);
});

test("counts of listed pairs are those of all pairs where listed, else nothing", () => {
  const baskets = [Uint32Array.of(0, 1, 2), Uint32Array.of(0, 1), Uint32Array.of(1, 3)];
  const all = coCounts(baskets, 4, () => 1);
  const pattern = patternOfPairs(
    [
      [2, 1],
      [0, 1],
    ],
    4,
  );
  const listed = listedCounts(pattern, countsOfPairs(pattern, all), all.counts);
  const plain = { a: 0, b: 0 };
  expect([...togetherScores(listed, plain)(asked(1))]).toEqual([2, 0, 1, 0]);
  expect([...togetherScores(all, plain)(asked(1))]).toEqual([2, 0, 1, 1]);
  // By cosine: of 0, 2 / sqrt(3) beside 1; of 2, 1 / sqrt(2) beside 1 / sqrt(3).
  expect(nearestTogether(all, 1)).toEqual([
    [0, 1],
    [0, 2],
    [1, 3],
  ]);
});

test("what the first says nothing of stands beneath, as the second has it", () => {
  const first = () => Float64Array.of(0, 0.1, 0, 0.2);
  const second = () => Float64Array.of(5, 9, 7, -1);
  const scores = fallingBack(first, second)(asked(0));
  const order = [...scores.keys()].sort((x, y) => scores[y] - scores[x]);
  expect(order).toEqual([3, 1, 2, 0]);
});
