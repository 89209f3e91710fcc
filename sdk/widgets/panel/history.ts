/**
 * Events of the journal as lines to read: neighbours that are alike are one line with a count, and what was
 * seen side by side in lists is one line.
 */
import type { EventKind } from "../../../core/events/event.ts";
import type { Panel, ShownEvent } from "../../../worker/api.ts";

export interface HistoryLine {
  /** Of every event in the line, the newest first. */
  readonly ids: readonly string[];
  /** A kind that a later version of the SDK wrote is none of these. */
  readonly kind: EventKind;
  /** What it was done with: a title or a text; empty where there is none, or where they are several. */
  readonly what: string;
  readonly times: number;
  /** Why it does not count; nothing where it does. */
  readonly leftOut: ShownEvent["leftOut"];
  /** Of the newest event in the line. */
  readonly atMs: number;
  /** Several things that were seen in lists. */
  readonly isSeen: boolean;
}

/** In the order of the events, which is newest first. */
export function historyOf(events: Panel["events"]): readonly HistoryLine[] {
  const lines: HistoryLine[] = [];
  let seenTogether = 0;
  for (const { id, kind, item, title = item, query, leftOut, atMs } of events) {
    const previous = lines.at(-1);
    seenTogether = kind === "impression" ? seenTogether + 1 : 0;
    const what = title ?? query ?? "";
    const isSeen = seenTogether > 1;
    const goesOn = previous?.kind === kind && previous.what === what && previous.leftOut === leftOut;
    if (previous !== undefined && (isSeen || goesOn)) {
      const { ids, times } = previous;
      const line = { ...previous, ids: [...ids, id], times: times + 1 };
      lines[lines.length - 1] = isSeen ? { ...line, isSeen, what: "", leftOut: undefined } : line;
    } else lines.push({ ids: [id], kind, what, times: 1, leftOut, atMs, isSeen: false });
  }
  return lines;
}
