import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  catalogueCoverage,
  exposureGini,
  ndcgAt,
  novelty,
  popularityScores,
  precisionAt,
  recallAt,
} from "../../core/metrics.ts";
import { topK } from "../../core/ranking/topk.ts";

interface Case {
  readonly k: number;
  readonly scores: readonly number[];
  readonly seen: readonly number[];
  readonly targets: readonly number[];
  readonly top: readonly number[];
  readonly recall: number;
  readonly precision: number;
  readonly ndcg: number;
}

const { cases }: { cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("../vectors/metrics.json", import.meta.url), "utf8"),
);

const judged = fc.record({
  list: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 25 }),
  targets: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 25 }),
  k: fc.integer({ min: 1, max: 20 }),
});

describe("metrics of one list", () => {
  test.each(cases)("meet the independent results to 1e-9 (k = $k)", (given) => {
    const exclude = new Uint8Array(given.scores.length);
    for (const item of given.seen) exclude[item] = 1;
    const list = topK({ scores: Float64Array.from(given.scores), k: given.k, exclude });
    expect(Array.from(list)).toEqual(given.top);
    const input = { list, targets: new Set(given.targets), k: given.k };
    expect(Math.abs(recallAt(input) - given.recall)).toBeLessThan(1e-9);
    expect(Math.abs(precisionAt(input) - given.precision)).toBeLessThan(1e-9);
    expect(Math.abs(ndcgAt(input) - given.ndcg)).toBeLessThan(1e-9);
  });

  test("a list that begins with all targets is perfect, one without any is worth nothing", () => {
    fc.assert(
      fc.property(judged, ({ targets, k }) => {
        const perfect = { list: targets, targets: new Set(targets), k };
        expect(recallAt(perfect)).toBe(1);
        expect(ndcgAt(perfect)).toBeCloseTo(1, 12);
        const useless = { list: targets.map((item) => item + 100), targets: new Set(targets), k };
        expect(recallAt(useless) + precisionAt(useless) + ndcgAt(useless)).toBe(0);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test("moving a hit up never lowers NDCG and never changes recall", () => {
    fc.assert(
      fc.property(judged, ({ list, targets, k }) => {
        const wanted = new Set(targets);
        const hitsFirst = [
          ...list.slice(0, k).filter((item) => wanted.has(item)),
          ...list.slice(0, k).filter((item) => !wanted.has(item)),
        ];
        const before = { list: list.slice(0, k), targets: wanted, k };
        const after = { list: hitsFirst, targets: wanted, k };
        expect(ndcgAt(after)).toBeGreaterThanOrEqual(ndcgAt(before) - 1e-12);
        expect(recallAt(after)).toBe(recallAt(before));
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  test("nothing can be judged without targets or with a k that is no count", () => {
    expect(() => recallAt({ list: [1], targets: new Set(), k: 3 })).toThrow(
      "recallAt: targets must hold at least one item, got none",
    );
    expect(() => ndcgAt({ list: [1], targets: new Set([1]), k: 0 })).toThrow(
      "ndcgAt: k must be a positive integer, got 0",
    );
  });
});

describe("metrics of many lists", () => {
  test("coverage counts each shown item once", () => {
    expect(catalogueCoverage([[0, 3], [3, 5], []], 8)).toBe(3 / 8);
  });

  test("exposure has a Gini of 0 where all items are listed alike, and of 1 - 1 / items where one is alone", () => {
    expect(
      exposureGini(
        [
          [0, 1],
          [2, 3],
        ],
        4,
      ),
    ).toBeCloseTo(0, 12);
    expect(exposureGini([[2], [2], [2]], 8)).toBeCloseTo(1 - 1 / 8, 12);
    expect(exposureGini([[0, 1], [0]], 3)).toBeCloseTo((2 * (2 * 1 + 3 * 2)) / (3 * 3) - 4 / 3, 12);
    expect(exposureGini([], 3)).toBe(0);
  });

  test("novelty is the mean of -log2 of the share of people, one added to both", () => {
    // Shares (3+1)/(31+1) = 1/8 and (0+1)/(31+1) = 1/32: 3 and 5 bits, shown twice and once.
    const bits = novelty({ lists: [[0, 1], [0]], counts: [3, 0], people: 31 });
    expect(bits).toBeCloseTo((3 + 5 + 3) / 3, 12);
  });

  test("the popularity ranker counts people", () => {
    expect(Array.from(popularityScores([[0, 2], [2], [2, 1]], 4))).toEqual([1, 1, 3, 0]);
  });
});
