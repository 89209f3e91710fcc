/**
 * Impossible times: a clock that was wrong when the event happened, or is wrong now.
 *
 *   no number                      always left out
 *   from before there were browsers   left out while that is less than half of the journal, and now is no such time
 *   more than a day ahead of now   left out while that is less than half of the rest
 *
 * Whichever clock most of the journal agrees with is right: nobody loses a journal to a clock that was set back, or to
 * an empty battery; what is ahead then counts as of now (tastes.ts).
 */
import { dayMs } from "../../time.ts";
import type { TacitEvent } from "../event.ts";
import { insertInOrder, placeOf } from "../order.ts";
import { added, type CleaningRule, dropped, type EventChange } from "./rule.ts";

/** The first browser was made at the end of 1990. */
export const firstPossibleMs = Date.UTC(1990, 11, 1);
/** Further ahead than any zone that was set by changing the time. */
export const mostAheadMs = dayMs;

export class Times implements CleaningRule {
  /** Events at a time that is a number, oldest first. */
  readonly #events: TacitEvent[] = [];
  /** Of `#events`, how many are from before browsers, and how many are not ahead. */
  #early = 0;
  #past = 0;
  #nowMs: number;

  /** @param nowMs milliseconds since the Unix epoch; nothing is ahead of infinity. */
  constructor(nowMs = Number.POSITIVE_INFINITY) {
    this.#nowMs = nowMs;
  }

  add(event: TacitEvent): readonly EventChange[] {
    if (!Number.isFinite(event.atMs)) return [];
    const before = this.#counting();
    insertInOrder(this.#events, event);
    this.#count(event, 1);
    return [...this.#changesOfOthers(before, event), ...(this.leavesOut(event) ? [] : [added(event)])];
  }

  remove(event: TacitEvent): readonly EventChange[] {
    const place = Number.isFinite(event.atMs) ? placeOf(this.#events, event) : null;
    if (place === null) return [];
    const before = this.#counting();
    const wasOut = this.leavesOut(event);
    this.#events.splice(place, 1);
    this.#count(event, -1);
    return [...this.#changesOfOthers(before, event), ...(wasOut ? [] : [dropped(event)])];
  }

  /** What changes as time goes on, or the clock is set. */
  ageTo(nowMs: number): readonly EventChange[] {
    const before = this.#range();
    this.#nowMs = nowMs;
    this.#past = this.#firstAhead();
    const now = this.#range();
    return [...this.#between(now.from, before.from), ...this.#between(before.to, now.to)];
  }

  leavesOut(event: TacitEvent): boolean {
    if (!Number.isFinite(event.atMs)) return true;
    const { early, ahead } = this.#counting();
    return (isEarly(event) && !early) || (this.#isAhead(event) && !ahead);
  }

  /** Whether what is early counts, and what is ahead. */
  #counting(): { readonly early: boolean; readonly ahead: boolean } {
    const early = this.#nowMs < firstPossibleMs || 2 * this.#early >= this.#events.length;
    const from = early ? 0 : this.#early;
    return { early, ahead: 2 * (this.#past - from) <= this.#events.length - from };
  }

  /** Which of the events count: from one place to another. */
  #range(): { readonly from: number; readonly to: number } {
    const { early, ahead } = this.#counting();
    return { from: early ? 0 : this.#early, to: ahead ? this.#events.length : this.#past };
  }

  #changesOfOthers(
    before: { readonly early: boolean; readonly ahead: boolean },
    event: TacitEvent,
  ): readonly EventChange[] {
    const now = this.#counting();
    const isOther = ({ id }: TacitEvent): boolean => id !== event.id;
    const early = now.early === before.early ? [] : this.#events.slice(0, this.#early).filter(isOther);
    const ahead = now.ahead === before.ahead ? [] : this.#events.slice(this.#past).filter(isOther);
    return [...early.map(now.early ? added : dropped), ...ahead.map(now.ahead ? added : dropped)];
  }

  /** Added from one place to a later one, dropped from one to an earlier one. */
  #between(start: number, end: number): readonly EventChange[] {
    return start < end
      ? this.#events.slice(start, end).map(added)
      : this.#events.slice(end, start).map(dropped);
  }

  #count(event: TacitEvent, by: 1 | -1): void {
    if (isEarly(event)) this.#early += by;
    if (!this.#isAhead(event)) this.#past += by;
  }

  #isAhead({ atMs }: TacitEvent): boolean {
    return atMs > this.#nowMs + mostAheadMs;
  }

  #firstAhead(): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isAhead(this.#events[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function isEarly({ atMs }: TacitEvent): boolean {
  return atMs < firstPossibleMs;
}
