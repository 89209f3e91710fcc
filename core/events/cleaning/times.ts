/**
 * Impossible times: a clock that was wrong when the event happened, or is wrong now.
 *
 * A time that is no number is left out, and so is one from before there were browsers, unless now is such a time, too. One
 * that is more than a day ahead of now is left out while most of the journal is not: then that event's clock was wrong.
 * While most is ahead, the clock of now is the one that is wrong (set back, or a device that forgot the date): then what
 * is ahead counts as of now (tastes.ts), so that nobody loses a journal to an empty battery.
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
    const before = this.#range();
    insertInOrder(this.#events, event);
    this.#count(event, 1);
    return [...this.#changesOfOthers(before, event), ...(this.leavesOut(event) ? [] : [added(event)])];
  }

  remove(event: TacitEvent): readonly EventChange[] {
    const place = Number.isFinite(event.atMs) ? placeOf(this.#events, event) : null;
    if (place === null) return [];
    const before = this.#range();
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
    if (isEarly(event)) return this.#range().from > 0;
    return this.#isAhead(event) && this.#range().counts === "past";
  }

  /** Which of the events count: from one place to another. */
  #range(): { readonly from: number; readonly to: number; readonly counts: "past" | "all" } {
    const from = this.#nowMs < firstPossibleMs ? 0 : this.#early;
    const isMostPast = 2 * (this.#past - from) > this.#events.length - from;
    return isMostPast
      ? { from, to: this.#past, counts: "past" }
      : { from, to: this.#events.length, counts: "all" };
  }

  #changesOfOthers(before: { readonly counts: "past" | "all" }, event: TacitEvent): readonly EventChange[] {
    const { counts } = this.#range();
    if (counts === before.counts) return [];
    const ahead = this.#events.slice(this.#past).filter(({ id }) => id !== event.id);
    return ahead.map(counts === "past" ? dropped : added);
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
