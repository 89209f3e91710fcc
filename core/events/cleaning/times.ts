/**
 * Impossible times: the clock was wrong when the event happened, or is wrong now.
 *
 * Such an event says what was done and not when. It counts as one of a usual age (tastes.ts): left out,
 * what it says would be lost, and as of now it would stay new for as long as that clock was ahead
 * (`npm run bench:cleaning`). Where the clock of now is the one that is wrong, all of a journal is
 * impossible, and counts alike.
 */
import { dayMs } from "../../time.ts";

/** The first browser was made at the end of 1990. */
export const firstPossibleMs = Date.UTC(1990, 11, 1);
/** Further ahead than any zone that was set by changing the time. */
export const mostAheadMs = dayMs;

/** @param nowMs milliseconds since the Unix epoch, as `atMs`. */
export function isPossibleTime(atMs: number, nowMs: number): boolean {
  return atMs >= firstPossibleMs && atMs <= nowMs + mostAheadMs;
}
