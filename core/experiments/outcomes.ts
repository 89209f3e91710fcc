/**
 * What came of a person's first exposure, for each metric of an experiment, as shares of the caps:
 *
 *   y = min(of, cap) / cap              in the windowDays from the exposure on
 *   x = min(per, its cap) / its cap     in the same days, of a ratio
 *   x = min(of, cap) / cap              in the beforeDays until the exposure, of an adjusted metric
 *
 * What happens in the moment of the exposure is after it; what happens as the window ends is not in it. So no
 * event counts both before and after.
 */
import type { TacitEvent } from "../events/event.ts";
import { dayMs } from "../time.ts";
import type { Experiment, Measure } from "./experiment.ts";
import { measured, type PriceOf, type Span } from "./measure.ts";

/** Each 0..1. */
export interface Outcome {
  readonly y: number;
  /** 0 where a metric has neither covariate nor denominator. */
  readonly x: number;
}

export interface Exposing {
  /** The person's, those that count, the oldest first. */
  readonly events: readonly TacitEvent[];
  /** First exposure, in milliseconds since the Unix epoch. */
  readonly exposedMs: number;
  readonly priceOf: PriceOf;
}

/** In the order of the metrics. */
export function outcomesOf(
  { metrics, windowDays, beforeDays }: Pick<Experiment, "metrics" | "windowDays" | "beforeDays">,
  { events, exposedMs, priceOf }: Exposing,
): readonly Outcome[] {
  const after: Span = { fromMs: exposedMs, toMs: exposedMs + windowDays * dayMs };
  const before: Span = { fromMs: exposedMs - beforeDays * dayMs, toMs: exposedMs };
  const share = (of: Measure, cap: number, span: Span): number =>
    Math.min(cap, measured(of, events, span, priceOf)) / cap;
  return metrics.map(({ of, cap, per, isAdjusted = false }) => {
    const y = share(of, cap, after);
    if (per !== undefined) return { y, x: share(per.of, per.cap, after) };
    return { y, x: isAdjusted ? share(of, cap, before) : 0 };
  });
}
