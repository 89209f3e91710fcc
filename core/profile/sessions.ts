/**
 * Sessions: acts that follow each other within half an hour, the field's usual bound (Google Analytics,
 * Segment).
 *
 * Times come and go one by one, and what changes is what is next to them: the cost does not grow with their
 * number, but for moving places in memory.
 */
import { firstPlace } from "../firstplace.ts";

/** What lies further apart belongs to two sessions. */
export const sessionGapMs = 30 * 60_000;

export class Sessions {
  /** Of all acts, ascending. */
  readonly #times: number[] = [];
  /** Of the first act of each session, ascending. */
  readonly #starts: number[] = [];
  #totalMs = 0;

  get count(): number {
    return this.#starts.length;
  }

  get acts(): number {
    return this.#times.length;
  }

  /** From the first to the last act of each session, summed up; milliseconds. */
  get totalMs(): number {
    return this.#totalMs;
  }

  /** Milliseconds since the Unix epoch; null before any. */
  get lastMs(): number | null {
    return this.#times.at(-1) ?? null;
  }

  /** How many began at that time or later. */
  since(fromMs: number): number {
    return this.#starts.length - placeIn(this.#starts, fromMs);
  }

  add(atMs: number): void {
    const place = placeIn(this.#times, atMs);
    this.#change({ atMs, sign: 1, previous: this.#times[place - 1], next: this.#times[place] });
    this.#times.splice(place, 0, atMs);
  }

  /** @param atMs a time that was added. */
  remove(atMs: number): void {
    const place = placeIn(this.#times, atMs);
    if (this.#times[place] !== atMs) return;
    this.#times.splice(place, 1);
    this.#change({ atMs, sign: -1, previous: this.#times[place - 1], next: this.#times[place] });
  }

  /** What a time between two others, or at an end, changes; `sign` -1 takes it back. */
  #change({ atMs, sign, previous, next }: Between): void {
    this.#mark(atMs, sign * startsAfter(previous, atMs));
    this.#totalMs += sign * withinAfter(previous, atMs);
    if (next === undefined) return;
    this.#mark(next, sign * (startsAfter(atMs, next) - startsAfter(previous, next)));
    this.#totalMs += sign * (withinAfter(atMs, next) - withinAfter(previous, next));
  }

  #mark(atMs: number, change: number): void {
    const place = placeIn(this.#starts, atMs);
    if (change > 0) this.#starts.splice(place, 0, atMs);
    if (change < 0) this.#starts.splice(place, 1);
  }
}

interface Between {
  readonly atMs: number;
  readonly sign: 1 | -1;
  readonly previous: number | undefined;
  readonly next: number | undefined;
}

/** 1 where an act begins a session, whatever is before it. */
function startsAfter(previous: number | undefined, atMs: number): number {
  return Number(previous === undefined || atMs - previous > sessionGapMs);
}

/** Milliseconds that an act adds to the session that it is in. */
function withinAfter(previous: number | undefined, atMs: number): number {
  return previous === undefined || atMs - previous > sessionGapMs ? 0 : atMs - previous;
}

/** Of the first value that is not below. */
function placeIn(ascending: readonly number[], value: number): number {
  return firstPlace(ascending.length, (at) => ascending[at] >= value);
}
