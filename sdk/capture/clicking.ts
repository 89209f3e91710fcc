/** Capture of clicks, once page.js has come; before it loader/earlyclicks.ts does so. */
import { Clicks } from "./clicks.ts";
import { type Place, placeOf } from "./place.ts";

/**
 * Takes what was captured: the kind of event, the item where it is about one, where it stood, and what else
 * was said of it.
 */
export type TrackCaptured = (
  kind: string,
  captured: {
    readonly item?: string;
    readonly amount?: number;
    readonly depth?: number;
    readonly query?: string;
  } & Place,
) => void;

/** Clicks that the loader captures until it is told to stop. */
export interface Clicking {
  stop(): void;
}

/** Starts capturing clicks in this document, for as long as it lives. */
export function clicksOf(track: TrackCaptured): Clicks {
  const clicks = new Clicks(({ kind, path, mark, properties }) =>
    track(kind, { ...(mark && { item: mark.item, ...placeOf(path) }), ...properties }),
  );
  clicks.listen();
  return clicks;
}
