/**
 * One person's events without those that say nothing about the person: what is learned, ranked and reported from. The
 * rest stays in the journal, and the person sees what was left out and why.
 *
 *   times -> duplicates -> rates
 *
 * Each rule judges what the ones before it left: a handler that fires twice makes nobody a robot. The same rules clean a
 * device's journal (worker/events/eventlog.ts) and an operator's log (server/publishing/train/log.ts).
 */
import type { TacitEvent } from "../event.ts";
import { Duplicates } from "./duplicates.ts";
import { type RateLimit, Rates } from "./rates.ts";
import type { CleaningRule, EventChange } from "./rule.ts";
import { Times } from "./times.ts";

/** `time`: it cannot have happened then. `duplicate`: it was written twice. `rate`: no person is that fast. */
export type LeftOutFor = "time" | "duplicate" | "rate";

export interface CleaningOptions {
  /** Milliseconds since the Unix epoch; without it nothing is ahead of now. */
  readonly nowMs?: number;
  /** How far apart times are that are told apart: 1 on a device, what its log has on a server. */
  readonly resolutionMs?: number;
  readonly rateLimits?: readonly RateLimit[];
}

/** Fewer acts than this make nobody a robot, however fast they come. */
const fewestActs = 200;

export class Cleaning {
  readonly #times: Times;
  readonly #rates: Rates;
  readonly #rules: readonly (readonly [LeftOutFor, CleaningRule])[];

  constructor({ nowMs, resolutionMs, rateLimits }: CleaningOptions = {}) {
    this.#times = new Times(nowMs);
    this.#rates = new Rates({
      ...(resolutionMs === undefined ? {} : { resolutionMs }),
      ...(rateLimits === undefined ? {} : { limits: rateLimits }),
    });
    const duplicates = new Duplicates(resolutionMs === undefined ? {} : { resolutionMs });
    this.#rules = [
      ["time", this.#times],
      ["duplicate", duplicates],
      ["rate", this.#rates],
    ];
  }

  /** @param event one that it does not have. */
  add(event: TacitEvent): readonly EventChange[] {
    return this.#pass([{ change: "added", event }], 0);
  }

  /** @param event one that it has, left out or not. */
  remove(event: TacitEvent): readonly EventChange[] {
    return this.#pass([{ change: "dropped", event }], 0);
  }

  /** What changes as time goes on, or the clock is set. */
  ageTo(nowMs: number): readonly EventChange[] {
    return this.#pass(this.#times.ageTo(nowMs), 1);
  }

  /** Why an event that it has does not count; null when it does. */
  leftOutFor(event: TacitEvent): LeftOutFor | null {
    return this.#rules.find(([, rule]) => rule.leavesOut(event))?.[0] ?? null;
  }

  /** Whether most of what takes a person's own hand came faster than any person is. */
  get isRobot(): boolean {
    const { acts, leftOut } = this.#rates.counts;
    return acts >= fewestActs && 2 * leftOut > acts;
  }

  /** Hands changes from one rule on to the next. */
  #pass(changes: readonly EventChange[], from: number): readonly EventChange[] {
    let passed = changes;
    for (const [, rule] of this.#rules.slice(from)) {
      passed = passed.flatMap(({ change, event }) =>
        change === "added" ? rule.add(event) : rule.remove(event),
      );
    }
    return passed;
  }
}

/** The events that count, in their order. */
export function cleaned(events: readonly TacitEvent[], options: CleaningOptions = {}): readonly TacitEvent[] {
  const cleaning = new Cleaning(options);
  for (const event of events) cleaning.add(event);
  return events.filter((event) => cleaning.leftOutFor(event) === null);
}
