import fc from "fast-check";
import { expect, test } from "vitest";
import type { Metric } from "../../../../core/experiments/experiment.ts";
import { type CellScales, scalesOf } from "../../../../core/tasks/experiments/scales.ts";
import { adjusted, clicks, clickThrough, conversion } from "./asked.ts";

const metricsArb = fc.array(fc.constantFrom(conversion, clicks, adjusted, clickThrough), {
  minLength: 1,
  maxLength: 5,
});

/** In the order of the vector. */
function listed({ n, metrics }: CellScales): readonly number[] {
  const of = ({ y, yy, second }: CellScales["metrics"][number]): readonly number[] =>
    [y, yy, second?.x ?? null, second?.xx ?? null, second?.xy ?? null].filter((one) => one !== null);
  return [n, ...metrics.flatMap(of)];
}

/** What the header says an error of each number moves, in the order of the vector. */
function weights(metrics: readonly Metric[]): readonly number[] {
  const importance = (at: number): number => (at === 0 ? 1 : 0.5);
  const people = Math.max(0.1, ...metrics.map(({ expected = 0.1 }, at) => importance(at) * expected));
  const of = ({ of: measure, per, isAdjusted }: Metric, at: number): readonly number[] =>
    [1, ...("any" in measure && !per ? [] : [0.2]), ...(per || isAdjusted ? [0.5, 0.2, 0.2] : [])].map(
      (need) => need * importance(at),
    );
  return [people, ...metrics.flatMap(of)];
}

test("a cell whose numbers are all 1 has a norm of 1", () => {
  fc.assert(
    fc.property(metricsArb, (metrics) => {
      expect(Math.hypot(...listed(scalesOf(metrics)))).toBeCloseTo(1, 12);
    }),
  );
});

test("no other scales of the same norm let the noise move less", () => {
  const moved = (needs: readonly number[], scales: readonly number[]): number =>
    needs.reduce((sum, need, at) => sum + (need / scales[at]) ** 2, 0);
  fc.assert(
    fc.property(
      metricsArb,
      fc.infiniteStream(fc.double({ min: 0.01, max: 1, noNaN: true })),
      (metrics, others) => {
        const [needs, scales] = [weights(metrics), listed(scalesOf(metrics))];
        expect(scales).toHaveLength(needs.length);
        const some = scales.map(() => Number(others.next().value));
        const norm = Math.hypot(...some);
        expect(moved(needs, scales)).toBeLessThanOrEqual(
          moved(
            needs,
            some.map((one) => one / norm),
          ) + 1e-9,
        );
      },
    ),
  );
});

test("a rare outcome leaves less of the clip to the number of people", () => {
  const [rare] = [scalesOf([{ ...conversion, expected: 0.03 }])];
  const often = scalesOf([{ ...conversion, expected: 0.8 }]);
  expect(rare.n).toBeLessThan(often.n);
  expect(rare.metrics[0].y).toBeGreaterThan(often.metrics[0].y);
});
