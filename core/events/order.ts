/**
 * The order of a journal, the same wherever it is kept: by time (one that is none counts as 0), then by id.
 */
import type { TacitEvent } from "./event.ts";

export function oldestFirst(a: TacitEvent, b: TacitEvent): number {
  return (a.atMs || 0) - (b.atMs || 0) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Puts an event where it belongs among others oldest first; returns its place. Most belong at the end. */
export function insertInOrder(events: TacitEvent[], event: TacitEvent): number {
  let place = events.length;
  if (place > 0 && oldestFirst(events[place - 1], event) > 0) {
    let low = 0;
    while (low < place) {
      const middle = (low + place) >>> 1;
      if (oldestFirst(events[middle], event) > 0) place = middle;
      else low = middle + 1;
    }
  }
  events.splice(place, 0, event);
  return place;
}

/** Where an event is among others oldest first; null where it is not. */
export function placeOf(events: readonly TacitEvent[], event: TacitEvent): number | null {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (oldestFirst(events[middle], event) < 0) low = middle + 1;
    else high = middle;
  }
  return events[low]?.id === event.id ? low : null;
}
