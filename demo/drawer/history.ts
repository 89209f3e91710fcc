/**
 * Events of the journal as lines to read.
 *
 * Neighbouring equal lines are one line with a count, and what was seen side by side on shelves is one line.
 */
import type { EventKind, LeftOutFor, Panel } from "../../sdk/index.ts";

interface HistoryLine {
  /** Of every event in the line, the newest first. */
  readonly ids: readonly string[];
  readonly text: string;
  readonly times: number;
  /** Why it does not count; nothing where it does. */
  readonly leftOut?: LeftOutFor | undefined;
  /** Of the newest event in the line. */
  readonly atMs: number;
}

const verbs: Readonly<Record<EventKind, string>> = {
  impression: "Saw",
  click: "Opened",
  view: "Viewed",
  dwell: "Stayed with",
  search: "Searched for",
  cart_add: "Put in the basket:",
  cart_remove: "Took out of the basket:",
  checkout: "Went to the checkout",
  purchase: "Bought",
  refund: "Returned",
  like: "Wants more like",
  dislike: "Wants less like",
  share: "Shared",
};

/** Lines in the order of the events, which is newest first. */
export function historyInWords(
  events: Panel["events"],
  titleOf: (item: string) => string | undefined,
): readonly HistoryLine[] {
  const lines: HistoryLine[] = [];
  let seenTogether = 0;
  for (const event of events) {
    const previous = lines.at(-1);
    seenTogether = event.kind === "impression" ? seenTogether + 1 : 0;
    if (seenTogether > 1 && previous !== undefined) {
      lines[lines.length - 1] = {
        ...previous,
        ids: [...previous.ids, event.id],
        text: `Saw ${seenTogether} products on shelves`,
      };
      continue;
    }
    const what =
      event.item === undefined ? quoted(event.query) : (event.title ?? titleOf(event.item) ?? event.item);
    // An event that a later version of the SDK wrote.
    const verb = Object.hasOwn(verbs, event.kind) ? verbs[event.kind] : "Did something with";
    const text = what === "" ? verb : `${verb} ${what}`;
    const { leftOut } = event;
    const goesOn = previous?.text === text && previous.leftOut === leftOut;
    if (goesOn) {
      lines[lines.length - 1] = { ...previous, ids: [...previous.ids, event.id], times: previous.times + 1 };
    } else lines.push({ ids: [event.id], text, times: 1, atMs: event.atMs, leftOut });
  }
  return lines;
}

function quoted(query: string | undefined): string {
  return query === undefined ? "" : `“${query}”`;
}

/** Why one act does not count, behind its line. */
export const leftOutInWords: Readonly<Record<LeftOutFor, string>> = {
  duplicate: "again at once",
  rate: "faster than a person",
};

/** What does not count, in one sentence; nothing where all does. */
export function cleanedInWords({ duplicate, rate, time, isAutomated }: Panel["cleaned"]): string {
  const said = [
    [duplicate, "came again at once"],
    [rate, "came faster than any person"],
  ] as const;
  const parts = said.flatMap(([count, what]) => (count === 0 ? [] : `${count} ${what}`));
  const counted =
    parts.length === 0 ? "" : `Not counted, neither here nor for the crowd: ${parts.join(", ")}.`;
  const wrong = time === 0 ? "" : `${time} at a time that cannot be: counted as if three months old.`;
  const robot = isAutomated
    ? "A program seems to be at work in this browser: nothing of it is added up."
    : "";
  return [counted, wrong, robot].filter((sentence) => sentence !== "").join(" ");
}
