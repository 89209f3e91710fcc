/**
 * The order of a journal, the same wherever it is kept: by time (one that is none counts as 0), then by id.
 */
import { firstPlace } from "../firstplace.ts";
import type { TacitEvent } from "./event.ts";

/** What has a place in it. */
type Placed = Pick<TacitEvent, "id" | "atMs">;

export function oldestFirst(a: Placed, b: Placed): number {
  return (a.atMs || 0) - (b.atMs || 0) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Puts an event where it belongs among others oldest first; returns its place. Most belong at the end. */
export function insertInOrder(events: TacitEvent[], event: TacitEvent): number {
  const isAtTheEnd = events.length === 0 || oldestFirst(events[events.length - 1], event) <= 0;
  const place = isAtTheEnd
    ? events.length
    : firstPlace(events.length, (at) => oldestFirst(events[at], event) > 0);
  events.splice(place, 0, event);
  return place;
}

/** Where an event is among others oldest first; null where it is not. */
export function placeOf(events: readonly TacitEvent[], event: TacitEvent): number | null {
  const place = firstPlace(events.length, (at) => oldestFirst(events[at], event) >= 0);
  return events[place]?.id === event.id ? place : null;
}
