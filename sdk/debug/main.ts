/**
 * The entry of debug.js: an overlay that shows a developer what the SDK knows, does and did not understand, on a
 * page that was opened with `?tacit-debug`. It shows only what is on the device, and sends nothing.
 */
import { isEventKind, type TacitEvent } from "../../core/events/event.ts";
import { isFact } from "../../core/events/fact.ts";
import type { Inside, Note } from "../notes.ts";
import { Apart } from "./apart.ts";
import { Frame } from "./frame.ts";
import { complaints, Notebook, type NoteOf, whereabouts, whyEmpty } from "./notebook.ts";
import { requestsIn } from "./requests.ts";
import {
  complaintsSection,
  eventsSection,
  listEntry,
  requestsSection,
  stateSection,
  tastesSection,
  timingsSection,
} from "./sections.ts";
import { Snapshots } from "./snapshot.ts";
import { timingsOf } from "./timings.ts";

const drawAfterMs = 100;
const mostLists = 8;

export function open({ version, notes, settings, consent, outbox, link }: Inside): void {
  const notebook = new Notebook();
  /** What stands there for a list, and why it was empty as far as was known. */
  const entries = new WeakMap<Note, { readonly why: string | null; readonly entry: HTMLElement }>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const drawSoon = (): void => {
    timer ??= setTimeout(draw, drawAfterMs);
  };
  const apart = new Apart(link, drawSoon);
  const snapshots = new Snapshots(link, () => {
    void apart.refresh();
    drawSoon();
  });
  const frame = new Frame({
    title: version,
    closed: () => {
      snapshots.stop();
      clearTimeout(timer);
      notes.push = () => 0;
    },
  });

  const draw = (): void => {
    timer = undefined;
    frame.show();
    const snapshot = snapshots.current;
    const { panel } = snapshot;
    const nowMs = Date.now();
    const errors = notebook.of("error");
    const lists = notebook.of("list").slice(-mostLists).reverse();
    const events = whereabouts({
      noted: notebook.of("event"),
      waiting: outbox.waiting.flatMap(({ event }) => (isFact(event) ? [] : event)),
      written: settings === null ? [] : writtenAhead(settings.database),
      panel,
      panelMs: snapshot.askedMs,
    });
    const entryOf = (note: NoteOf<"list">): HTMLElement => {
      const why = whyEmpty(note, { errors, panel });
      const known = entries.get(note);
      if (known !== undefined && known.why === why) return known.entry;
      const entry = listEntry(note, why);
      entries.set(note, { why, entry });
      return entry;
    };
    const told = complaints(errors);
    const pageRequests = {
      originMs: performance.timeOrigin,
      entries: performance.getEntriesByType("resource").map((entry) => entry.toJSON()),
    };
    const requests = settings === null ? [] : requestsIn([pageRequests, snapshot.requests], settings);
    const state = { isConfigured: settings !== null, nowMs };
    frame.fill("Now", stateSection(snapshot, consent.state(), state), {
      isOpen: true,
      isAlarm: settings === null || snapshot.failure !== null,
    });
    frame.fill("Events", eventsSection(events, panel?.events.length ?? 0, nowMs), { isOpen: true });
    frame.fill("Lists", { headline: listsInWords(lists), body: lists.map(entryOf) });
    frame.fill("Score", apart.section());
    frame.fill("Tastes", tastesSection(snapshot, titlesIn(panel?.events ?? [], lists)));
    frame.fill("Timings", timingsSection(timingsOf(notebook)));
    frame.fill("Requests", requestsSection(requests, panel, nowMs));
    frame.fill("Not understood", complaintsSection(told, performance.timeOrigin), {
      isAlarm: told.length > 0,
    });
  };

  const take = (note: Note): void => {
    notebook.add(note);
    snapshots.refresh();
    drawSoon();
  };
  for (const note of notes.splice(0)) take(note);
  notes.push = (...more) => {
    for (const note of more) take(note);
    return 0;
  };
  draw();
}

function listsInWords(lists: readonly NoteOf<"list">[]): string {
  const [last] = lists;
  if (last === undefined) return "none was asked for";
  return `${last.detail.who}: ${last.detail.list.length || "no"} items`;
}

function titlesIn(
  events: readonly { readonly item?: string; readonly title?: string }[],
  lists: readonly NoteOf<"list">[],
): ReadonlyMap<string, string> {
  const cards = [...lists.flatMap(({ detail }) => detail.list), ...events];
  return new Map(cards.flatMap(({ item, title }) => (item && title ? [[item, title] as const] : [])));
}

/** What pages left in localStorage (writeahead.ts) of events for this database. */
function writtenAhead(database: string): readonly TacitEvent[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`tacit.event.${database}.`))
      .map((key) => JSON.parse(localStorage.getItem(key) ?? "null"))
      .filter((event) => isEventKind(event?.kind));
  } catch {
    return [];
  }
}
