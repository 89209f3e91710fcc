/** What the client noted so far, and what follows from it without asking anybody. */
import type { EventInput, TacitEvent } from "../../core/events/event.ts";
import type { Panel } from "../../worker/api.ts";
import type { Note } from "../notes.ts";

export type NoteOf<What extends Note["what"]> = Note & { readonly what: What };

const mostOfAKind = 200;
const mostShown = 50;

/** The last notes of each kind, oldest first. */
export class Notebook {
  readonly #notes = new Map<Note["what"], Note[]>();

  add(note: Note): void {
    const ofKind = this.#notes.get(note.what) ?? [];
    ofKind.push(note);
    // The first of a visit say how it began.
    if (ofKind.length > mostOfAKind) ofKind.splice(mostOfAKind / 2, 1);
    this.#notes.set(note.what, ofKind);
  }

  of<What extends Note["what"]>(what: What): readonly NoteOf<What>[] {
    return (this.#notes.get(what) ?? []).filter((note): note is NoteOf<What> => note.what === what);
  }
}

/** Where an event is: what happened to it last. */
export type Whereabouts = "in the journal" | "on the page" | "on its way" | "not kept";

export interface ShownEvent extends EventInput {
  readonly atMs: number;
  readonly title?: string;
  readonly where: Whereabouts;
  /** Whether it outlives the page where it is. */
  readonly isWritten: boolean;
}

export interface EventPlaces {
  readonly noted: readonly NoteOf<"event">[];
  readonly waiting: readonly TacitEvent[];
  /** Written ahead by whichever page. */
  readonly written: readonly TacitEvent[];
  /** Null while the worker has not said. */
  readonly panel: Panel | null;
  /** When the panel was asked for, as notes have it. */
  readonly panelMs: number;
}

/** Every event that something is known of, newest first. */
export function whereabouts({ noted, waiting, written, panel, panelMs }: EventPlaces): readonly ShownEvent[] {
  const journal = panel?.events.slice(0, mostShown) ?? [];
  const ids = new Set(panel?.events.map(({ id }) => id));
  const isWritten = new Set(written.map(({ id }) => id));
  const onPage = waiting.filter(({ id }) => !ids.has(id));
  const waits = new Set(onPage.map(({ id }) => id));
  const leaving = written.filter(({ id }) => !ids.has(id) && !waits.has(id));
  const known = new Set([...journal, ...onPage, ...leaving].map(signOf));
  const unseen = noted.filter(
    ({ atMs, detail: { event, atMs: trackedMs, isKept } }) =>
      !isKept || (atMs >= panelMs && !known.has(signOf({ ...event, atMs: trackedMs }))),
  );
  const shown: readonly ShownEvent[] = [
    ...journal.map((event) => ({ ...event, where: "in the journal" as const, isWritten: true })),
    ...onPage.map((event) => ({
      ...event,
      where: "on the page" as const,
      isWritten: isWritten.has(event.id),
    })),
    ...leaving.map((event) => ({
      ...event,
      where: "on its way" as const,
      isWritten: true,
    })),
    ...unseen.map(({ detail: { event, atMs, isKept } }) => ({
      ...event,
      atMs,
      where: isKept ? ("on its way" as const) : ("not kept" as const),
      isWritten: false,
    })),
  ];
  return [...shown].sort((a, b) => b.atMs - a.atMs).slice(0, mostShown);
}

/** Two events are taken for one when nothing tells them apart. */
function signOf({ kind, item, query, atMs }: EventInput & { readonly atMs: number }): string {
  return JSON.stringify([kind, item, query, atMs]);
}

export interface Complaint {
  readonly message: string;
  readonly times: number;
  readonly lastMs: number;
}

/** What was told to `onError`, each message once, latest first. */
export function complaints(noted: readonly NoteOf<"error">[]): readonly Complaint[] {
  const byMessage = new Map<string, Complaint>();
  for (const { atMs, detail } of noted) {
    const message = detail instanceof Error ? detail.message : String(detail);
    const times = (byMessage.get(message)?.times ?? 0) + 1;
    byMessage.set(message, { message, times, lastMs: atMs });
  }
  return [...byMessage.values()].sort((a, b) => b.lastMs - a.lastMs);
}

/** Why a list that was asked for is empty; null for one that is not. */
export function whyEmpty(
  { detail: { list, askedMs }, atMs }: NoteOf<"list">,
  { errors, panel }: { readonly errors: readonly NoteOf<"error">[]; readonly panel: Panel | null },
): string | null {
  if (list.length > 0) return null;
  const during = errors.filter((error) => error.atMs >= askedMs && error.atMs <= atMs);
  if (during.length > 0) {
    return complaints(during)
      .map(({ message }) => message)
      .join("; ");
  }
  if (panel === null) return "The worker has not answered yet.";
  if (panel.edition === null) return "No items have come from the server yet.";
  return `Each of the ${panel.edition.items} items was excluded, dealt with before, disliked, or is not to be had.`;
}
