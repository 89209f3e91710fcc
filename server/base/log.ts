/**
 * Structured logs: one event a line, as text for a terminal or as one JSON object for a collector.
 *
 * A line never holds an address, a token, a key or a report id. Nobody passes them in; and what looks like
 * one in a text that came from elsewhere, such as the message of an error, is blotted out here.
 */

import { isIPv6 } from "node:net";

export type LogLevel = "info" | "warn" | "error";
/** A text that is public and must stand as it is: what others pin of a party. */
export interface Verbatim {
  readonly verbatim: string;
}

export type LogFields = Readonly<Record<string, string | number | boolean | null | Verbatim>>;

/** Writes one event: its name, what belongs to it, and how bad it is ("info" by default). */
export type Log = (event: string, fields?: LogFields, level?: LogLevel) => void;

/** The log of who wants none. */
export const silent: Log = () => {};

export interface LogOptions {
  readonly format: "text" | "json";
  /** Events below this level are not written. */
  readonly level: LogLevel;
  readonly write: (line: string) => void;
  readonly nowMs?: () => number;
}

const rank: Readonly<Record<LogLevel, number>> = { info: 0, warn: 1, error: 2 };

export function openLog({ format, level: least, write, nowMs = Date.now }: LogOptions): Log {
  return (event, fields = {}, level = "info") => {
    if (rank[level] < rank[least]) return;
    const time = new Date(nowMs()).toISOString();
    const clean = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, toldOf(value)]));
    const name = withoutSecrets(event);
    // The fixed members come last: no field takes their place.
    write(
      format === "json"
        ? JSON.stringify({ ...clean, time, level, event: name })
        : textLine(time, level, name, clean),
    );
  };
}

function toldOf(value: LogFields[string]): string | number | boolean | null {
  if (typeof value === "string") return withoutSecrets(value);
  return typeof value === "object" && value !== null ? value.verbatim : value;
}

function textLine(
  time: string,
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, string | number | boolean | null>>,
): string {
  const members = Object.entries(fields).map(([name, value]) => {
    const text = String(value);
    return `${name}=${/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)}`;
  });
  // One line an event, whatever came in its name.
  const name = event.replace(/[\r\n]+/g, " ");
  return [time, ...(level === "info" ? [] : [level.toUpperCase()]), name, ...members].join(" ");
}

const blots: readonly (readonly [RegExp, string])[] = [
  // 16 bytes and more in hex: report ids, keys, digests. Ids that may be shown are shown by their first 12
  // digits.
  [/[0-9a-f]{32,}/gi, "[hex]"],
  // 32 bytes and more in base64, which starts nowhere in a path or a name of ours.
  [/(?<![\w/.+-])[\w+-]{40,}={0,2}(?![\w/.])/g, "[base64]"],
  [/Bearer\s+\S+/gi, "Bearer [token]"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, "[address]"],
];

/** The text with everything that looks like an address, a token, a key or an id blotted out. */
export function withoutSecrets(text: string): string {
  const withoutAddresses6 = text.replace(/[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*/gi, (found) => {
    const [run, end] = [found.replace(/[.:]$/, ""), found.slice(-1)];
    if (isIPv6(found)) return "[address]";
    return isIPv6(run) ? `[address]${end}` : found;
  });
  return blots.reduce((clean, [pattern, blot]) => clean.replace(pattern, blot), withoutAddresses6);
}
