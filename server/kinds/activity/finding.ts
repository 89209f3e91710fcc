/**
 * What a round on activity found, as it is stored, and in lines for the operator: each number with what noise
 * leaves open.
 */
import * as v from "valibot";
import type { Estimate } from "../../../core/sum/estimate.ts";
import type { ActivityEstimate } from "../../../core/tasks/activity/estimate.ts";

const estimate = v.object({ value: v.number(), low: v.number(), high: v.number() });
const findingSchema = v.object({
  /** The days that it is about. */
  fromMs: v.number(),
  toMs: v.number(),
  estimate: v.object({
    people: estimate,
    kinds: v.array(v.object({ kind: v.string(), events: estimate })),
    hours: v.array(estimate),
    weekdays: v.array(estimate),
    places: v.array(v.object({ seen: estimate, clicked: estimate })),
  }),
});

/** What is kept of a round. */
export interface ActivityFinding {
  readonly fromMs: number;
  readonly toMs: number;
  readonly estimate: ActivityEstimate;
}

const weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export function describeFinding(value: unknown): readonly string[] {
  const { fromMs, toMs, estimate: found }: ActivityFinding = v.parse(findingSchema, value);
  const placed = found.places.flatMap(({ seen, clicked }, k) =>
    seen.high + clicked.high === 0
      ? []
      : [`place ${k + 1}: seen ${rangeOf(seen)}, clicked ${rangeOf(clicked)}`],
  );
  return [
    `${dayOf(fromMs)} to ${dayOf(toMs - 1)}: ${rangeOf(found.people)} people`,
    ...found.kinds.map(({ kind, events }) => `${kind.padEnd(12)} ${rangeOf(events)}`),
    `by hour       ${found.hours.map((hour, k) => `${k}h ${rangeOf(hour)}`).join(", ")}`,
    `by weekday    ${found.weekdays.map((day, k) => `${weekdayNames[k]} ${rangeOf(day)}`).join(", ")}`,
    ...placed,
  ];
}

/** The value, and the interval where noise or rounding moves a whole number. */
function rangeOf({ value, low, high }: Estimate): string {
  const [least, most] = [Math.round(low), Math.round(high)];
  return least === most ? String(least) : `${Math.round(value)} (${least} to ${most})`;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
