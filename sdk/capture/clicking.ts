/**
 * Capture of clicks, from the moment the core runs: a click comes before the page that it ends, and before the file that
 * sees what else there is (capture.ts).
 */
import { Clicks } from "./clicks.ts";
import { type Place, placeOf } from "./place.ts";

/** Takes what was captured: the kind of event, the item where it is about one, where it stood, and what else was said of it. */
export type TrackCaptured = (
  kind: string,
  captured: {
    readonly item?: string;
    readonly amount?: number;
    readonly depth?: number;
    readonly query?: string;
  } & Place,
) => void;

/** Clicks that are listened to. */
export interface Clicking {
  /** Again and again, and the same each time: a document that is written anew has lost all listeners. */
  listen(): void;
}

/**
 * Starts capturing clicks in this document, for as long as it lives, for the journal of that name. Of two copies of the
 * SDK that write into one journal the first captures, and the other does nothing: null.
 */
export function startClicks(track: TrackCaptured, journal: string): Clicking | null {
  if (!isFirst(journal)) return null;
  const clicks = new Clicks(({ kind, path, mark, properties }) =>
    track(kind, { ...(mark && { item: mark.item, ...placeOf(path) }), ...properties }),
  );
  clicks.listen();
  return clicks;
}

/** What copies of the SDK on one page know of each other: the journals that are captured for. */
const captured: unique symbol = Symbol.for("tacit.capture");

function isFirst(journal: string): boolean {
  const shared: Document & { [captured]?: Set<string> } = document;
  shared[captured] ??= new Set();
  const isTaken = shared[captured].has(journal);
  shared[captured].add(journal);
  return !isTaken;
}
