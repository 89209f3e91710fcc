/**
 * What a noisy sum of activity says, each number with the interval that noise leaves open
 * (core/sum/estimate.ts).
 */
import { type Estimate, estimateOf, scaledEstimate } from "../../sum/estimate.ts";
import { type ActivitySettings, activityLayout } from "./contribution.ts";

/**
 * Events are counted as contribution.ts says: of each person up to `mostEvents`, who did more scaled down to
 * so many.
 */
export interface ActivityEstimate {
  /** People who reported. */
  readonly people: Estimate;
  readonly kinds: readonly { readonly kind: string; readonly events: Estimate }[];
  /** Events in each hour of the people's own day, from 0 to 23. */
  readonly hours: readonly Estimate[];
  /** Events on each weekday, Monday first. */
  readonly weekdays: readonly Estimate[];
  /** For each place in a list, the first one first: how often an item was seen and clicked there. */
  readonly places: readonly { readonly seen: Estimate; readonly clicked: Estimate }[];
}

/**
 * @param sum total of the noisy sums, in the units of the vector.
 * @param noise standard deviation of what moved each of its numbers: `totalNoiseOf`.
 */
export function activityEstimate(
  settings: ActivitySettings,
  sum: ArrayLike<number>,
  noise: number,
): ActivityEstimate {
  const layout = activityLayout(settings);
  if (sum.length !== layout.length) {
    throw new RangeError(`activityEstimate: the sum must have ${layout.length} numbers, got ${sum.length}`);
  }
  const events = (at: number) => scaledEstimate(estimateOf(sum[at], noise), settings.mostEvents);
  const places = (at: number) => scaledEstimate(estimateOf(sum[at], noise), settings.mostPlaces);
  return {
    people: estimateOf(sum[0], noise),
    kinds: settings.kinds.map((kind, k) => ({ kind, events: events(layout.kinds + k) })),
    hours: Array.from({ length: 24 }, (_, hour) => events(layout.hours + hour)),
    weekdays: Array.from({ length: 7 }, (_, weekday) => events(layout.weekdays + weekday)),
    places: Array.from({ length: settings.positions }, (_, place) => ({
      seen: places(layout.seen + place),
      clicked: places(layout.clicked + place),
    })),
  };
}
