import fc from "fast-check";
import { expect, test } from "vitest";
import { addCells, type Cell, cellsOf, wholeArm } from "../../../../core/tasks/experiments/cells.ts";
import {
  lookOf,
  type Measured,
  type Participation,
} from "../../../../core/tasks/experiments/contribution.ts";
import { type AskedExperiment, experimentsLayout } from "../../../../core/tasks/experiments/layout.ts";
import { dayMs } from "../../../../core/time.ts";
import { adjusted, asked, askedArb, clicks, conversion } from "./asked.ts";

const toMs = 100 * dayMs;

function participation(changes: Partial<Participation> = {}): Participation {
  return {
    ...{ experiment: "banner", seed: "s1", arm: "large", stratum: 1 },
    ...{ exposedMs: toMs - 10 * dayMs, ...changes },
  };
}

/** Anything that an experiment may measure, and what a broken one might. */
const shareArb = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(Number.NaN, -1, 7, Number.POSITIVE_INFINITY),
);
const measuredArb = fc.array(fc.record({ y: shareArb, x: shareArb }), { minLength: 3, maxLength: 3 });
const participationsArb = fc.array(
  fc.record({
    // Most of them of what is asked about, and several of one experiment.
    ...{ experiment: fc.constantFrom("e0", "e0", "e1", "gone"), seed: fc.constantFrom("s0", "s0", "s1") },
    arm: fc.constantFrom("a", "b", "c", "gone"),
    stratum: fc.integer({ min: -1, max: 4 }),
    exposedMs: fc.integer({ min: toMs - 40 * dayMs, max: toMs + dayMs }),
  }),
  { maxLength: 12 },
);
test("no answer is longer than the sensitivity, whatever was kept and measured", () => {
  fc.assert(
    fc.property(askedArb, participationsArb, measuredArb, (experiments, untold, measured) => {
      const layout = experimentsLayout(experiments);
      const { values } = lookOf(layout, { toMs, untold, measure: () => measured });
      expect(Math.hypot(...values)).toBeLessThanOrEqual(layout.sensitivity + 1e-12);
      expect(values).toHaveLength(layout.length);
    }),
  );
});

test("experiments of one layer cost together what one of them costs", () => {
  const of = (...layers: readonly (string | null)[]): number =>
    experimentsLayout(layers.map((layer, at) => asked({ name: `e${at}`, layer }))).sensitivity;
  expect(of("page", "page", "page")).toBe(of(null));
  expect(of("page", null, "ranking", null)).toBe(Math.sqrt(4));
});

test("somebody of whom nothing is to be told answers with zeros", () => {
  const layout = experimentsLayout([asked()]);
  const never = (): never => {
    throw new Error("nothing is measured");
  };
  for (const untold of [
    [],
    [participation({ experiment: "another" })],
    [participation({ seed: "dealt anew" })],
    [participation({ arm: "not asked about" })],
    [participation({ stratum: 2 })],
    [participation({ exposedMs: toMs - 7 * dayMs + 1 })],
  ]) {
    const told = lookOf(layout, { toMs, untold, measure: never });
    expect(told.values.every((value) => value === 0)).toBe(true);
    expect(told.participations).toEqual([]);
  }
});

test("a window that closes with the look is in it", () => {
  const layout = experimentsLayout([asked()]);
  const one = participation({ exposedMs: toMs - 7 * dayMs });
  const measure = (): readonly Measured[] => asked().metrics.map(() => ({ y: 0, x: 0 }));
  expect(lookOf(layout, { toMs, untold: [one], measure }).participations).toEqual([one]);
});

test("of two experiments of a layer the one seen first is told, and the other in the next look", () => {
  const layout = experimentsLayout(
    ["e0", "e1"].map((name) => asked({ name, seed: name, layer: "page", metrics: [conversion] })),
  );
  const first = participation({ experiment: "e1", seed: "e1", exposedMs: toMs - 20 * dayMs });
  const second = participation({ experiment: "e0", seed: "e0", exposedMs: toMs - 9 * dayMs });
  const measure = (): readonly Measured[] => [{ y: 1, x: 0 }];
  expect(lookOf(layout, { toMs, untold: [second, first], measure }).participations).toEqual([first]);
  expect(lookOf(layout, { toMs, untold: [second], measure }).participations).toEqual([second]);
});

test.each([null, "page"])("of an experiment of layer %s one part alone is told, the first", (layer) => {
  const layout = experimentsLayout([asked({ layer, metrics: [conversion] })]);
  const first = participation({ arm: "as now", exposedMs: toMs - 20 * dayMs });
  const untold = [participation({ exposedMs: toMs - 9 * dayMs }), first];
  const told = lookOf(layout, { toMs, untold, measure: () => [{ y: 1, x: 0 }] });
  expect(told.participations).toEqual([first]);
  expect(Math.hypot(...told.values)).toBeCloseTo(1, 12);
});

/** A crowd, each with a part in the one experiment, and what is measured of them. */
const crowdArb = fc.array(
  fc.record({
    arm: fc.constantFrom("as now", "large"),
    stratum: fc.constantFrom(0, 1),
    measured: fc.array(
      fc.record({
        y: fc.double({ min: 0, max: 1, noNaN: true }),
        x: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 4, maxLength: 4 },
    ),
  }),
  { maxLength: 20 },
);

test("the cells of a sum without noise are the sums over the people of each cell", () => {
  const one = asked();
  const layout = experimentsLayout([asked({ name: "before", seed: "s0" }), one]);
  fc.assert(
    fc.property(crowdArb, (people) => {
      const sum = new Float64Array(layout.length);
      for (const { arm, stratum, measured } of people) {
        // Conversions are 0 or 1.
        const shares = measured.map(({ y, x }, at) => (at === 0 ? { y: Math.round(y), x: 0 } : { y, x }));
        const { values } = lookOf(layout, {
          toMs,
          untold: [participation({ arm, stratum })],
          measure: () => shares,
        });
        for (const [at, value] of values.entries()) sum[at] += value;
      }
      const [nothing, cells] = cellsOf(layout, sum, 0);
      expect(nothing.arms.flat().every(({ n }) => n.value === 0)).toBe(true);
      for (const [arm, name] of one.arms.entries()) {
        for (const stratum of [0, 1]) {
          const here = people.filter((person) => person.arm === name && person.stratum === stratum);
          const cell = cells.arms[arm][stratum];
          expect(cell.n.value).toBeCloseTo(here.length, 9);
          for (const [at, { cap, per }] of one.metrics.entries()) {
            const y = here.map(
              ({ measured }) => cap * (at === 0 ? Math.round(measured[0].y) : measured[at].y),
            );
            const x = here.map(({ measured }) => (per?.cap ?? cap) * measured[at].x);
            const metric = cell.metrics[at];
            near(metric.y.value, total(y));
            near(metric.yy.value, total(y.map((value) => value * value)));
            if (metric.second === null) continue;
            near(metric.second.x.value, total(x));
            near(metric.second.xx.value, total(x.map((value) => value * value)));
            near(metric.second.xy.value, total(x.map((value, person) => value * y[person])));
          }
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("each number's noise is the sum's over its scale, in the metric's unit; looks and strata add up", () => {
  const experiment: AskedExperiment = asked({ metrics: [clicks, adjusted] });
  const layout = experimentsLayout([experiment]);
  const [{ scales }] = layout.experiments;
  const noise = 3;
  const [cells] = cellsOf(layout, new Float64Array(layout.length), noise);
  const [cell] = cells.arms[0];
  near(cell.n.noise, noise / scales.n);
  near(cell.metrics[0].yy.noise, (noise / Number(scales.metrics[0].yy)) * clicks.cap ** 2);
  near(Number(cell.metrics[1].second?.xy.noise), (noise / Number(scales.metrics[1].second?.xy)) * 300 ** 2);
  const doubled: Cell = wholeArm(addCells(cells, cells).arms[1]);
  near(doubled.n.noise, (noise / scales.n) * Math.sqrt(4));
  near(doubled.metrics[0].y.noise, (noise / scales.metrics[0].y) * clicks.cap * Math.sqrt(4));
});

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function near(value: number, expected: number): void {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}
