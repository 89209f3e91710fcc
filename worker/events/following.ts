/**
 * What is kept in step with the events of a log that count, instead of being made again each time it is asked
 * for.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import type { EventLog } from "./eventlog.ts";

export interface Follower {
  /** An event that counts from now on. */
  readonly add: (event: TacitEvent) => void;
  /** One that was added, and does not count any more. */
  readonly remove: (event: TacitEvent) => void;
}

export interface Followed<About, Kept extends Follower> {
  readonly log: EventLog;
  /** What it is made from besides: with another one it is made again. */
  readonly about: About;
  /** With these events of the log, which are all that count. */
  readonly make: (events: readonly TacitEvent[]) => Kept;
}

export class Following<About, Kept extends Follower> {
  #last: { readonly log: EventLog; readonly about: About; readonly kept: Kept; changes: number } | null =
    null;

  of({ log, about, make }: Followed<About, Kept>): Kept {
    if (this.#last?.log !== log || this.#last.about !== about) {
      this.#last = { log, about, kept: make(log.clean()), changes: log.changeCount };
    }
    const { kept, changes } = this.#last;
    for (const { change, event } of log.changesFrom(changes)) {
      if (change === "added") kept.add(event);
      else kept.remove(event);
    }
    this.#last.changes = log.changeCount;
    return kept;
  }

  forget(): void {
    this.#last = null;
  }
}
