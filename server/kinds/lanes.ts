/** What the lanes of a task that has one block say together, and which of them were left out (robust.ts). */
import { fromField } from "../../core/sum/field.ts";
import { decodeFixed } from "../../core/sum/fixedpoint.ts";
import type { Consumed, Summed } from "../tasks/kind.ts";
import { robustSum } from "./robust.ts";

export interface LanesTogether {
  /** In the units of the vector. */
  readonly values: Float64Array;
  /** Reports in the lanes that count. */
  readonly reports: number;
  /** How many lanes count: each carries the noise of both aggregators. */
  readonly sums: number;
  readonly leftOut: NonNullable<Consumed["leftOut"]>;
}

export function lanesTogether({ task, aggregates }: Pick<Summed, "task" | "aggregates">): LanesTogether {
  const { sensitivity, sigma } = task;
  const lanes = aggregates.map(({ batch, sum }) => ({
    reports: batch.counted,
    values: decodeFixed(fromField(sum), task),
  }));
  // Both aggregators add their noise to every lane.
  const { values, reports, dropped } = robustSum(lanes, { sensitivity, sigma: Math.SQRT2 * sigma });
  const leftOut = dropped.map(({ lane, reports: lost, why }) => ({
    batch: aggregates[lane].batch,
    leftOut: { [`lane ${why}`]: lost },
  }));
  return { values, reports, sums: lanes.length - dropped.length, leftOut };
}
