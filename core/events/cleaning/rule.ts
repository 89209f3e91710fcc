/**
 * The contract of a cleaning rule: which of one person's events count, kept in step with events that come and
 * go.
 *
 * What a rule leaves out depends on the events it has now, not on the order in which they came: after any
 * additions and removals it is what one pass over the events that are left would say
 * (test/core/events/plaincleaning.ts).
 */
import type { TacitEvent } from "../event.ts";

/** `duplicate`: it was written twice. `rate`: no person is that fast. */
export type LeftOutFor = "duplicate" | "rate";

/** An event that counts from now on, or does not any more. */
export interface EventChange {
  readonly change: "added" | "dropped";
  readonly event: TacitEvent;
}

export interface CleaningRule {
  /** @param event one that the rule does not have. */
  readonly add: (event: TacitEvent) => readonly EventChange[];
  /** @param event one that the rule has, left out or not. */
  readonly remove: (event: TacitEvent) => readonly EventChange[];
  /** Whether an event that the rule has is left out. */
  readonly leavesOut: (event: TacitEvent) => boolean;
}

export function added(event: TacitEvent): EventChange {
  return { change: "added", event };
}

export function dropped(event: TacitEvent): EventChange {
  return { change: "dropped", event };
}
