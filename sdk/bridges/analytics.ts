/**
 * Takes what a page tells Segment's analytics.js, or whatever has its `on`:
 * https://segment.com/docs/connections/sources/catalog/libraries/website/javascript/#emitters
 */
import type { StandardOptions } from "../../core/events/standards/product.ts";
import { segmentEvents } from "../../core/events/standards/segment.ts";
import { attempt, type Stop } from "./attempt.ts";
import { type Tracking, tell } from "./tell.ts";

/** What analytics.js has, before it has loaded (its snippet queues the call) and after. */
export interface Emitter {
  on(method: "track", heard: (event: unknown, properties: unknown) => void): unknown;
}

/**
 * @example
 * fromSegment(tacit, window.analytics);
 */
export function fromSegment(tacit: Tracking, analytics: Emitter, options: StandardOptions = {}): Stop {
  let isStopped = false;
  analytics.on("track", (event, properties) => {
    if (isStopped || typeof event !== "string") return;
    attempt(() => tell(tacit, segmentEvents(event, properties, options) ?? []));
  });
  // Not every version of it can take a listener off.
  return () => {
    isStopped = true;
  };
}
