/**
 * When a device asks, fetches and reports. A report's time is uniform over three minutes of a visit, so that
 * neither a page load nor the token before it says whose it is, and nine of ten visits as long as that still
 * send theirs (bench/clock.ts, bench/visits.ts). Asking and fetching come early: the longer before the report,
 * the less they say of it.
 */
import type { RandomFill } from "../../core/bytes.ts";
import { hourMs } from "../../core/time.ts";
import type { WorkerConfig } from "../api.ts";
import type { Pace, Span } from "../edges.ts";
import { isLoopback } from "../trust/trust.ts";
import { uniformBelow } from "./uniform.ts";

export const unhurried: Pace = {
  ask: { leastMs: 1_000, mostMs: 5_000 },
  token: { leastMs: 2_000, mostMs: 7_000 },
  report: { leastMs: 5_000, mostMs: 180_000 },
  missed: { leastMs: 0, mostMs: 20_000 },
  empty: { leastMs: 10_000, mostMs: 40_000 },
  askAgain: { leastMs: 6 * hourMs, mostMs: 12 * hourMs },
  keepAnswerMs: 12 * hourMs,
  waits: true,
};

const never: Span = { leastMs: 0, mostMs: 0 };

/** Everything when it is asked for. */
export const atOnce: Pace = {
  ask: never,
  token: never,
  report: never,
  missed: never,
  empty: never,
  askAgain: never,
  keepAnswerMs: 0,
  waits: false,
};

/** A developer's own server, with nobody to hide from, is answered at once; every other set-up in its time. */
export function paceFor({ server, pins, relay }: Pick<WorkerConfig, "server" | "pins" | "relay">): Pace {
  const isDevelopment = isLoopback(server) && pins === undefined && relay === undefined;
  return isDevelopment ? atOnce : unhurried;
}

/** A time of a stretch, by chance, to the millisecond. */
export function drawnMs({ leastMs, mostMs }: Span, fill: RandomFill): number {
  return leastMs + (mostMs > leastMs ? uniformBelow(Math.ceil(mostMs - leastMs), fill) : 0);
}
