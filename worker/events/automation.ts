/**
 * What of a journal does not count, and who is at work here: a person, or a program, by the browser's own
 * word (`navigator.webdriver`) or because it is faster than any person. A program's browser is personalised
 * for as any other; the crowd learns nothing from it.
 *
 * On a loopback address, where sites are developed and tested, and where a site says so, a program counts as
 * a person.
 */
import { isPossibleTime } from "../../core/events/cleaning/times.ts";
import type { Cleaned, WorkerConfig } from "../api.ts";
import { isLoopback } from "../trust/trust.ts";
import type { EventLog } from "./eventlog.ts";

export interface AtWork {
  readonly config: Pick<WorkerConfig, "server" | "automation">;
  readonly log: EventLog;
}

export function cleanedIn({ config, log, nowMs }: AtWork & { readonly nowMs: number }): Cleaned {
  const counts = { duplicate: 0, rate: 0, time: 0 };
  for (const event of log.all()) {
    const why = log.leftOutFor(event);
    if (why !== null) counts[why]++;
    else if (!isPossibleTime(event.atMs, nowMs)) counts.time++;
  }
  return { ...counts, isAutomated: isAutomated({ config, log }) };
}

export function isAutomated({ config, log }: AtWork): boolean {
  return !countsAnyway(config) && (config.automation === "driven" || log.isRobot);
}

/** Whether the browser says that a program drives it, where that matters. */
export function isDriven(config: AtWork["config"]): boolean {
  return !countsAnyway(config) && config.automation === "driven";
}

function countsAnyway({ server, automation }: AtWork["config"]): boolean {
  return automation === "counts" || isLoopback(server);
}
