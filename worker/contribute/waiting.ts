/** Why no report leaves now, and until when: what the panel says of contributing that does not happen. */
import type { ConsentFlags, Parties, Waiting, WaitingFor } from "../api.ts";
import type { Store } from "../store/store.ts";
import { dueAtMs } from "./schedule.ts";

export interface Obstacles {
  readonly consent: ConsentFlags;
  readonly store: Pick<Store, "storage" | "schedule">;
  readonly parties: Parties;
  /** Another device of the person's contributes. */
  readonly isElsewhere: boolean;
  /** A program does what is done here. */
  readonly isAutomated: boolean;
}

/** What stands in the way whatever the time; null when nothing does. */
export function obstacleOf({
  consent,
  store,
  parties,
  isElsewhere,
  isAutomated,
}: Obstacles): WaitingFor | null {
  if (!(consent.personalise && consent.contribute)) return "consent";
  if (!isSecure()) return "insecure";
  if (store.storage === "memory") return "storage";
  if (isElsewhere) return "elsewhere";
  if (isAutomated) return "automation";
  return parties === "none" ? "pins" : null;
}

/** What was due before now is due whenever a page next looks: nobody knows until when that is. */
export async function waitingOf(obstacles: Obstacles, nowMs: number): Promise<Waiting> {
  const obstacle = obstacleOf(obstacles);
  if (obstacle !== null) return { why: obstacle, untilMs: null };
  const schedule = await obstacles.store.schedule.schedule();
  if (schedule === null) return { why: "chance", untilMs: null };
  const untilMs = dueAtMs(schedule);
  return { why: schedule.why, untilMs: untilMs > nowMs ? untilMs : null };
}

/** Told to the page where contributing is on and cannot happen, in one sentence. */
export const obstacleInWords: Readonly<Partial<Record<WaitingFor, string>>> = {
  automation:
    'a person must be at work here, got a program that drives the browser (tests set automation: "count")',
  insecure:
    "a page must come over https (or from this machine) before this browser has the cryptography to contribute, got http",
  storage: "the ledger must be kept on this device, got a browser that denies storage",
};

/** Secure Contexts (W3C): without one there is no `crypto.subtle`. */
function isSecure(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}
