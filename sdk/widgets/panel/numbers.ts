/** Numbers, shares and times as a language writes them. */
import type { Language } from "../language.ts";

export function numberIn({ locale }: Language, value: number, most = 0): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: most }).format(value);
}

/** Of 0..1. */
export function percentIn({ locale }: Language, share: number): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** "5 minutes ago", "in 2 days"; "now" within a minute. */
export function whenIn({ locale }: Language, atMs: number, nowMs: number): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const ms = atMs - nowMs;
  for (const [unit, length] of units) {
    if (Math.abs(ms) >= length) return format.format(Math.trunc(ms / length), unit);
  }
  return format.format(0, "second");
}
