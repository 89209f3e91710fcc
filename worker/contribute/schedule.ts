/**
 * What is due when, as pure steps from one kept schedule to the next.
 *
 *   nothing kept, or rested -> drawn: ask -> token -> report -> drawn anew while more is due, else resting
 *
 * The times of a visit are drawn when it begins and stand still while no page is open, so pages of any length
 * add up. A report whose time fell between two pages gets another time: one that left as a page began would
 * say so.
 */
import type { RandomFill } from "../../core/bytes.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import type { WaitingFor } from "../api.ts";
import type { Pace } from "../edges.ts";
import type { DrawnSchedule, Schedule, Step } from "../store/keptschedule.ts";
import { drawnMs } from "./pace.ts";

/** How often it is written down that a page is open. */
export const heartbeatMs = 5_000;
/** Nobody seen for longer was away. */
const awayMs = 40_000;
/** No rest is longer, whatever a clock that was set back says. */
export const longestRestMs = 31 * dayMs;
const shortestRetryMs = 15_000;

interface Chance {
  readonly pace: Pace;
  readonly fill: RandomFill;
  readonly nowMs: number;
}

/** The times of a visit that begins now. */
export function drawnAt({ pace, fill, nowMs }: Chance): DrawnSchedule {
  const ask = nowMs + drawnMs(pace.ask, fill);
  const token = ask + drawnMs(pace.token, fill);
  const report = nowMs + drawnMs(pace.report, fill);
  return {
    state: "drawn",
    next: "ask",
    atMs: { ask, token, report },
    why: "chance",
    seenAtMs: nowMs,
    failingSinceMs: null,
    empty: 0,
  };
}

/** When the next step is due, or the rest over. */
export function dueAtMs(schedule: Schedule): number {
  return schedule.state === "resting" ? schedule.untilMs : schedule.atMs[schedule.next];
}

/** As it stands when somebody looks: drawn where nothing was, moved on by the time that nobody was here. */
export function currentOf(
  kept: Schedule | null,
  { isFirstLook, ...chance }: Chance & { readonly isFirstLook: boolean },
): Schedule {
  const { pace, nowMs, fill } = chance;
  if (kept === null || !pace.waits) return drawnAt(chance);
  if (kept.state === "resting") {
    return nowMs >= kept.untilMs || kept.untilMs > nowMs + longestRestMs ? drawnAt(chance) : kept;
  }
  const goneMs = nowMs - kept.seenAtMs;
  // A clock that was set back: by its time nothing was drawn yet.
  if (goneMs < -awayMs) return drawnAt(chance);
  // Whoever was away had the page open for a moment after it was last written down: however short visits are,
  // they add up.
  const awayForMs = goneMs > awayMs ? goneMs - heartbeatMs : 0;
  const seen = movedBy(kept, awayForMs, Math.max(nowMs, kept.seenAtMs));
  const isMissed = isFirstLook && seen.next === "report" && seen.atMs.report <= nowMs;
  return isMissed ? at(seen, "report", nowMs + drawnMs(pace.missed, fill)) : seen;
}

function movedBy(drawn: DrawnSchedule, ms: number, seenAtMs: number): DrawnSchedule {
  const { ask, token, report } = drawn.atMs;
  return { ...drawn, seenAtMs, atMs: { ask: ask + ms, token: token + ms, report: report + ms } };
}

/** The same step at another time; a report never comes before what it needs. */
export function at(drawn: DrawnSchedule, step: Step, atMs: number): DrawnSchedule {
  const times = { ...drawn.atMs, [step]: atMs };
  const token = step === "ask" ? Math.max(times.token, times.ask) : times.token;
  const report = step === "report" ? times.report : Math.max(times.report, token);
  return { ...drawn, atMs: { ask: times.ask, token, report } };
}

/** A step is done. */
export function onTo(drawn: DrawnSchedule, next: Step): DrawnSchedule {
  return { ...drawn, next, why: "chance", failingSinceMs: null };
}

/** Nobody answered: as long again as that has been so, up to an hour. */
export function failedAt(drawn: DrawnSchedule, why: WaitingFor, { pace, nowMs }: Chance): DrawnSchedule {
  const sinceMs = drawn.failingSinceMs ?? nowMs;
  const waitMs = pace.waits ? retryMs(nowMs - sinceMs) : 0;
  return { ...at(drawn, drawn.next, nowMs + waitMs), why, failingSinceMs: sinceMs };
}

/** How long to wait for somebody who has not answered for so long. */
export function retryMs(failingMs: number): number {
  return Math.min(hourMs, Math.max(shortestRetryMs, failingMs));
}

/** There was nothing to say yet: to be looked at again, on the device alone. */
export function emptyAt(drawn: DrawnSchedule, why: WaitingFor, { pace, fill, nowMs }: Chance): DrawnSchedule {
  const waitMs = drawnMs(pace.empty, fill) * 2 ** Math.min(Math.max(0, drawn.empty - 4), 5);
  return { ...at(drawn, "report", nowMs + waitMs), next: "report", why, empty: drawn.empty + 1 };
}
