/** Experiments to try things on. */
import type { Experiment } from "../../../core/experiments/experiment.ts";
import type { Visitor } from "../../../core/experiments/visitor.ts";
import { dayMs } from "../../../core/time.ts";

export const fromMs = Date.UTC(2026, 5, 1);

export function experimentOf(change: Partial<Experiment> = {}): Experiment {
  return {
    ...{ name: "banner", seed: "banner-1", layer: null, coverage: 1 },
    arms: [
      { name: "control", weight: 0.5 },
      { name: "big", weight: 0.5 },
    ],
    ...{ audience: {}, strata: { by: "nothing" } },
    metrics: [{ name: "clicks", of: { any: "click" }, cap: 1 }],
    ...{ fromMs, toMs: fromMs + 28 * dayMs, windowDays: 7, beforeDays: 14 },
    ...change,
  };
}

export const anybody: Visitor = {
  ...{ device: null, segment: null, isReturning: false, language: null, path: null },
  facts: new Map(),
};

/** Arms named "0", "1", … of these weights. */
export function armsOf(...weights: readonly number[]): Experiment["arms"] {
  return weights.map((weight, at) => ({ name: String(at), weight }));
}
