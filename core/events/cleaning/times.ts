/**
 * Impossible times: a clock that was wrong when the event happened, or is wrong now.
 *
 * A time that is no number, or from before there were browsers, is left out. One that is more than a day ahead of now is
 * left out while most of the journal is not: then that event's clock was wrong. While most is ahead, the clock of now is
 * the one that is wrong (set back, or a device that forgot the date): then what is ahead counts as of now
 * (tastes.ts), so that nobody loses a journal to an empty battery.
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
  /** Events at a possible time, oldest first. */
  readonly #events: TacitEvent[] = [];
  /** Of `#events`, how many are not ahead. */
  #past = 0;
  #nowMs: number;

  /** @param nowMs milliseconds since the Unix epoch; nothing is ahead of infinity. */
  constructor(nowMs = Number.POSITIVE_INFINITY) {
    this.#nowMs = nowMs;
  }

  add(event: TacitEvent): readonly EventChange[] {
    if (!isPossible(event)) return [];
    const before = this.#counting();
    insertInOrder(this.#events, event);
    if (!this.#isAhead(event)) this.#past++;
    return [...this.#changesOfOthers(before, event), ...(this.leavesOut(event) ? [] : [added(event)])];
  }

  remove(event: TacitEvent): readonly EventChange[] {
    const place = isPossible(event) ? placeOf(this.#events, event) : null;
    if (place === null) return [];
    const before = this.#counting();
    const wasOut = this.leavesOut(event);
    this.#events.splice(place, 1);
    if (!this.#isAhead(event)) this.#past--;
    return [...this.#changesOfOthers(before, event), ...(wasOut ? [] : [dropped(event)])];
  }

  /** What changes as time goes on, or the clock is set. */
  ageTo(nowMs: number): readonly EventChange[] {
    const before = this.#counting();
    const length = before === "past" ? this.#past : this.#events.length;
    this.#nowMs = nowMs;
    this.#past = this.#firstAhead();
    const newLength = this.#counting() === "past" ? this.#past : this.#events.length;
    return length < newLength
      ? this.#events.slice(length, newLength).map(added)
      : this.#events.slice(newLength, length).map(dropped);
  }

  leavesOut(event: TacitEvent): boolean {
    return !isPossible(event) || (this.#isAhead(event) && this.#counting() === "past");
  }

  /** Which events count: what is not ahead, while that is most of the journal. */
  #counting(): "past" | "all" {
    return 2 * this.#past > this.#events.length ? "past" : "all";
  }

  #changesOfOthers(before: "past" | "all", event: TacitEvent): readonly EventChange[] {
    const now = this.#counting();
    if (now === before) return [];
    const ahead = this.#events.slice(this.#past).filter(({ id }) => id !== event.id);
    return ahead.map(now === "past" ? dropped : added);
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

function isPossible({ atMs }: TacitEvent): boolean {
  return Number.isFinite(atMs) && atMs >= firstPossibleMs;
}
