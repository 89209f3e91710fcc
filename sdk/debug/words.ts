/** Times, sizes and reasons as the overlay says them. */
import type { Reason, Waiting } from "../../worker/api.ts";

/** Local time of day, to the second. */
export function clock(atMs: number): string {
  const date = new Date(atMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
}

/** The day too, for what is not of today. */
export function moment(atMs: number, nowMs: number): string {
  const date = new Date(atMs);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
  return date.toDateString() === new Date(nowMs).toDateString() ? clock(atMs) : `${day} ${clock(atMs)}`;
}

export function duration(ms: number): string {
  return ms < 9_999.5 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0s`;
}

export function size(bytes: number): string {
  return bytes < 10_000 ? `${bytes}\u00a0B` : `${Math.round(bytes / 1000)}\u00a0kB`;
}

/** A score or a part of one, with its sign. */
export function signed(value: number): string {
  return `${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(3)}`;
}

export function reasonInWords(reason: Reason): string {
  const part = signed(reason.contribution);
  switch (reason.why) {
    case "event":
      return `${part} ${reason.kind} of ${reason.title} (${reason.item})`;
    case "others":
      return `${part} ${reason.events} more`;
    case "similar":
      return `${part} like ${reason.title} (${reason.item})`;
    case "together":
      return `${part} goes well with ${reason.title} (${reason.item})`;
    case "said":
      return `${part} said: ${reason.said} (${reason.fact})`;
    case "search":
      return `${part} ${reason.found} for ${reason.asked}`;
    case "meaning":
      return `${part} means the like of ${reason.asked}`;
    case "trending":
      return `${part} what the crowd wants lately`;
    case "popular":
      return `${part} what the crowd wants`;
    case "new":
      return `${part} new since ${reason.publishedAt.slice(0, 10)}`;
    case "catalogue":
      return `${part} in the catalogue`;
    case "site":
      return `${part} ${reason.rule} of the site`;
    case "wish":
      return `${part} ${reason.wish} ${reason.of} ${reason.value}`;
    case "feature":
      return `${part} ${reason.feature}`;
  }
}

export function waitingInWords({ why, untilMs }: Waiting, nowMs: number): string {
  const until = untilMs === null ? "" : ` Looked at again at ${moment(untilMs, nowMs)}.`;
  return `${waits[why]}${until}`;
}

const waits: Readonly<Record<Waiting["why"], string>> = {
  consent: "Off: the permission to contribute is not given.",
  elsewhere: "Off: what is here was taken to another device, or came from one, and that one contributes it.",
  automation:
    'Off: a program drives this browser, or acts faster than a person; tests set automation: "count".',
  insecure: "Waits for https: without it a browser has no cryptography for pages.",
  storage: "Off: this browser denies storage, so what it costs could not be counted.",
  pins: "Off: the page pins nobody who sums.",
  signatures: "Off: this browser cannot verify Ed25519 signatures.",
  chance: "Waits for a time that is drawn by chance.",
  token: "Waits for a token of the issuer.",
  events: "Waits for events: there is too little to say yet.",
  period: "Waits for the end of the period that is asked about.",
  round: "Waits for a new round: all that is asked was answered.",
  batch: "Waits for a new round: a sum had no room left in its batch.",
  plan: "Waits: the site's privacy plan has no room for another report now.",
  budget: "Waits: this device's budget has no room for another report.",
  server: "Waits: whoever is asked does not answer.",
};

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
