/** What the worker tells, as listeners of the page hear it. */
import type { WorkerNotice } from "../../worker/api.ts";
import type { Listeners } from "../listeners.ts";
import type { Troubles } from "../troubles.ts";

export function tellNotice(
  notice: Exclude<WorkerNotice, { readonly type: "back" | "arms" }>,
  { listeners, troubles }: { readonly listeners: Listeners; readonly troubles: Troubles },
): void {
  switch (notice.type) {
    case "change":
      listeners.tell("change", undefined);
      break;
    case "edition": {
      const { type: _type, ...edition } = notice;
      listeners.tellReady();
      listeners.tell("edition", edition);
      break;
    }
    case "report":
      listeners.tell("report", notice.report);
      break;
    case "exposure": {
      const { experiment, arm } = notice;
      listeners.tell("exposure", { experiment, arm });
      break;
    }
    case "trouble":
      troubles.report(new Error(notice.message));
      break;
  }
}
