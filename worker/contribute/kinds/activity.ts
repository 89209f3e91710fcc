/** What a person did within a period that is over (core/tasks/activity/contribution.ts). */
import { type ActivitySettings, activityOf } from "../../../core/tasks/activity/contribution.ts";
import { activity } from "../../../core/tasks/activity/kind.ts";
import { type Contributor, contributorOf } from "./contributor.ts";

const contributor: Contributor<ActivitySettings> = {
  kind: activity,
  readyAtMs: ({ toMs }) => toMs,
  contribute: (settings, { events, nowMs, localTimeOf }) => {
    // A period that still runs would be reported by its first minutes, and each task is answered once.
    if (nowMs < settings.toMs) return null;
    const found = activityOf(settings, events, localTimeOf);
    return found && { block: 0, values: found.values, basedOn: found.newest.id };
  },
};

export const activityContributor = contributorOf(contributor);
