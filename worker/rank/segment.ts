/**
 * Which of the published segments the person is nearest to: found out on the device from the features of the
 * person, told to nobody. Where nothing is published nothing is computed.
 */
import { defaultHalfLifeMs } from "../../core/events/tastes.ts";
import type { SegmentAbout, SegmentsPart } from "../../core/model/segments.ts";
import { entriesFor, type VectorEntry } from "../../core/profile/featurevector.ts";
import { imputedVector } from "../../core/profile/imputation.ts";
import { deviationsOf, isKnownEnough, segmentOf } from "../../core/profile/segments.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import { dayMs } from "../../core/time.ts";
import type { ShownSegment } from "../shown.ts";

/** What a segment differs in is shown from so many spreads of the crowd on, and so many features of it. */
const leastDeviation = 0.5;
const mostShown = 4;

type Found =
  | { readonly at: number; readonly part: SegmentsPart; readonly entries: readonly VectorEntry[] }
  | Extract<ShownSegment, { readonly state: "unknown" }>;

/** @param features of the person, computed where they are needed. */
export function segmentNow(part: SegmentsPart | null, features: () => FeatureValues): Found {
  if (part === null) return { state: "unknown", why: "no-segments" };
  const entries = entriesFor(part.features);
  if (entries === null) return { state: "unknown", why: "other-features" };
  const values = features();
  if (!isKnownEnough(values)) return { state: "unknown", why: "too-few-acts" };
  return { at: segmentOf(part, imputedVector(part, values, entries)), part, entries };
}

/** After what time an event of the person counts half: as the segment says, or as for everybody. */
export function halfLifeMsNow(part: SegmentsPart | null, features: () => FeatureValues): number {
  if (part === null || part.segments.every(({ halfLifeDays }) => halfLifeDays === undefined)) {
    return defaultHalfLifeMs;
  }
  const found = segmentNow(part, features);
  const days = "state" in found ? undefined : part.segments[found.at].halfLifeDays;
  return days === undefined ? defaultHalfLifeMs : days * dayMs;
}

export function shownSegment(part: SegmentsPart | null, features: () => FeatureValues): ShownSegment {
  const found = segmentNow(part, features);
  if ("state" in found) return found;
  const { at, part: from, entries } = found;
  const { center, axes, spreads, centroids, dim, count, people, origin } = from;
  const centroid = centroids.slice(at * dim, (at + 1) * dim);
  const deviations = deviationsOf({ center, axes }, spreads, centroid);
  const about: SegmentAbout = from.segments[at];
  return {
    state: "known",
    ...about,
    ...{ of: count, people, origin },
    differs: entries
      .map(({ feature: { name, title } }, f) => ({ feature: name, title, deviation: deviations[f] }))
      .filter(({ deviation }) => Math.abs(deviation) >= leastDeviation)
      .sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation))
      .slice(0, mostShown),
  };
}
