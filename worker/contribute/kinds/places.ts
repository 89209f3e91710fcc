/**
 * At which places of lists on trial something was clicked, within a period that is over (core/tasks/places/).
 */
import { type PlacesSettings, placesOf } from "../../../core/tasks/places/contribution.ts";
import { places } from "../../../core/tasks/places/kind.ts";
import { type Contributor, contributorOf } from "./contributor.ts";

const contributor: Contributor<PlacesSettings> = {
  kind: places,
  readyAtMs: ({ toMs }) => toMs,
  contribute: (settings, { events, trials, nowMs }) => {
    // A period that still runs would be reported by its first days, and each task is answered once.
    if (nowMs < settings.toMs) return null;
    const found = placesOf(settings, events, trials);
    return found && { block: 0, values: found.values, basedOn: found.newest.id };
  },
};

export const placesContributor = contributorOf(contributor);
