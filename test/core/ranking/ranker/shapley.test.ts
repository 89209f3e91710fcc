/** What is said of groups of features: Shapley values, as the definition gives them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type RankerGroup, rankerFeatures } from "../../../../core/ranking/ranker/features.ts";
import { rankerUnits } from "../../../../core/ranking/ranker/learnedunits.ts";
import { groupShares, rankerGroups } from "../../../../core/ranking/ranker/shapley.ts";
import { type PlacedUnit, placed, unitValue } from "../../../../core/ranking/ranker/units.ts";

const units = rankerUnits.map((unit) => placed(unit) as PlacedUnit);
const groups = [...new Set(rankerFeatures.map(({ group }) => group))];
const numbers = (length: number) =>
  fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: length, maxLength: length });

test("groups are told as averaging over all orders of them tells, and sum to the score", () => {
  fc.assert(
    fc.property(numbers(rankerFeatures.length), numbers(units.length), (x, weights) => {
      const told = groupShares(units, weights, x);
      const plain = byEnumeration(weights, x);
      expect(rankerGroups).toEqual(groups);
      for (const [at, group] of groups.entries()) expect(told[at]).toBeCloseTo(plain.get(group) ?? 0, 8);
      expect(told.reduce((sum, share) => sum + share, 0)).toBeCloseTo(scoreOf(weights, x), 8);
    }),
    { numRuns: 25 },
  );
});

test("a feature that is not known adds nothing, whatever the weights", () => {
  fc.assert(
    fc.property(numbers(units.length), (weights) => {
      expect(scoreOf(weights, new Float64Array(rankerFeatures.length))).toBe(0);
    }),
  );
});

test("every unit is of features of the table, and each feature is in one", () => {
  expect(rankerUnits.map(placed)).not.toContain(null);
  const read = new Set(units.flatMap(({ of, by }) => [of, by]));
  expect(rankerFeatures.filter((_, place) => !read.has(place)).map(({ name }) => name)).toEqual([]);
});

function scoreOf(weights: ArrayLike<number>, x: ArrayLike<number>): number {
  return units.reduce((sum, unit, at) => sum + weights[at] * unitValue(unit, x), 0);
}

/** By all subsets of the groups: what the others are worth with the group and without it, weighed by orders. */
function byEnumeration(weights: readonly number[], x: readonly number[]): ReadonlyMap<RankerGroup, number> {
  const count = groups.length;
  const worth = Float64Array.from({ length: 2 ** count }, (_, subset) =>
    scoreOf(
      weights,
      x.map((value, place) => ((subset >> groups.indexOf(rankerFeatures[place].group)) & 1 ? value : 0)),
    ),
  );
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return new Map(
    groups.map((group, bit) => {
      let share = 0;
      for (let subset = 0; subset < worth.length; subset++) {
        if ((subset >> bit) & 1) continue;
        const size = [...Array(count).keys()].filter((other) => (subset >> other) & 1).length;
        const orders = (factorial(size) * factorial(count - size - 1)) / factorial(count);
        share += orders * (worth[subset | (1 << bit)] - worth[subset]);
      }
      return [group, share];
    }),
  );
}
