/**
 * What the SDK notes of itself for the overlay (debug/), on a page that was opened with `?tacit-debug` and on no
 * other. Types only: the notes are an array that the overlay takes over once its file has come.
 */
import type { Remote } from "comlink";
import type { EventInput } from "../core/events/event.ts";
import type { Recorded } from "../core/events/fact.ts";
import type { Recommendation, WorkerApi, WorkerNotice } from "../worker/api.ts";
import type { ConsentState } from "./types.ts";

interface Noted {
  /** Something was tracked, by the page or by capture; not kept without the permission to personalise. */
  readonly event: { readonly event: EventInput; readonly atMs: number; readonly isKept: boolean };
  /** A list was answered, perhaps plainly. */
  readonly list: Listed;
  /** Whatever is told to `onError`, each time. */
  readonly error: unknown;
  readonly worker: "starts" | "runs";
  /** What is permitted has changed. */
  readonly consent: ConsentState;
  readonly notice: WorkerNotice;
}

export interface Listed {
  readonly who: "recommend" | "similar" | "goesWith" | "search" | "trending";
  /** As the page passed it. */
  readonly given: { readonly about?: unknown; readonly options: unknown };
  /** Since the page began (`performance.now`), like `atMs` of a note. */
  readonly askedMs: number;
  readonly list: readonly Recommendation[];
}

export type Note = {
  [What in keyof Noted]: { readonly what: What; readonly atMs: number; readonly detail: Noted[What] };
}[keyof Noted];

/** All that the overlay sees of the client. */
export interface Inside {
  readonly version: string;
  /** So far; whoever takes them over replaces `push`. */
  readonly notes: Note[];
  /** Null where the configuration was refused. */
  readonly settings: {
    readonly server: string;
    readonly relay: string | null;
    readonly database: string;
  } | null;
  readonly consent: { readonly state: () => ConsentState };
  readonly outbox: { readonly waiting: readonly { readonly event: Recorded }[] };
  /** Null before there is a worker to ask. A failure is told to nobody but who asked. */
  readonly link: { readonly value: AskWorker | null };
}

interface AskWorker {
  readonly call: <T>(who: string, ask: (worker: Remote<WorkerApi>) => Promise<T>) => Promise<T>;
}

/** What debug.js exports. */
export interface OverlayModule {
  readonly open: (inside: Inside) => void;
}
