/**
 * What a server makes of sums on segments: steps, spaces, starts, merging; with the field's tools as oracles.
 */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { kmeans } from "ml-kmeans";
import { PCA } from "ml-pca";
import { describe, expect, test } from "vitest";
import { adjustedRand } from "../../bench/segments/rand.ts";
import { type Centroids, nearestCentroid } from "../../core/profile/segments.ts";
import { seededRandom } from "../../core/seeded.ts";
import { type SegmentScales, segmentContributionOf } from "../../core/tasks/segments/contribution.ts";
import { lloyd, weightedKMeans } from "../../server/kinds/segments/kmeans.ts";
import { mergedInto, mergePoints } from "../../server/kinds/segments/merge.ts";
import { spaceOf } from "../../server/kinds/segments/space.ts";
import { normalCentroids, normalCrowd } from "../../server/kinds/segments/start.ts";
import { stepped } from "../../server/kinds/segments/step.ts";
import { type SegmentSums, segmentSumsOf } from "../../server/kinds/segments/sums.ts";

interface Vectors {
  readonly lloyd: readonly {
    readonly points: readonly (readonly number[])[];
    readonly start: readonly (readonly number[])[];
    readonly after: readonly { readonly steps: number; readonly centroids: readonly (readonly number[])[] }[];
    readonly labels: readonly number[];
    readonly within: number;
  }[];
  readonly principal: readonly {
    readonly points: readonly (readonly number[])[];
    readonly mean: readonly number[];
    readonly axes: readonly (readonly number[])[];
    readonly variances: readonly number[];
  }[];
  readonly rand: readonly {
    readonly left: readonly number[];
    readonly right: readonly number[];
    readonly index: number;
  }[];
}
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../vectors/segments.json", import.meta.url), "utf8"),
);

type Rows = readonly (readonly number[])[];

const centroidsOf = (rows: Rows) => ({
  ...{ count: rows.length, dim: rows[0].length, centroids: Float64Array.from(rows.flat()) },
});
const pointsOf = (rows: Rows) => ({
  ...{ count: rows.length, dim: rows[0].length, points: Float64Array.from(rows.flat()) },
  weights: new Float64Array(rows.length).fill(1),
});

const wide: SegmentScales = { clipL2: 1e3, countScale: 3, scatterScale: 0.25 };

function sumsOf(rows: Rows, centroids: Centroids, scales = wide, variance = 0): SegmentSums {
  const all = rows.map((row) => segmentContributionOf(centroids, row, scales));
  const sum = all[0].map((_, at) => all.reduce((total, values) => total + values[at], 0));
  return segmentSumsOf(sum, { centroids, scales, variance });
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, digits = 9): void {
  expect(found).toHaveLength(wanted.length);
  for (let at = 0; at < wanted.length; at++) expect(found[at], `${at}`).toBeCloseTo(wanted[at], digits);
}

const world = fc.record({
  seed: fc.nat({ max: 1e6 }),
  count: fc.integer({ min: 2, max: 5 }),
  dim: fc.integer({ min: 1, max: 4 }),
});

/** Thirty places, and some of them to begin at. */
function crowdOf({
  seed,
  count,
  dim,
}: {
  readonly seed: number;
  readonly count: number;
  readonly dim: number;
}) {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 30 }, () => Array.from({ length: dim }, () => 6 * random() - 3));
  return { rows, start: rows.slice(0, count) };
}

describe("a step from sums", () => {
  test("is the one that ml-kmeans takes from the same start, where nothing is clipped and nobody adds noise", () => {
    fc.assert(
      fc.property(world, (shape) => {
        const { rows, start } = crowdOf(shape);
        const data = rows.map((row) => [...row]);
        const initialization = start.map((row) => [...row]);
        const theirs = kmeans(data, shape.count, { initialization, maxIterations: 1 });
        const centroids = centroidsOf(start);
        expectClose(stepped(centroids, sumsOf(rows, centroids)), theirs.centroids.flat());
      }),
      { numRuns: 100 },
    );
  });

  test.each(vectors.lloyd.map((vector, at) => ({ at, ...vector })))(
    "is scikit-learn's, one after the other until nothing changes: crowd $at",
    ({ points, start, after, labels }) => {
      let centroids: Centroids = centroidsOf(start);
      const byStep = new Map<number, ArrayLike<number>>();
      for (let step = 1; step <= 100; step++) {
        centroids = { ...centroids, centroids: stepped(centroids, sumsOf(points, centroids)) };
        byStep.set(step, centroids.centroids);
      }
      for (const { steps, centroids: wanted } of after) {
        expectClose(byStep.get(steps) ?? [], wanted.flat());
      }
      expect(points.map((point) => nearestCentroid(centroids, point))).toEqual(labels);
    },
  );

  test("moves a centroid by what is no noise, and not at all where all may be, or where too few people are", () => {
    const centroids = { count: 3, dim: 2, centroids: [0, 0, 10, 10, 20, 20] };
    const sums: SegmentSums = {
      people: Float64Array.of(100, 100, 29),
      ways: Float64Array.of(30, 40, 3, 4, 300, 400),
      scatter: null,
      clipL2: 50,
      ...{ peopleVariance: 100, wayVariance: 250, scatterVariance: 0 },
    };
    // 1 - 2 * 250 / 50^2 = 0.8 of (30, 40) / 100; 2 * 250 is more than 5^2; 29 people are fewer than 3 * 10.
    expectClose(stepped(centroids, sums), [0.24, 0.32, 10, 10, 20, 20]);
    const enough = { ...sums, people: Float64Array.of(100, 100, 31) };
    expect(stepped(centroids, enough)[4]).toBeGreaterThan(20);
  });

  test("moves no centroid beyond half the clip, and one that is alone beyond the clip, whatever a sum says", () => {
    const sumsOfOne: SegmentSums = {
      ...{ people: Float64Array.of(10, 10), ways: Float64Array.of(3e9, 4e9, 6, 8), scatter: null, clipL2: 2 },
      ...{ peopleVariance: 0, wayVariance: 0, scatterVariance: 0 },
    };
    const two = { count: 2, dim: 2, centroids: [0, 0, 5, 5] };
    expectClose(stepped(two, sumsOfOne), [0.6, 0.8, 5.6, 5.8]);
    const alone = { ...sumsOfOne, people: Float64Array.of(10), ways: Float64Array.of(3e9, 4e9) };
    expectClose(stepped({ count: 1, dim: 2, centroids: [0, 0] }, alone), [1.2, 1.6]);
  });
});

describe("sums", () => {
  test("say how many people each centroid has, their ways and the scatter of all, whatever the scales", () => {
    fc.assert(
      fc.property(world, (shape) => {
        const { rows, start } = crowdOf(shape);
        const centroids = centroidsOf(start);
        const { people, ways, scatter } = sumsOf(rows, centroids);
        const { count, dim } = shape;
        const [wantedPeople, wantedWays, wantedScatter] = [count, count * dim, dim * dim].map((length) =>
          new Array<number>(length).fill(0),
        );
        for (const row of rows) {
          const j = nearestCentroid(centroids, row);
          wantedPeople[j] += 1;
          for (let a = 0; a < dim; a++) {
            wantedWays[j * dim + a] += row[a] - start[j][a];
            for (let b = 0; b < dim; b++) {
              wantedScatter[a * dim + b] += (row[a] - start[j][a]) * (row[b] - start[j][b]);
            }
          }
        }
        expectClose(people, wantedPeople);
        expectClose(ways, wantedWays);
        expectClose(scatter ?? [], wantedScatter);
      }),
      { numRuns: 50 },
    );
  });

  test("tell the variance of noise in the units of each part", () => {
    const scales = { clipL2: 1, countScale: 0.5, scatterScale: 4 };
    const centroids = centroidsOf([[0, 0]]);
    const { peopleVariance, wayVariance, scatterVariance } = sumsOf([[0.1, 0.2]], centroids, scales, 9);
    expect([peopleVariance, wayVariance, scatterVariance]).toEqual([36, 9, 9 / 16]);
    expect(() => segmentSumsOf(new Float64Array(5), { centroids, scales, variance: 0 })).toThrow(
      new RangeError("segmentSumsOf: the sum must have 6 numbers, got 5"),
    );
  });
});

describe("the space", () => {
  const spaceFrom = (points: Rows, dim: number, spreadFactor = 1) => {
    const width = points[0].length;
    const center = new Array<number>(width).fill(0.3);
    const moved = points.map((row) => row.map((value) => (value * spreadFactor - 0.3) as number));
    const origin = { count: 1, dim: width, centroids: new Float64Array(width) };
    return spaceOf(center, sumsOf(moved, origin), { dim, leastSpread: 1e-6 });
  };
  /** By one matrix, in units of the spread of each feature. */
  const standardized = (points: Rows) => {
    const width = points[0].length;
    const mean = Array.from(
      { length: width },
      (_, f) => points.reduce((sum, row) => sum + row[f], 0) / points.length,
    );
    const spread = mean.map((middle, f) =>
      Math.sqrt(points.reduce((sum, row) => sum + (row[f] - middle) ** 2, 0) / points.length),
    );
    return { mean, spread, rows: points.map((row) => row.map((value, f) => (value - mean[f]) / spread[f])) };
  };

  test.each([0, 1])(
    "has the axes and deviations that ml-pca has of standardized features: crowd %d",
    (at) => {
      const { points } = vectors.principal[at];
      const { mean, spread, rows } = standardized(points);
      const width = mean.length;
      const pca = new PCA(
        rows.map((row) => [...row]),
        { center: false, scale: false },
      );
      const space = spaceFrom(points, width);
      expectClose(space.center, mean);
      expectClose(space.spreads, spread);
      const factor = Math.sqrt((points.length - 1) / points.length);
      expectClose(
        space.deviations,
        pca.getStandardDeviations().map((value) => value * factor),
      );
      const axes = pca.getEigenvectors().transpose().to2DArray();
      for (const [axis, row] of axes.entries()) {
        const found = Array.from(
          space.axes.subarray(axis * width, (axis + 1) * width),
          (value, f) => value * spread[f],
        );
        const along = found.reduce((sum, value, f) => sum + value * row[f], 0);
        expect(Math.abs(along)).toBeCloseTo(1, 9);
      }
    },
  );

  test.each([0, 1])("is scikit-learn's where every feature varies as much: crowd %d", (at) => {
    const { points, mean, axes, variances } = vectors.principal[at];
    const dim = axes.length;
    const center = new Array<number>(mean.length).fill(0);
    const origin = { count: 1, dim: mean.length, centroids: new Float64Array(mean.length) };
    // A least spread above all of them makes them alike.
    const leastSpread = 100;
    const space = spaceOf(center, sumsOf(points, origin), { dim, leastSpread });
    expectClose(space.center, mean);
    expectClose(
      space.deviations,
      variances.map((variance) => Math.sqrt(variance) / leastSpread),
    );
    expectClose(
      space.axes,
      axes.flat().map((value) => value / leastSpread),
    );
  });

  test("gives features that noise hides the least spread that it would not", () => {
    const origin = { count: 1, dim: 2, centroids: new Float64Array(2) };
    const rows = [
      [3, 0.01],
      [-3, -0.01],
      [3, -0.01],
      [-3, 0.01],
    ];
    const sums = sumsOf(rows, origin, wide, 0.01);
    const { spreads } = spaceOf([0, 0], sums, { dim: 2, leastSpread: 0.001 });
    expect(spreads[0]).toBeCloseTo(3, 9);
    // 2 * (0.1 / 0.25) / 4 people
    expect(spreads[1]).toBeCloseTo(Math.sqrt(0.2), 9);
  });

  test("needs a scatter, and takes a count that noise hides for the least that it would not", () => {
    const origin = { count: 1, dim: 1, centroids: [0] };
    const without = sumsOf([[1]], origin, { ...wide, scatterScale: 0 });
    const options = { dim: 1, leastSpread: 0.1 };
    expect(() => spaceOf([0], without, options)).toThrow("spaceOf: sums must have a scatter, got none");
    const nobody = { ...sumsOf([[1]], origin), people: Float64Array.of(-2) };
    expect(spaceOf([0], nobody, options)).toEqual(
      spaceOf([0], { ...nobody, people: Float64Array.of(1) }, options),
    );
  });
});

describe("centroids to begin with", () => {
  test("are spread as the crowd is, and are the same each time", () => {
    const space = { dim: 3, deviations: Float64Array.of(4, 2, 0.5) };
    const start = normalCentroids(space, 24);
    expect(normalCentroids(space, 24)).toEqual(start);
    const rootOf = (axis: number) => {
      const values = Array.from({ length: 24 }, (_, j) => start.centroids[j * 3 + axis]);
      return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 24);
    };
    expect(rootOf(0)).toBeGreaterThan(rootOf(1));
    expect(rootOf(1)).toBeGreaterThan(rootOf(2));
    expect(start.distance).toBeLessThan(Math.hypot(4, 2, 0.5));
  });

  test("come of points with the standard deviations asked for", () => {
    const points = normalCrowd([3, 0.5], { people: 20_000, seed: 4 });
    for (const [axis, wanted] of [3, 0.5].entries()) {
      const values = Array.from({ length: 20_000 }, (_, at) => points[at * 2 + axis]);
      const mean = values.reduce((sum, value) => sum + value, 0) / 20_000;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 20_000);
      expect(Math.abs(mean)).toBeLessThan(0.03 * wanted);
      expect(Math.abs(deviation / wanted - 1)).toBeLessThan(0.02);
    }
  });
});

describe("k-means in the clear", () => {
  test.each(vectors.lloyd.map((vector, at) => ({ at, ...vector })))(
    "ends where scikit-learn ends, with its sum of squares: crowd $at",
    ({ points, start, within, after }) => {
      const found = lloyd(pointsOf(points), centroidsOf(start), 100);
      expectClose(found.centroids, after.at(-1)?.centroids.flat() ?? []);
      expect(found.within).toBeCloseTo(within, 7);
    },
  );

  test("takes a point of weight w for w points", () => {
    fc.assert(
      fc.property(
        world,
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 30 }),
        (shape, weights) => {
          const { rows, start } = crowdOf(shape);
          const repeated = rows.flatMap((row, at) => Array.from({ length: weights[at] }, () => row));
          fc.pre(repeated.length > 0);
          const heavy = lloyd(
            { ...pointsOf(rows), weights: Float64Array.from(weights) },
            centroidsOf(start),
            50,
          );
          const many = lloyd(pointsOf(repeated), centroidsOf(start), 50);
          expectClose(heavy.centroids, many.centroids, 8);
          expect(heavy.within).toBeCloseTo(many.within, 7);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("is at least as good as ml-kmeans from as many starts, on crowds that hold groups", () => {
    for (const { points, start } of vectors.lloyd) {
      const k = start.length;
      const found = weightedKMeans(pointsOf(points), { k, restarts: 20, seed: 3 });
      const data = points.map((row) => [...row]);
      const theirs = Array.from({ length: 20 }, (_, seed) => {
        const { centroids } = kmeans(data, k, { seed: seed + 1, initialization: "kmeans++" });
        return lloyd(pointsOf(points), centroidsOf(centroids), 100).within;
      });
      expect(found.within).toBeLessThanOrEqual(Math.min(...theirs) * (1 + 1e-9));
    }
  });

  test("makes no more centroids than there are points with a weight", () => {
    const points = { ...pointsOf([[1], [2], [3]]), weights: Float64Array.of(1, 0, 2) };
    expect(weightedKMeans(points, { k: 2, restarts: 3, seed: 1 }).within).toBe(0);
    expect(() => weightedKMeans(points, { k: 3, restarts: 3, seed: 1 })).toThrow(
      new RangeError("weightedKMeans: k must be at most 2, got 3"),
    );
  });
});

describe("merging", () => {
  test.each(vectors.lloyd.map((vector, at) => ({ at, ...vector })))(
    "knows how far people are from the merged centroids, as scikit-learn does: crowd $at",
    ({ points, labels, within }) => {
      const k = new Set(labels).size;
      const { distance, choice } = mergedInto(pointsOf(points), spreadOf(points), { by: "operator", k });
      const best = weightedKMeans(pointsOf(points), { k, restarts: 50, seed: 7 });
      expect(choice).toEqual({ k, scores: [] });
      expect(distance ** 2 * points.length).toBeCloseTo(best.within, 6);
      expect(best.within).toBeLessThanOrEqual(within * (1 + 1e-9));
    },
  );

  /** Deviations in the units of the points. */
  function spreadOf(points: Rows) {
    const dim = points[0].length;
    const origin = { count: 1, dim, centroids: new Float64Array(dim) };
    const space = spaceOf(new Float64Array(dim), sumsOf(points, origin), { dim, leastSpread: 100 });
    return { ...space, deviations: space.deviations.map((value) => value * 100) };
  }

  const merging = (rows: Rows) => {
    const explorers = centroidsOf(rows.filter((_, at) => at % 10 === 0));
    const sums = sumsOf(rows, explorers);
    const moved = { ...explorers, centroids: stepped(explorers, sums) };
    const points = mergePoints(moved, sums, { fewest: 1, least: 1 });
    return mergedInto(points, spreadOf(rows), { by: "criterion", least: 1, most: 8 });
  };

  test("finds how many groups there are where they lie apart, and their middles", () => {
    const middles = [
      [0, 0],
      [9, 0],
      [0, 9],
      [9, 9],
    ];
    const random = seededRandom(8);
    const rows = middles.flatMap(([x, y]) =>
      Array.from({ length: 50 }, () => [x + random() - 0.5, y + random() - 0.5]),
    );
    const { merged, choice } = merging(rows);
    expect(choice.k).toBe(4);
    expect(choice.scores.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const segments = rows.map((row) => nearestCentroid(merged, row));
    expect(
      adjustedRand(
        segments,
        rows.map((_, at) => Math.floor(at / 50)),
      ),
    ).toBe(1);
  });

  test("finds one group in a normal crowd", () => {
    const points = normalCrowd([2, 1, 1], { people: 400, seed: 12 });
    const rows = Array.from({ length: 400 }, (_, at) => Array.from(points.subarray(at * 3, at * 3 + 3)));
    expect(merging(rows).choice.k).toBe(1);
  });

  test("leaves out centroids with too few people, but never so many that too few are left", () => {
    const weightsOf = (least: number) => {
      const centroids = { count: 4, dim: 1, centroids: [1, 2, 3, 4] };
      const people = Float64Array.of(40, -3, 0.5, 9);
      return Array.from(mergePoints(centroids, { people }, { fewest: 10, least }).weights);
    };
    expect(weightsOf(1)).toEqual([40, 0, 0, 0]);
    expect(weightsOf(2)).toEqual([40, 0, 0, 9]);
    expect(weightsOf(3)).toEqual([40, 0, 1, 9]);
  });
});

test("the adjusted Rand index is scikit-learn's, and no matter of names", () => {
  for (const { left, right, index } of vectors.rand) {
    expect(adjustedRand(left, right)).toBeCloseTo(index, 12);
    expect(adjustedRand(right, left)).toBeCloseTo(index, 12);
    expect(
      adjustedRand(
        left.map((group) => 9 - group),
        right,
      ),
    ).toBeCloseTo(index, 12);
  }
  expect(adjustedRand([1, 1], [2, 2])).toBe(1);
  expect(() => adjustedRand([1], [1, 2])).toThrow(RangeError);
});
