/** What a person contributes to sums over a public list of pairs, and the shape of the task that asks for it. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternOfPairs } from "../../../core/model/pairlist.ts";
import {
  basketContributionOf,
  pairContributionOf,
  pairLayout,
} from "../../../core/tasks/itempairs/contribution.ts";

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
