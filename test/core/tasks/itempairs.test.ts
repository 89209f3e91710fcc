/** The public list of pairs, and what a person contributes to sums over it. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PairPattern, patternOfPairs, placeOf } from "../../../core/model/pairlist.ts";
import {
  basketContributionOf,
  pairContributionOf,
  pairLayout,
} from "../../../core/tasks/itempairs/contribution.ts";
import { patternOf } from "../../../server/kinds/itempairs/nearest.ts";

const rowsOf = fc
  .record({ count: fc.integer({ min: 1, max: 90 }), dim: fc.integer({ min: 1, max: 5 }) })
  .chain(({ count, dim }) =>
    fc.record({
      count: fc.constant(count),
      dim: fc.constant(dim),
      values: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: count * dim, maxLength: count * dim }),
    }),
  );

/** Neighbours by item, the slow way. */
function plainly(values: readonly number[], count: number, dim: number, nearest: number): Set<number>[] {
  const product = (a: number, b: number) =>
    Array.from({ length: dim }, (_, k) => values[a * dim + k] * values[b * dim + k]).reduce(
      (x, y) => x + y,
      0,
    );
  const sets = Array.from({ length: count }, () => new Set<number>());
  for (let item = 0; item < count; item++) {
    const near = Array.from({ length: count }, (_, other) => other)
      .filter((other) => other !== item && product(item, other) > 0)
      .sort((a, b) => product(item, b) - product(item, a) || a - b)
      .slice(0, nearest);
    for (const other of near) {
      sets[item].add(other);
      sets[other].add(item);
    }
  }
  return sets;
}

const neighboursOf = ({ starts, neighbours }: PairPattern, item: number): number[] =>
  Array.from(neighbours.subarray(starts[item], starts[item + 1]));

describe("the list of pairs", () => {
  test("has each item's nearest by public rows, both ways, in order, a pair under one number", () => {
    fc.assert(
      fc.property(rowsOf, fc.integer({ min: 1, max: 6 }), ({ values, count, dim }, nearest) => {
        const pattern = patternOf({ values: Float64Array.from(values), count, dim }, nearest);
        const wanted = plainly(values, count, dim, nearest);
        const numbers = new Map<string, number>();
        for (let item = 0; item < count; item++) {
          const found = neighboursOf(pattern, item);
          expect(found).toEqual([...wanted[item]].sort((a, b) => a - b));
          for (const other of found) {
            const place = placeOf(pattern, item, other);
            expect(pattern.neighbours[place]).toBe(other);
            const name = `${Math.min(item, other)} ${Math.max(item, other)}`;
            expect(numbers.get(name) ?? pattern.pairs[place]).toBe(pattern.pairs[place]);
            numbers.set(name, pattern.pairs[place]);
          }
          for (let other = 0; other < count; other++) {
            if (!wanted[item].has(other)) expect(placeOf(pattern, item, other)).toBe(-1);
          }
        }
        expect([...numbers.values()].sort((a, b) => a - b)).toEqual(
          Array.from({ length: pattern.pairCount }, (_, pair) => pair),
        );
      }),
    );
  });

  test("is the same whichever way round its pairs are told", () => {
    const one = patternOfPairs(
      [
        [0, 2],
        [1, 2],
        [0, 3],
      ],
      4,
    );
    expect(
      patternOfPairs(
        [
          [3, 0],
          [2, 1],
          [2, 0],
        ],
        4,
      ),
    ).toEqual(one);
    expect(neighboursOf(one, 2)).toEqual([0, 1]);
  });
});

describe("a contribution", () => {
  const pattern = patternOfPairs(
    [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
    ],
    6,
  );
  const scales = fc.record({
    clipL2: fc.double({ min: 0.1, max: 3, noNaN: true }),
    countScale: fc.double({ min: 0.1, max: 2, noNaN: true }),
    weightScale: fc.double({ min: 0.05, max: 1, noNaN: true }),
  });

  test("says of pairs, items and weight what it must, all scaled alike, within its bound", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 5 })), scales, (items, by) => {
        const { places, values, weight } = pairContributionOf(pattern, items, by);
        const dense = new Float64Array(pairLayout(pattern).length);
        places.forEach((place, at) => {
          dense[place] = values[at];
        });
        const pairs = [
          [0, 1],
          [0, 2],
          [1, 3],
          [2, 3],
          [3, 4],
        ];
        const plain = [
          ...pairs.map(([a, b]) => Number(items.includes(a) && items.includes(b))),
          ...Array.from({ length: 6 }, (_, item) => (items.includes(item) ? by.countScale : 0)),
        ];
        const norm = Math.hypot(...plain);
        expect(weight).toBeCloseTo(Math.min(1, by.clipL2 / norm || 1), 12);
        const wanted = [...plain.map((value) => value * weight), weight * by.weightScale];
        for (const [at, value] of dense.entries()) expect(value).toBeCloseTo(wanted[at], 12);
        expect(Math.hypot(...dense.subarray(0, -1))).toBeLessThanOrEqual(by.clipL2 * (1 + 1e-12));
        expect([...places]).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });

  test("of baskets has a pair once if one of them has both items, and each item once, within the same bound", () => {
    const baskets = fc.array(fc.uniqueArray(fc.nat({ max: 5 })), { maxLength: 4 });
    const listed = [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
    ];
    fc.assert(
      fc.property(baskets, scales, (theirs, by) => {
        const { places, values, weight } = basketContributionOf(pattern, theirs, by);
        const { counts, weight: last } = pairLayout(pattern);
        const together = listed.flatMap(([a, b], pair) =>
          theirs.some((basket) => basket.includes(a) && basket.includes(b)) ? [pair] : [],
        );
        const items = [0, 1, 2, 3, 4, 5].filter((item) => theirs.flat().includes(item));
        expect([...places]).toEqual([...together, ...items.map((item) => counts + item), last]);
        const norm = Math.sqrt(together.length + items.length * by.countScale ** 2);
        expect(weight).toBeCloseTo(Math.min(1, by.clipL2 / norm || 1), 12);
        for (const [at, place] of places.entries()) {
          const scale = place < counts ? 1 : place < last ? by.countScale : by.weightScale;
          expect(values[at]).toBeCloseTo(weight * scale, 12);
        }
        expect(Math.hypot(...values.subarray(0, -1))).toBeLessThanOrEqual(by.clipL2 * (1 + 1e-12));
      }),
    );
  });

  test.each([6, 7, -1, 0.5, Number.NaN])("of item %d, which the list does not have, is refused", (item) => {
    const by = { clipL2: 1, countScale: 0.5, weightScale: 0.1 };
    expect(() => pairContributionOf(pattern, [0, item], by)).toThrow(RangeError);
  });

  test("is the same in whatever order the items come", () => {
    const by = { clipL2: 1, countScale: 0.5, weightScale: 0.1 };
    expect(pairContributionOf(pattern, [4, 0, 3, 1], by)).toEqual(
      pairContributionOf(pattern, [0, 1, 3, 4], by),
    );
  });
});
