/**
 * What of a journal does not count, and whether a program does what is done here: by the browser's own word
 * (`navigator.webdriver`), or because it is faster than any person. Such a browser is personalised for as any other; the
 * crowd learns nothing from it.
 *
 * On a loopback address, where sites are developed and tested, a browser that is driven counts.
 */
import { isPossibleTime } from "../../core/events/cleaning/times.ts";
import type { Cleaned, WorkerConfig } from "../api.ts";
import { isLoopback } from "../trust/trust.ts";
import type { EventLog } from "./eventlog.ts";

export interface WorkedIn {
  readonly config: Pick<WorkerConfig, "server" | "automated">;
  readonly log: EventLog;
}

export function cleanedIn({ config, log, nowMs }: WorkedIn & { readonly nowMs: number }): Cleaned {
  const counts = { duplicate: 0, rate: 0, time: 0 };
  for (const event of log.all()) {
    const why = log.leftOutFor(event);
    if (why !== null) counts[why]++;
    else if (!isPossibleTime(event.atMs, nowMs)) counts.time++;
  }
  return { ...counts, isAutomated: isAutomated({ config, log }) };
}

export function isAutomated({ config, log }: WorkedIn): boolean {
  return isDriven(config) || log.isRobot;
}

/** Whether the browser says that a program drives it, where that matters. */
export function isDriven({ server, automated = false }: WorkedIn["config"]): boolean {
  return automated && !isLoopback(server);
}
