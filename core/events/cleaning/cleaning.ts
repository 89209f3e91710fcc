/**
 * One person's events without those that say nothing about the person: what is learned, ranked and reported
 * from. The rest stays in the journal, and the person sees what was left out and why.
 *
 *   duplicates -> rates
 *
 * Each rule judges what the one before it left: a handler that fires twice makes nobody a robot. The same
 * rules clean a device's journal (worker/events/eventlog.ts) and an operator's log
 * (server/publishing/train/cleaning.ts). Events at impossible times count, for what they say (times.ts).
 */
import type { TacitEvent } from "../event.ts";
import { Duplicates } from "./duplicates.ts";
import { type RateLimit, Rates } from "./rates.ts";
import type { EventChange, LeftOutFor } from "./rule.ts";

export interface CleaningOptions {
  readonly rateLimits?: readonly RateLimit[];
}

/**
 * Fewer acts that came too fast make nobody a robot: a page of products may say once that all were viewed.
 */
const fewestOfRobot = 300;

export class Cleaning {
  readonly #duplicates = new Duplicates();
  readonly #rates: Rates;

  constructor(options: CleaningOptions = {}) {
    this.#rates = new Rates(options);
  }

  /** @param event one that it does not have. */
  add(event: TacitEvent): readonly EventChange[] {
    return this.#onward(this.#duplicates.add(event));
  }

  /** @param event one that it has, left out or not. */
  remove(event: TacitEvent): readonly EventChange[] {
    return this.#onward(this.#duplicates.remove(event));
  }

  /** Why an event that it has does not count; null when it does. */
  leftOutFor(event: TacitEvent): LeftOutFor | null {
    if (this.#duplicates.leavesOut(event)) return "duplicate";
    return this.#rates.leavesOut(event) ? "rate" : null;
  }

  /** Whether most of what takes a person's own hand came faster than any person is. */
  get isRobot(): boolean {
    return isRobot(this.#rates.counts);
  }

  /** What the changes of the first rule change for the second. */
  #onward(changes: readonly EventChange[]): readonly EventChange[] {
    return changes.flatMap(({ change, event }) =>
      change === "added" ? this.#rates.add(event) : this.#rates.remove(event),
    );
  }
}

/**
 * @param acts how many acts take a person's own hand each time (`takesAHand`).
 * @param leftOut how many of them came too fast.
 */
export function isRobot({ acts, leftOut }: { readonly acts: number; readonly leftOut: number }): boolean {
  return leftOut >= fewestOfRobot && 2 * leftOut > acts;
}

/** The events that count, in their order. */
export function cleaned(events: readonly TacitEvent[], options: CleaningOptions = {}): readonly TacitEvent[] {
  const cleaning = new Cleaning(options);
  for (const event of events) cleaning.add(event);
  return events.filter((event) => cleaning.leftOutFor(event) === null);
}
