/**
 * What a person's list teaches: derivatives of the listwise loss, and what a crowd's sum of them solves to.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { UnitShape } from "../../../../core/model/ranker.ts";
import { symmetricEigen } from "../../../../core/psd.ts";
import {
  addedStatistics,
  listStatistics,
  type UnitRows,
} from "../../../../core/ranking/ranker/statistics.ts";
import { seededRandom } from "../../../../core/seeded.ts";
import { discreteGaussian } from "../../../../core/sum/noise.ts";
import { sensitivityOf } from "../../../../core/tasks/itemfactors/contribution.ts";
import {
  rankerContributionOf,
  rankerLength,
  rankerSumOf,
} from "../../../../core/tasks/ranker/contribution.ts";
import { rankedBefore, rankerWeights, ridgeFor } from "../../../../server/kinds/ranker/solve.ts";

const units = 3;
const lists = fc
  .integer({ min: 2, max: 12 })
  .chain((rows) =>
    fc.record({
      values: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
        minLength: rows * units,
        maxLength: rows * units,
      }),
      wanted: fc.array(fc.boolean(), { minLength: rows, maxLength: rows }),
      weights: fc.option(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: rows, maxLength: rows }),
      ),
    }),
  )
  .map(({ values, wanted, weights }) => ({
    ...{ values: Float64Array.from(values), units },
    wanted: Uint8Array.from(wanted, Number),
    weights: weights === null ? undefined : Float64Array.from(weights),
  }));
const scales = { clipL2: 2, curvatureScale: 0.5, weightScale: 0.1 };

test("gradient and curvature are derivatives of the listwise loss at weights of 0", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const told = listStatistics(list);
      const hits = list.wanted.reduce((sum, mark) => sum + mark, 0);
      if (hits === 0 || hits === list.wanted.length) {
        expect(told).toBeNull();
        return;
      }
      const loss = (weights: readonly number[]) => lossOf(list, weights);
      const at = (changes: Readonly<Record<number, number>>) =>
        loss(Array.from({ length: units }, (_, k) => changes[k] ?? 0));
      const step = 1e-3;
      for (let a = 0; a < units; a++) {
        expect(told?.gradient[a]).toBeCloseTo((at({ [a]: -step }) - at({ [a]: step })) / (2 * step), 4);
        for (let b = 0; b < units; b++) {
          const both = (one: number, other: number) =>
            a === b ? at({ [a]: one + other }) : at({ [a]: one, [b]: other });
          const second =
            (both(step, step) - both(step, -step) - both(-step, step) + both(-step, -step)) / (4 * step ** 2);
          expect(told?.curvature[a * units + b]).toBeCloseTo(second, 3);
        }
      }
    }),
  );
});

test("without weights statistics are to the bit what they were before there were any, and what weights of 1 make", () => {
  const values = [
    ...[-1, -0.1453, 0.9568, 0.0063, -0.6968, 1.1475, 0.9392],
    ...[0.9783, 1.2648, -0.5013, 0.28, -0.9913, 0.2848, -0.4917, 1.2792],
  ];
  const list = { values: Float64Array.from(values), units, wanted: Uint8Array.of(0, 1, 1, 0, 1) };
  const told = listStatistics(list);
  expect([...(told?.gradient ?? [])]).toEqual([0.46429999999999993, -0.05496666666666668, 0.4991]);
  const [a, b, c] = [0.155047452, 0.259558732, -0.11051462800000003];
  expect([...(told?.curvature ?? [])]).toEqual([
    ...[0.43997217199999994, a, b, a, 0.356548412, c, b, c, 0.7552480119999998],
  ]);
  fc.assert(
    fc.property(lists, ({ weights: _, ...any }) => {
      const ones = new Float64Array(any.wanted.length).fill(1);
      expect(listStatistics({ ...any, weights: ones })).toEqual(listStatistics(any));
    }),
  );
});

test("weights make no curvature larger, and no gradient larger than the wanted row that is farthest from the mean", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const { weights, ...alike } = list;
      const told = listStatistics(list);
      const plain = listStatistics(alike);
      if (told === null || plain === null || weights === undefined) return;
      const size = (values: Float64Array) => Math.hypot(...values);
      const hits = [...list.wanted.keys()].filter((row) => list.wanted[row] !== 0);
      const whole = hits.reduce((sum, row) => sum + weights[row], 0) / hits.length;
      expect(size(told.curvature)).toBeCloseTo(whole * size(plain.curvature), 9);
      const farthest = hits.map((row) => {
        const wanted = Uint8Array.from(list.wanted, (_, at) => (at === row ? 1 : 0));
        return size(listStatistics({ ...alike, wanted })?.gradient ?? new Float64Array());
      });
      expect(size(told.gradient)).toBeLessThanOrEqual(whole * Math.max(...farthest) + 1e-9);
    }),
  );
});

test("no contribution is longer than the sensitivity, and one within the clip says what it is of", () => {
  fc.assert(
    fc.property(lists, fc.double({ min: 1e-3, max: 1, noNaN: true }), (list, size) => {
      const small = { ...list, values: list.values.map((value) => size * value) };
      const told = listStatistics(small);
      if (told === null) return;
      const values = rankerContributionOf(told, scales);
      expect(values.length).toBe(rankerLength(units));
      const norm = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
      expect(norm).toBeLessThanOrEqual(sensitivityOf(scales) + 1e-12);
      const back = rankerSumOf(values, units, scales);
      expect(back.people).toBeCloseTo(1, 12);
      const full = Math.sqrt(
        told.gradient.reduce((sum, value) => sum + value ** 2, 0) +
          scales.curvatureScale ** 2 * told.curvature.reduce((sum, value) => sum + value ** 2, 0),
      );
      const kept = Math.min(1, scales.clipL2 / full);
      for (const [k, value] of told.gradient.entries())
        expect(back.gradient[k]).toBeCloseTo(kept * value, 10);
      for (const [k, value] of told.curvature.entries())
        expect(back.curvature[k]).toBeCloseTo(kept * value, 10);
    }),
  );
});

test("weights have the least of the quadratic that people's sums make, and of the way from the ranking before", () => {
  fc.assert(
    fc.property(fc.array(lists, { minLength: 1, maxLength: 6 }), (all) => {
      const told = all.map(listStatistics);
      const sum = addedStatistics(told);
      if (sum === null) {
        expect(told.every((one) => one === null)).toBe(true);
        return;
      }
      const people = told.filter((one) => one !== null).length;
      const [lambda, strongest] = [0.02, 0.7];
      const held = {
        ridge: Float64Array.from({ length: units }, (_, k) => lambda * (1 + k)),
        before: Float64Array.from({ length: units }, (_, k) => (k === 0 ? strongest : 0)),
      };
      const weights = rankerWeights(sum, people, held);
      const bend = (sum.curvature[0] / people + 0.001) * strongest ** 2;
      const strength = (strongest * Math.max(0, sum.gradient[0])) / people / bend;
      const slope = Float64Array.from(weights, (weight, a) => {
        const curved = weights.reduce((total, other, b) => total + sum.curvature[a * units + b] * other, 0);
        const away = weight - strength * held.before[a];
        return curved / people + held.ridge[a] * away - sum.gradient[a] / people;
      });
      for (const value of slope) expect(value).toBeCloseTo(0, 6);
    }),
  );
});

test("where noise says nothing weights are as the ranking before, as strong as fits best", () => {
  const [gradient, curvature] = [Float64Array.of(3, 1), Float64Array.of(2, 0, 0, 2)];
  const held = { ridge: new Float64Array(2).fill(1e9), before: Float64Array.of(0.5, 0) };
  expect([...rankerWeights({ gradient, curvature }, 1, held)]).toEqual([
    expect.closeTo(1.5, 2),
    expect.closeTo(0, 6),
  ]);
});

test("units are held by half the largest direction that noise alone makes of a curvature, features themselves by less", () => {
  const [size, deviation, people] = [80, 3, 50];
  const random = seededRandom(11);
  const fill = (bytes: Uint8Array) => bytes.set(Array.from(bytes, () => Math.floor(random() * 256)));
  const noise = discreteGaussian(rankerLength(size), 1000 * deviation, fill).map((value) => value / 1000);
  const { curvature } = rankerSumOf(noise, size, scales);
  const { values } = symmetricEigen(
    curvature.map((value) => value / people),
    size,
  );
  const radius = Math.max(...values.map(Math.abs));
  const shapes = Array.from(
    { length: size },
    (_, k): UnitShape =>
      k % 2 === 0 ? { shape: "linear", of: "joint" } : { shape: "above", of: "joint", at: 0 },
  );
  const held = { units: shapes, people, curvatureScale: scales.curvatureScale };
  const ridge = ridgeFor(deviation, held);
  const least = ridgeFor(0, held);
  // Without noise a little of each is held, so that there is a solution.
  expect([...least]).toEqual(shapes.map(() => least[0]));
  expect(least[0]).toBeGreaterThan(0);
  expect(least[0]).toBeLessThan(0.01);
  for (const [k, { shape }] of shapes.entries()) {
    const part = shape === "linear" ? 0.3 : 1;
    expect((ridge[k] - least[k]) / (part * (ridge[1] - least[1]))).toBeCloseTo(1, 9);
  }
  // Of a matrix of this size the largest lies within a tenth of what it goes to.
  expect((ridge[1] - least[1]) / (radius / 2)).toBeGreaterThan(0.85);
  expect((ridge[1] - least[1]) / (radius / 2)).toBeLessThan(1.15);
});

test("a ranking without a ranker orders by the joint score most, then by pairs and by what is bought lately, and no more", () => {
  const linear = (of: string): UnitShape => ({ shape: "linear", of });
  const units: readonly UnitShape[] = [
    ...[linear("lately"), linear("joint"), linear("price"), linear("pairs")],
    { shape: "size", of: "joint" },
    { shape: "above", of: "pairs", at: 1 },
    { shape: "product", of: "joint", by: "lately" },
  ];
  expect([...rankedBefore(units)]).toEqual([0.3, 0.7, 0, 0.3, 0, 0, 0]);
});

test("a sum that noise made no matrix of squares of still has weights", () => {
  const gradient = Float64Array.of(1, -1);
  const curvature = Float64Array.of(-4, 0, 0, 2);
  const weights = rankerWeights({ gradient, curvature }, 1, {
    ridge: Float64Array.of(0.5, 0.5),
    before: new Float64Array(2),
  });
  expect([...weights]).toEqual([expect.closeTo(2, 12), expect.closeTo(-0.4, 12)]);
});

function lossOf({ values, wanted, weights: counts }: UnitRows, weights: readonly number[]): number {
  const scores = Array.from(wanted, (_, row) =>
    weights.reduce((sum, weight, k) => sum + weight * values[row * units + k], 0),
  );
  const whole = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  const losses = scores.flatMap((score, row) =>
    wanted[row] === 0 ? [] : [(counts?.[row] ?? 1) * (whole - score)],
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
