/**
 * Features of the people in a log, as their devices would have them had they done there what the log says:
 * the same code (core/profile), fed with one person's lines at a time.
 *
 * Times of day are in the zone of the machine (TZ). Ages are those at the newest line. A log of orders
 * alone says nothing of visits, times of day and searches: what a device counts besides would move
 * everybody, so such features are left out (`tellable`).
 */
import { isPossibleTime } from "../../../core/events/cleaning/times.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import { besideFeatures, nothingBeside } from "../../../core/profile/beside.ts";
import type { CatalogueFacts } from "../../../core/profile/catalogue.ts";
import { ProfileFeatures } from "../../../core/profile/features.ts";
import { type VectorEntry, type VectorFeature, vectorEntries } from "../../../core/profile/featurevector.ts";
import { isKnownEnough } from "../../../core/profile/segments.ts";
import type { FeatureValues } from "../../../core/profile/table.ts";
import type { LocalTimeOf } from "../../../core/time.ts";
import type { Line, Lines, LinesOfPeople } from "./lines.ts";

export interface ProfilesOptions {
  /** Item ids by row. */
  readonly items: readonly string[];
  readonly facts: CatalogueFacts;
  /** Milliseconds since the Unix epoch: what is dated later does not count. */
  readonly nowMs: number;
  /** Of more people every second, third and so on is taken. */
  readonly mostPeople: number;
}

export interface Profiles {
  /** Of whom enough is known. */
  readonly people: readonly FeatureValues[];
  /** Features that such a log can tell. */
  readonly entries: readonly VectorEntry[];
}

const ofOrders: readonly VectorFeature[] = [
  ...(["orders", "daysSinceOrder", "spent", "recencyScore"] as const),
  ...(["frequencyScore", "monetaryScore", "categoryEntropy", "priceLevel"] as const),
];

export function profilesOf(
  lines: Lines,
  { starts, places }: LinesOfPeople,
  { items, facts, nowMs, mostPeople }: ProfilesOptions,
): Profiles {
  let asOfMs = Number.NEGATIVE_INFINITY;
  for (const atMs of lines.times()) if (isPossibleTime(atMs, nowMs)) asOfMs = Math.max(asOfMs, atMs);
  const step = Math.max(1, Math.ceil((starts.length - 1) / mostPeople));
  const people: FeatureValues[] = [];
  let isOfOrders = true;
  for (let person = 0; person < starts.length - 1; person += step) {
    const features = new ProfileFeatures({ catalogue: facts, localTimeOf: machineTime, nowMs: asOfMs });
    for (const place of places.subarray(starts[person], starts[person + 1])) {
      const line = lines.at(place);
      if (line.atMs === null || !isPossibleTime(line.atMs, asOfMs)) continue;
      isOfOrders &&= line.kind === "purchase" || line.kind === "refund";
      features.add(eventOfLine(line, { atMs: line.atMs, id: String(place), item: items[line.row] }));
    }
    const values = { ...features.values(asOfMs), ...besideFeatures(nothingBeside) };
    if (isKnownEnough(values)) people.push(values);
  }
  const tellable = vectorEntries.filter(({ feature: { name } }) => !isOfOrders || ofOrders.includes(name));
  return { people, entries: tellable };
}

/** What a device would have written of a line. */
export function eventOfLine(
  { kind, quantity }: Line,
  { atMs, id, item }: { readonly atMs: number; readonly id: string; readonly item: string },
): TacitEvent {
  if (quantity === 0) return { id, kind, item, atMs };
  return { id, kind: quantity < 0 ? "refund" : kind, item, atMs, amount: Math.abs(quantity) };
}

const machineTime: LocalTimeOf = (atMs) => {
  const date = new Date(atMs);
  // A Date's week begins on Sunday.
  return { hour: date.getHours(), weekday: (date.getDay() + 6) % 7 };
};
