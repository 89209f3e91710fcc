/** What a person contributes to a round on segments, and the shape of the task that asks for it. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { featureCount, featureKeys } from "../../../core/profile/featurevector.ts";
import { nearestCentroid } from "../../../core/profile/segments.ts";
import { segmentLimits } from "../../../core/profile/segmentschema.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { clippedForRounding, encodeFixed } from "../../../core/sum/fixedpoint.ts";
import {
  segmentContributionOf,
  segmentLayout,
  segmentSensitivity,
} from "../../../core/tasks/segments/contribution.ts";
import { type SegmentsSettings, segments } from "../../../core/tasks/segments/kind.ts";
import { parseSettings } from "../../../core/tasks/task.ts";

const dim = 3;
const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
const row = fc.array(coordinate, { minLength: dim, maxLength: dim });
const world = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 5 }),
  place: row,
  clipL2: fc.double({ min: 0.2, max: 4, noNaN: true }),
  countScale: fc.double({ min: 0.1, max: 2, noNaN: true }),
  scatterScale: fc.constantFrom(0, 0.4, 2.5),
});
const centroidsOf = (rows: readonly (readonly number[])[]) => ({
  ...{ count: rows.length, dim, centroids: rows.flat() },
});
const normOf = (values: ArrayLike<number>) => Math.hypot(...Array.from(values));

describe("a contribution", () => {
  test("is the clipped way from the nearest centroid and one count, in that centroid's block alone", () => {
    fc.assert(
      fc.property(world, ({ rows, place, ...scales }) => {
        const centroids = centroidsOf(rows);
        const values = segmentContributionOf(centroids, place, scales);
        const { block, scatter } = segmentLayout({ ...centroids, ...scales });
        const nearest = nearestCentroid(centroids, place);
        const way = place.map((value, k) => value - rows[nearest][k]);
        const shrunk = Math.min(1, scales.clipL2 / normOf(way));
        for (let j = 0; j < rows.length; j++) {
          const found = Array.from(values.subarray(j * block, (j + 1) * block));
          const wanted = [...way.map((value) => value * shrunk), scales.countScale];
          if (j !== nearest) expect(found).toEqual([0, 0, 0, 0]);
          else for (const [k, value] of found.entries()) expect(value).toBeCloseTo(wanted[k], 12);
        }
        const outer = scales.scatterScale === 0 ? [] : Array.from(values.subarray(scatter));
        const pairs =
          outer.length === 0
            ? []
            : [
                [0, 0],
                [1, 0],
                [1, 1],
                [2, 0],
                [2, 1],
                [2, 2],
              ];
        expect(outer).toHaveLength(pairs.length);
        for (const [at, [a, b]] of pairs.entries()) {
          const both = a === b ? 1 : Math.SQRT2;
          expect(outer[at]).toBeCloseTo(scales.scatterScale * both * shrunk ** 2 * way[a] * way[b], 10);
        }
      }),
    );
  });

  test("is never longer than the sensitivity, and as long for whoever stands beyond the clip", () => {
    fc.assert(
      fc.property(world, ({ rows, place, ...scales }) => {
        const norm = normOf(segmentContributionOf(centroidsOf(rows), place, scales));
        expect(norm).toBeLessThanOrEqual(segmentSensitivity(scales) * (1 + 1e-12));
        const far = segmentContributionOf(centroidsOf(rows), [50, -50, 50], scales);
        expect(normOf(far)).toBeCloseTo(segmentSensitivity(scales), 9);
      }),
    );
  });

  test("keeps to the sensitivity as the integers that leave, whatever the dice say", () => {
    const fractionBits = 8;
    fc.assert(
      fc.property(world, fc.nat(), ({ rows, place, ...scales }, seed) => {
        const sensitivity = segmentSensitivity(scales);
        const values = segmentContributionOf(centroidsOf(rows), place, scales);
        const clipped = clippedForRounding(values, { sensitivity, fractionBits });
        const random = seededRandom(seed);
        const integers = encodeFixed(clipped, { fractionBits }, (bytes) => {
          for (let k = 0; k < bytes.length; k++) bytes[k] = Math.floor(random() * 256);
        });
        expect(normOf(integers)).toBeLessThanOrEqual(sensitivity * 2 ** fractionBits);
      }),
    );
  });

  test("is refused for a place of another space, and for one that is no number", () => {
    const scales = { clipL2: 1, countScale: 0.3, scatterScale: 0 };
    const centroids = centroidsOf([[0, 0, 0]]);
    expect(() => segmentContributionOf(centroids, [1, 2], scales)).toThrow(
      new RangeError("segmentContributionOf: place must have 3 numbers, got 2"),
    );
    expect(() => segmentContributionOf(centroids, [1, Number.NaN, 2], scales)).toThrow(RangeError);
  });
});

describe("the kind", () => {
  const settings: SegmentsSettings = {
    features: [...featureKeys],
    center: Array.from({ length: featureCount }, () => 0.5),
    axes: Array.from({ length: 2 * featureCount }, (_, at) => at / 100),
    ...{ count: 3, dim: 2, centroids: [0, 1, 2, 3, 4, 5] },
    ...{ clipL2: 3, countScale: 0.7, scatterScale: 0.4 },
  };

  const shape = { spreads: new Array<number>(featureCount).fill(0.3), deviations: [1.5, 0] };

  test("has a layout that follows from its settings", () => {
    expect(parseSettings(segments, { ...settings, more: 1 })).toEqual(settings);
    expect(parseSettings(segments, { ...settings, shape })).toEqual({ ...settings, shape });
    expect(segments.layoutOf({ ...settings, shape })).toEqual(segments.layoutOf(settings));
    const sensitivity = Math.sqrt(9 + 0.49 + (0.4 * 9) ** 2);
    expect(segments.layoutOf(settings)).toEqual({ length: 3 * 3 + 3, blocks: 1, sensitivity });
    const plain = { ...settings, scatterScale: 0 };
    expect(segments.layoutOf(plain)).toEqual({ length: 9, blocks: 1, sensitivity: Math.sqrt(9.49) });
  });

  test.each<[string, Partial<SegmentsSettings>]>([
    ["centroids that are not count * dim numbers", { count: 2 }],
    ["axes that are not dim rows", { axes: settings.axes.slice(1) }],
    ["a center of another table", { center: settings.center.slice(1) }],
    ["features of another table", { features: settings.features.slice(1) }],
    ["spreads of another table", { shape: { ...shape, spreads: shape.spreads.slice(1) } }],
    ["a shape of other axes", { shape: { ...shape, deviations: [...shape.deviations, 1] } }],
    [
      "people who differ less than not at all",
      { shape: { ...shape, deviations: shape.deviations.map(() => -1) } },
    ],
    ["more centroids than the most", { count: segmentLimits.centroids + 1 }],
    ["a clip of 0", { clipL2: 0 }],
    ["a scatter of less than nothing", { scatterScale: -1 }],
    ["numbers that are none", { centroids: [0, 1, 2, 3, 4, Number.NaN] }],
  ])("refuses %s", (_, changed) => {
    expect(() => parseSettings(segments, { ...settings, ...changed })).toThrow(TypeError);
  });
});
