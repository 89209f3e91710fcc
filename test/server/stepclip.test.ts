/** What a round may do to an item at most, whatever the step came to. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  limitedCounts,
  limitedGradients,
  limitMovesInPlace,
} from "../../server/kinds/itemfactors/stepclip.ts";

const dim = 3;
const items = 20;
const row = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: dim, maxLength: dim });
const rows = fc
  .array(row, { minLength: items, maxLength: items })
  .map((values) => Float64Array.from(values.flat()));
const counts = fc
  .array(fc.double({ min: -5, max: 50, noNaN: true }), { minLength: items, maxLength: items })
  .map((values) => Float64Array.from(values));
const unlimited = {
  minPeople: 0,
  longestMove: Number.POSITIVE_INFINITY,
  longestRow: Number.POSITIVE_INFINITY,
};

const rowOf = (values: Float64Array, item: number) => values.subarray(item * dim, (item + 1) * dim);
const lengthOf = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));
const moveOf = (after: Float64Array, before: Float64Array, item: number) =>
  lengthOf(rowOf(after, item).map((value, k) => value - rowOf(before, item)[k]));

test("an item with too little support neither turns nor grows, and one with enough moves as the step says", () => {
  fc.assert(
    fc.property(rows, rows, counts, (before, step, support) => {
      const after = step.slice();
      const limits = { ...unlimited, dim, first: 0, count: items, support, needed: 4 };
      limitMovesInPlace(after, before, limits);
      for (let item = 0; item < items; item++) {
        if (support[item] >= 4) {
          expect(rowOf(after, item)).toEqual(rowOf(step, item));
          continue;
        }
        const [now, then] = [rowOf(after, item), rowOf(before, item)];
        expect(lengthOf(now)).toBeLessThanOrEqual(lengthOf(then) * (1 + 1e-12));
        const along = now.reduce((sum, value, k) => sum + value * then[k], 0);
        expect(along).toBeCloseTo(lengthOf(now) * lengthOf(then), 6);
      }
    }),
  );
});

test("no supported item moves farther than the limit, none turns aside, and rows of other blocks stay", () => {
  fc.assert(
    fc.property(rows, rows, (before, step) => {
      const after = step.slice();
      const [first, count] = [5, 10];
      const support = new Float64Array(count).fill(9);
      limitMovesInPlace(after, before, {
        ...unlimited,
        longestMove: 0.7,
        dim,
        first,
        count,
        support,
        needed: 4,
      });
      const wanted = Array.from({ length: count }, (_, local) => moveOf(step, before, first + local));
      const limit = 0.7 * wanted.toSorted((a, b) => a - b)[9];
      for (let item = 0; item < items; item++) {
        if (item < first || item >= first + count) {
          expect(rowOf(after, item)).toEqual(rowOf(step, item));
          continue;
        }
        const moved = moveOf(after, before, item);
        expect(moved).toBeCloseTo(Math.min(limit, wanted[item - first]), 9);
      }
    }),
  );
});

test("a row pushed as far as you like ends no longer than the others allow, and they stay as they were", () => {
  const before = Float64Array.from({ length: items * dim }, (_, k) => 1 + Math.floor(k / dim));
  const lengths = Array.from({ length: items }, (_, item) => lengthOf(rowOf(before, item)));
  fc.assert(
    fc.property(fc.nat(10), fc.double({ min: 1e3, max: 1e9, noNaN: true }), (item, push) => {
      const after = before.slice();
      after[item * dim] += push;
      const support = new Float64Array(items);
      limitMovesInPlace(after, before, {
        ...unlimited,
        longestRow: 2,
        dim,
        first: 0,
        count: items,
        support,
        needed: -1,
      });
      expect(lengthOf(rowOf(after, item))).toBeLessThanOrEqual(2 * lengths[19] + 1e-9);
      expect(lengthOf(rowOf(after, item))).toBeGreaterThan(lengths[19]);
      for (let other = 0; other < items; other++) {
        if (other !== item) expect(rowOf(after, other)).toEqual(rowOf(before, other));
      }
    }),
  );
});

test("few people cannot pull like many: a gradient is as long as its count allows, its direction kept", () => {
  const support = Float64Array.from({ length: items }, (_, item) => item + 1);
  const honest = Float64Array.from({ length: items * dim }, (_, k) => 0.5 * (Math.floor(k / dim) + 1));
  const pulls = { dim, count: items, support, needed: 2, noiseSigma: 0, longestPull: 3 };
  expect(limitedGradients(honest, pulls)).toEqual(honest);
  const pushed = honest.slice();
  pushed.set([-300, 400, 0], 3 * dim);
  const limited = rowOf(limitedGradients(pushed, pulls), 3);
  const longest = 3 * 0.5 * Math.sqrt(dim) * support[3];
  expect(lengthOf(limited)).toBeCloseTo(longest, 9);
  expect(limited[0] / limited[1]).toBeCloseTo(-0.75, 12);
  // What noise of this size can be is nobody's lie.
  expect(limitedGradients(pushed, { ...pulls, noiseSigma: 100 })).toEqual(pushed);
});

test("one count however high becomes at most the limit, and the counts below it keep their noise", () => {
  const honest = Float64Array.from({ length: 300 }, (_, item) => (item % 30) - 3);
  fc.assert(
    fc.property(fc.nat(299), fc.double({ min: 100, max: 1e9, noNaN: true }), (item, lie) => {
      const counts = honest.slice();
      counts[item] = lie;
      const limited = limitedCounts(counts, { longestCount: 1.5 });
      expect(limited[item]).toBe(1.5 * 26);
      limited[item] = honest[item];
      expect(limited).toEqual(honest);
    }),
  );
});
