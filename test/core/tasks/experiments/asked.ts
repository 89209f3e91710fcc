/** Experiments as tasks ask about them, for tests: all forms of metric, in layers and in none. */
import fc from "fast-check";
import type { Metric } from "../../../../core/experiments/experiment.ts";
import type { AskedExperiment } from "../../../../core/tasks/experiments/layout.ts";

export const conversion: Metric = { name: "conversion", of: { any: "purchase" }, cap: 1, expected: 0.03 };
export const clicks: Metric = { name: "clicks", of: { count: "click" }, cap: 20 };
export const adjusted: Metric = {
  ...{ name: "revenue", of: { money: "purchase" }, cap: 300 },
  isAdjusted: true,
};
export const clickThrough: Metric = {
  ...{ name: "click-through", of: { count: "click", list: "home" }, cap: 20 },
  per: { of: { count: "impression", list: "home" }, cap: 200 },
};

export function asked(changes: Partial<AskedExperiment> = {}): AskedExperiment {
  return {
    ...{ name: "banner", seed: "s1", layer: null, arms: ["as now", "large"], strata: 2 },
    ...{ metrics: [conversion, clicks, adjusted, clickThrough], windowDays: 7, beforeDays: 30 },
    ...changes,
  };
}

const metricArb = fc.constantFrom(conversion, clicks, adjusted, clickThrough);

/** With names of their own. */
export const askedArb: fc.Arbitrary<readonly AskedExperiment[]> = fc
  .array(
    fc.record({
      layer: fc.constantFrom(null, "page", "ranking"),
      arms: fc.constantFrom(["a", "b"], ["a", "b", "c"]),
      strata: fc.integer({ min: 1, max: 4 }),
      metrics: fc.array(metricArb, { minLength: 1, maxLength: 3 }),
      windowDays: fc.integer({ min: 1, max: 20 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((some) => some.map((one, at) => asked({ ...one, name: `e${at}`, seed: `s${at}` })));
