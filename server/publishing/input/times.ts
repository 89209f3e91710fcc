/**
 * When something happened, as logs write it: ISO 8601, in UTC where no zone is said, or a number since the Unix
 * epoch, whose size says its unit: minutes below 1e8 (the year 2160), seconds below 1e11, milliseconds below 1e14,
 * else microseconds.
 */

/** Milliseconds since the Unix epoch; null for what is no time. */
export function timeOf(text: string): number | null {
  if (/^\d+(?:\.\d+)?$/.test(text)) return timeOfNumber(Number(text));
  const parts = isoTime.exec(text)?.groups;
  if (parts === undefined) return null;
  const { date, time = "00:00", hours = "+00", minutes = "00" } = parts;
  const midnight = Date.parse(`${date}T00:00Z`);
  // Days that no month has become days of the next one.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(date)) return null;
  const ms = Date.parse(`${date}T${time.replace(",", ".")}${hours === "Z" ? "Z" : `${hours}:${minutes}`}`);
  return Number.isNaN(ms) ? null : ms;
}

const isoTime =
  /^(?<date>\d{4}-\d\d-\d\d)(?:[T ](?<time>\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(?<hours>Z|[+-]\d\d)?:?(?<minutes>\d\d)?)?$/;

function timeOfNumber(value: number): number | null {
  if (value < 1e8) return value * 60_000;
  if (value < 1e11) return value * 1_000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1_000 : null;
}
