import fc from "fast-check";
import * as v from "valibot";
import { expect, it } from "vitest";
import { chanceAt, placeCurveSchema } from "../../../core/lists/placecurve.ts";

const curve = [
  { upTo: 1, chance: 1 },
  { upTo: 2, chance: 0.6 },
  { upTo: 4, chance: 0.3 },
];

it("each place has the chance of its step, and places after the last step the last one's", () => {
  expect([1, 2, 3, 4, 5, 100].map((place) => chanceAt(curve, place))).toEqual([1, 0.6, 0.3, 0.3, 0.3, 0.3]);
});

it("places that do not ascend and chances that rise are no curve, and chances that stay are one", () => {
  expect(v.is(placeCurveSchema, curve)).toBe(true);
  expect(v.is(placeCurveSchema, curve.toReversed())).toBe(false);
  expect(v.is(placeCurveSchema, [...curve, { upTo: 5, chance: 0.31 }])).toBe(false);
  expect(v.is(placeCurveSchema, [...curve, { upTo: 4, chance: 0.2 }])).toBe(false);
  expect(v.is(placeCurveSchema, [])).toBe(false);
  // Places that are looked at alike may be told apart.
  expect(v.is(placeCurveSchema, [...curve, { upTo: 5, chance: 0.3 }])).toBe(true);
  expect(v.is(placeCurveSchema, [{ upTo: 1, chance: 0 }])).toBe(false);
});

it("a later place is never likelier to be looked at", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 120 }), (a, b) => {
      const [first, later] = [Math.min(a, b), Math.max(a, b)];
      expect(chanceAt(curve, later)).toBeLessThanOrEqual(chanceAt(curve, first));
    }),
  );
});
