/** How long things took on this page, from what the client noted. Milliseconds since the page began. */
import type { Notebook } from "./notebook.ts";

export interface Timings {
  /** From the last start of a worker until it answered; null while it has not. */
  readonly workerStart: number | null;
  /** More than one: the browser ended some. */
  readonly starts: number;
  /** When the first items of the catalogue were there, and all of them. */
  readonly firstItems: number | null;
  readonly allItems: number | null;
  /** When the first list with items was answered. */
  readonly firstShelf: number | null;
  /** From asking for a list until it was answered, oldest first. */
  readonly lists: readonly number[];
  /** From each event until the first list for the person that was asked for after it was answered. */
  readonly eventToShelf: readonly number[];
}

export function timingsOf(notebook: Notebook): Timings {
  const worker = notebook.of("worker");
  const lastStart = worker.findLast(({ detail }) => detail === "starts");
  const runs = worker.find(({ detail, atMs }) => detail === "runs" && atMs >= (lastStart?.atMs ?? 0));
  const editions = notebook.of("notice").filter(({ detail }) => detail.type === "edition");
  const whole = editions.find(({ detail }) => detail.type === "edition" && detail.isWhole);
  const lists = notebook.of("list");
  const forPerson = lists.filter(({ detail }) => detail.who === "recommend" && detail.list.length > 0);
  return {
    workerStart: lastStart === undefined || runs === undefined ? null : runs.atMs - lastStart.atMs,
    starts: worker.filter(({ detail }) => detail === "starts").length,
    firstItems: editions[0]?.atMs ?? null,
    allItems: whole?.atMs ?? null,
    firstShelf: lists.find(({ detail }) => detail.list.length > 0)?.atMs ?? null,
    lists: lists.map(({ atMs, detail }) => atMs - detail.askedMs),
    eventToShelf: notebook.of("event").flatMap(({ atMs, detail }) => {
      const shelf = forPerson.find(({ detail: { askedMs } }) => askedMs >= atMs);
      return shelf === undefined || !detail.isKept ? [] : [shelf.atMs - atMs];
    }),
  };
}

/** The middle one, the lower of two; null of none. */
export function median(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}
