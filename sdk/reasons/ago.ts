/** How long ago something was, as people say it: "3 days ago", "yesterday". */
import type { Language } from "./language.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * Minutes within an hour, hours within the day, else days, weeks from two on, months from two on, years from
 * two on. Days are those of the calendar where the page is: what was before midnight was yesterday. Empty for
 * what is no time.
 */
export function agoInWords(atMs: number, nowMs: number, { ago, words }: Language): string {
  const minutes = Math.floor((nowMs - atMs) / minuteMs);
  const days = calendarDays(atMs, nowMs);
  if (Number.isNaN(days)) return "";
  // What a clock that was put back since calls the future was a moment ago.
  if (minutes < 1) return words.justNow;
  if (minutes < 60) return ago.format(-minutes, "minute");
  if (days < 1) return ago.format(-Math.floor(minutes / 60), "hour");
  if (days < 14) return ago.format(-days, "day");
  if (days < 61) return ago.format(-Math.floor(days / 7), "week");
  if (days < 730) return ago.format(-Math.floor(days / 30.4375), "month");
  return ago.format(-Math.floor(days / 365.25), "year");
}

/** Midnights between two times; NaN where one of them is none. */
function calendarDays(fromMs: number, toMs: number): number {
  // A day on which clocks change is not of 24 hours.
  return Math.round((midnightOf(toMs) - midnightOf(fromMs)) / dayMs);
}

function midnightOf(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
