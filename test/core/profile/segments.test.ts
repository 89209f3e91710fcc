/** Features as a vector, and which segment a vector belongs to. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  entriesFor,
  featureCount,
  featureKeys,
  featureVector,
  missingRules,
  vectorEntries,
} from "../../../core/profile/featurevector.ts";
import {
  deviationsOf,
  isKnownEnough,
  nearestCentroid,
  placeIn,
  type Segments,
  segmentOf,
} from "../../../core/profile/segments.ts";
import { type FeatureValues, features } from "../../../core/profile/table.ts";

type ByName = Readonly<Record<string, number | null>>;

/** The same for all features but those given. */
function valuesOf(rest: number | null, given: ByName = {}): FeatureValues {
  const all = Object.fromEntries(features.map(({ name }) => [name, rest]));
  return { ...all, ...given } as FeatureValues;
}

const number = fc.double({ min: -1, max: 1, noNaN: true });
const unknown = fc.array(number, { minLength: featureCount, maxLength: featureCount });

/** By place in the vector. */
const told = vectorEntries.map(({ feature }) => feature);

describe("a vector of features", () => {
  const at = (name: string) => told.findIndex((feature) => feature.name === name);

  test("stands at -1 and 1 at the ends of each range, and beyond them", () => {
    const ends = (end: 0 | 1, beyond: number) =>
      valuesOf(0, Object.fromEntries(features.map(({ name, range }) => [name, range[end] + beyond])));
    const none = new Float64Array(featureCount);
    for (const beyond of [0, 7]) {
      expect(featureVector(ends(0, -beyond), none)).toEqual(new Float64Array(featureCount).fill(-1));
      expect(featureVector(ends(1, beyond), none)).toEqual(new Float64Array(featureCount).fill(1));
    }
  });

  test("grows with each value", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), unknown, (part, by) => {
        for (const [place, { name, range }] of told.entries()) {
          const values = [part * 0.9, part * 0.9 + 0.1].map((share) => ({
            [name]: range[0] + share * (range[1] - range[0]),
          }));
          const [less, more] = values.map((value) => featureVector(valuesOf(null, value), by)[place]);
          expect(more).toBeGreaterThan(less);
          expect(Math.abs(less)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("takes what is given for what nobody could measure, and the least for what was never done", () => {
    fc.assert(
      fc.property(unknown, (by) => {
        const vector = featureVector(valuesOf(null), by);
        for (const [place, { name }] of told.entries()) {
          const rule = missingRules[name];
          expect(vector[place]).toBe(rule === "unknown" ? by[place] : rule);
        }
      }),
    );
    const vector = featureVector(valuesOf(null), new Float64Array(featureCount).fill(0.25));
    expect([vector[at("orders")], vector[at("daysSinceOrder")], vector[at("dwell")]]).toEqual([-1, 1, 0.25]);
  });

  test("is of named features: those that are asked for, in their order, and none where one is not of this table", () => {
    const keys = [featureKeys[5], featureKeys[0]];
    expect(keys).toEqual(["orders log 0 500 -1", "visits log 0 1000 -1"]);
    const values = valuesOf(null, { visits: 1000, orders: 500 });
    expect(Array.from(featureVector(values, [0, 0], entriesFor(keys) ?? []))).toEqual([1, 1]);
    expect(
      Array.from(featureVector(valuesOf(null, { orders: 500 }), [0, 0], entriesFor(keys) ?? [])),
    ).toEqual([1, -1]);
    for (const other of [
      "visits log 0 1001 -1",
      "visits linear 0 1000 -1",
      "visits log 0 1000 unknown",
      "age",
    ]) {
      expect(entriesFor([...featureKeys, other])).toBeNull();
    }
    expect(entriesFor(featureKeys)).toEqual(vectorEntries);
  });

  test("has nothing of what a person said of themselves", () => {
    const said = valuesOf(0.5, { ageBand: 6, tier: 10 });
    const silent = valuesOf(0.5, { ageBand: null, tier: null });
    const none = new Float64Array(featureCount);
    expect(featureVector(said, none)).toEqual(featureVector(silent, none));
  });

  test("refuses a vector for what is unknown that is not as long as the table", () => {
    expect(() => featureVector(valuesOf(1), [0, 0])).toThrow(
      new RangeError(`featureVector: unknown must have ${featureCount} numbers, got 2`),
    );
  });
});

describe("a segment", () => {
  const points = fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 8,
  });
  const squareOf = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, k) => sum + (value - b[k]) ** 2, 0);

  test("is that of the nearest centroid, of equals the lowest", () => {
    fc.assert(
      fc.property(
        points,
        fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 3, maxLength: 3 }),
        (all, place) => {
          const squares = all.map((point) => squareOf(point, place));
          const plain = squares.indexOf(Math.min(...squares));
          const centroids = { count: all.length, dim: 3, centroids: all.flat() };
          expect(nearestCentroid(centroids, place)).toBe(plain);
          expect(nearestCentroid(centroids, [9, 9, ...place], 2)).toBe(plain);
        },
      ),
    );
  });

  test("is found in the space that it is published with", () => {
    const segments: Segments = {
      ...{ center: [1, 2, 3], axes: [2, 0, 1, 0, -3, 0] },
      ...{ count: 2, dim: 2, centroids: [0, 0, 4, 3] },
    };
    expect(Array.from(placeIn(segments, [2, 1, 5]))).toEqual([2 * 1 + 2, 3]);
    expect(segmentOf(segments, [2, 1, 5])).toBe(1);
    expect(segmentOf(segments, [1, 2, 3])).toBe(0);
    expect(() => placeIn(segments, [1, 2])).toThrow(
      new RangeError("placeIn: vector must have 3 numbers, got 2"),
    );
  });

  test("is none where a place is no number, or there are no centroids", () => {
    expect(nearestCentroid({ count: 2, dim: 1, centroids: [1, 2] }, [Number.NaN])).toBe(-1);
    expect(nearestCentroid({ count: 0, dim: 1, centroids: [] }, [1])).toBe(-1);
  });

  test("is known of nobody of whom fewer than three acts are", () => {
    const acts = (visits: number | null, actsPerVisit: number | null) =>
      isKnownEnough(valuesOf(null, { visits, actsPerVisit }));
    expect([acts(null, null), acts(1, 2), acts(2, 1)]).toEqual([false, false, false]);
    expect([acts(1, 3), acts(3, 1), acts(7, 3 / 7), acts(2, 2)]).toEqual([true, true, true, true]);
  });

  test("differs from the mean by what its axes tell, in spreads of the crowd", () => {
    // Two features of spread 3 and 0.5, an axis of each in their units, and a mixed one.
    const axes = [1 / 3, 0, 0, 2];
    expect(Array.from(deviationsOf({ center: [0, 0], axes }, [3, 0.5], [2, -1]))).toEqual([2, -1]);
    expect(Array.from(deviationsOf({ center: [0, 0], axes: [0.5, 1] }, [3, 0.5], [4]))).toEqual([6, 2]);
  });
});
