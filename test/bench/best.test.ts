import { expect, test } from "vitest";
import { fittedWeights, type Sources } from "../../bench/best.ts";
import type { DataSet, HeldOut } from "../../bench/data.ts";
import { exactPairs, nearestByAny } from "../../bench/exactpairs.ts";
import { judgeScores, type ScoresOf } from "../../bench/judge.ts";
import { mixOf } from "../../bench/mix.ts";
import { pairScores } from "../../bench/privatepairs.ts";
import { patternOfPairs } from "../../core/model/pairlist.ts";
import { seededRandom } from "../../core/seeded.ts";

const items = 200;

/** People who each want twenty items that no one is known to have. */
function shop(seed: number): DataSet {
  const random = seededRandom(seed);
  const heldOut = Array.from({ length: 30 }, (_, at): HeldOut => {
    const targets = new Set<number>();
    while (targets.size < 20) targets.add(1 + Math.floor(random() * (items - 1)));
    return { foldIn: { items: Uint32Array.of(0), weights: Float64Array.of(1 + at) }, targets };
  });
  return { items: Array.from({ length: items }, (_, row) => `item${row}`), train: [], heldOut };
}

/** Scores of what each person wants under noise; each person is known by the weight of their only item. */
function noisy(data: DataSet, deviation: number, seed: number) {
  const random = seededRandom(seed);
  const scores = data.heldOut.map(({ targets }) =>
    Float64Array.from({ length: items }, (_, row) => Number(targets.has(row)) + deviation * (random() - 0.5)),
  );
  return ({ weights }: { readonly weights: Float64Array }) => scores[weights[0] - 1];
}

const silent = () => {};

test.each([1, 2, 3])(
  "no source is better than the fitted mix on the people it is fitted on: seed %i",
  (seed) => {
    const data = shop(seed);
    const sources: Sources = {
      good: noisy(data, 3, seed),
      fair: noisy(data, 4, seed + 10),
      chance: noisy(data, 1e6, seed + 20),
    };
    const weights = fittedWeights(data, sources, silent);
    const qualityOf = (scores: ScoresOf): number => {
      const { recall, ndcg } = judgeScores(data, scores);
      return recall + ndcg;
    };
    const together = qualityOf(
      mixOf(Object.keys(sources).map((name) => ({ scores: sources[name], weight: weights[name] }))),
    );
    for (const source of Object.values(sources)) {
      expect(together).toBeGreaterThanOrEqual(qualityOf(source));
    }
    // What one misses by chance the other knows.
    expect(together).toBeGreaterThan(qualityOf(sources.good));
    expect(weights.good).toBeGreaterThan(weights.chance);
  },
);

test("exact pairs are those of the dense regression on listed neighbours", () => {
  const people = [[0, 1], [0, 1, 2], [1, 2], [2], [0]].map((theirs) => ({
    items: Uint32Array.from(theirs),
    weights: new Float64Array(theirs.length).fill(1),
  }));
  const pattern = patternOfPairs([[0, 1]], 3);
  const scores = pairScores(exactPairs(people, pattern))(people[4]);
  // Two of five people have items 0 and 1, three have item 0; the ridge is of twenty people.
  expect(scores[1]).toBeCloseTo(2 / (3 + 20), 12);
  expect(scores[0]).toBe(0);
  expect(scores[2]).toBe(0);
});

test("an item's neighbours are the nearest by any of the rows, by angle and not by length", () => {
  const one = { values: Float64Array.of(1, 0, 1, 0.1, 0, 50, 1, 5), count: 4, dim: 2 };
  const other = { values: Float64Array.of(1, 2, -3, 1), count: 4, dim: 1 };
  const pattern = nearestByAny([one], 1);
  const listed = (row: number) =>
    Array.from(pattern.neighbours.subarray(pattern.starts[row], pattern.starts[row + 1]));
  expect(listed(0)).toEqual([1]);
  expect(listed(2)).toEqual([3]);
  const both = nearestByAny([one, other], 3);
  expect(both.pairCount).toBeGreaterThan(pattern.pairCount);
});
