/**
 * What can be said of time by a clock that may be set. It jumps ahead and back: what was dated in between
 * lies ahead of now for as long as the jump was, and is not left in force for so long. What was done, it
 * never un-does: nothing is forgotten because the clock alone says so.
 */

/** As far as clocks are apart without fault; browsers take as much (worker/trust/trust.ts). */
const apartMs = 600_000;

export interface Span {
  readonly sinceMs: number;
  readonly nowMs: number;
}

/**
 * Whether `forMs` have passed. Of a clock that was set back since nobody knows: then they have. For waits
 * that cost little when they are too short.
 */
export function hasPassed(forMs: number, { sinceMs, nowMs }: Span): boolean {
  return nowMs < sinceMs || nowMs - sinceMs >= forMs;
}

/** Whether something is dated later than now, and by more than clocks are apart. */
export function isAhead(atMs: number, nowMs: number): boolean {
  return atMs > nowMs + apartMs;
}

/** When a key began, and until when it is good beside the one after it; null for the newest. */
interface KeyDates {
  readonly fromMs: number;
  readonly untilMs: number | null;
}

/**
 * Keys, oldest first, none of which began after now: one that did begins now, and what it took the place of is
 * good for the overlap from now on. The same list when there is none.
 */
export function begunBy<Key extends KeyDates>(
  nowMs: number,
  keys: readonly Key[],
  overlapMs: number,
): readonly Key[] {
  if (keys.every(({ fromMs }) => fromMs <= nowMs)) return keys;
  return keys.map((key, at) => {
    const isReplacedAhead = at + 1 < keys.length && keys[at + 1].fromMs > nowMs;
    const { untilMs } = key;
    return {
      ...key,
      fromMs: Math.min(key.fromMs, nowMs),
      untilMs: untilMs !== null && isReplacedAhead ? Math.min(untilMs, nowMs + overlapMs) : untilMs,
    };
  });
}

/** So many keys of one sort are kept at the most, whatever a clock does: one byte names a key. */
export const mostKeys = 32;

/**
 * Whether another key began after the end of this one and was replaced in its turn. By the time alone no key
 * is forgotten: a clock that is ahead ends this one and begins another, but when it is set back that one has
 * begun later than it seemed (`begunBy`), and this one is good again.
 */
export function isOutlived({ untilMs }: Pick<KeyDates, "untilMs">, keys: readonly KeyDates[]): boolean {
  return untilMs !== null && keys.some((key) => key.untilMs !== null && key.fromMs >= untilMs);
}
