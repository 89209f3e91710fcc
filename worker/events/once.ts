/**
 * What is told twice and happened once: an order whose page of thanks is loaded again. The journal knows
 * events by id, so such an event has one that says what it is: of its kind, its item and the site's name for
 * it. The name itself is not kept.
 */
import { isFact, type Recorded } from "../../core/events/fact.ts";
import { fnv1a } from "../../core/fnv.ts";

/** The same for the same act, whoever tells it and when; what is not said to be one act stays as it is. */
export function toldOnce(entry: Recorded): Recorded {
  if (isFact(entry) || entry.once === undefined) return entry;
  const { once, ...event } = entry;
  const said = JSON.stringify([event.kind, event.item ?? null, once]);
  const hex = [0, 1, 2, 3].map((lane) => hash(`${lane}${said}`).toString(16).padStart(8, "0")).join("");
  // As a UUID whose bits are the site's own (RFC 9562, version 8).
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  return { ...event, id };
}

/** FNV-1a of 32 bits, mixed at its end: ids need not withstand anybody. */
function hash(text: string): number {
  let state = fnv1a(text);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  return (state ^ (state >>> 13)) >>> 0;
}
