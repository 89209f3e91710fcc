/** How long ago, in words. */

const format = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** `ms` milliseconds ago: "just now", "5 minutes ago", "yesterday". */
export function agoInWords(ms: number): string {
  for (const [unit, length] of units) {
    if (ms >= length) return format.format(-Math.floor(ms / length), unit);
  }
  return "just now";
}
