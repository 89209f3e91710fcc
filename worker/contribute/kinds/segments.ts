/** Which of some centroids a person is nearest to (core/tasks/segments/contribution.ts). */
import { isPassive } from "../../../core/events/event.ts";
import { entriesFor, featureVector } from "../../../core/profile/featurevector.ts";
import { imputedVector } from "../../../core/profile/imputation.ts";
import { isKnownEnough, placeIn } from "../../../core/profile/segments.ts";
import { segmentContributionOf } from "../../../core/tasks/segments/contribution.ts";
import { type SegmentsSettings, segments } from "../../../core/tasks/segments/kind.ts";
import { type Contributor, contributorOf } from "./contributor.ts";

const contributor: Contributor<SegmentsSettings> = {
  kind: segments,
  contribute: (settings, { events, features }) => {
    // A table that has not all of these features tells another person than the server asks about.
    const entries = entriesFor(settings.features);
    const newest = events.findLast(({ kind }) => !isPassive(kind));
    if (entries === null || newest === undefined) return null;
    const values = features();
    if (values === null || !isKnownEnough(values)) return null;
    const { shape } = settings;
    const vector =
      shape === undefined
        ? featureVector(values, settings.center, entries)
        : imputedVector({ ...settings, ...shape }, values, entries);
    const place = placeIn(settings, vector);
    return { block: 0, values: segmentContributionOf(settings, place, settings), basedOn: newest.id };
  },
};

export const segmentsContributor = contributorOf(contributor);
