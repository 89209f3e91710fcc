/**
 * Everything the loader wants from the browser, in one place: storage, signals, a worker, the file
 * that has the rest. What only the rest wants stands in edges.ts.
 *
 * The loader sees a `Page`, so it runs unchanged over a hand-made one. On a server there is no page.
 */
import type { Endpoint } from "comlink";
import type { Clicking, TrackCaptured } from "./capture/clicking.ts";

/** A worker, as far as the link needs one: comlink's messages, its end, and news of its death. */
export interface WorkerPort extends Endpoint {
  terminate(): void;
}

/** Small texts that outlive the visit. Never throws: what the browser denies is not there. */
export interface TextStore {
  read(key: string): string | null;
  /** False when it was not written: denied, or full. */
  write(key: string, text: string): boolean;
  remove(key: string): void;
  keys(prefix: string): readonly string[];
}

/** The browser as the loader sees it; `Module` is what the file of the rest exports. */
export interface Page<Module = unknown> {
  /** What relative addresses are relative to. */
  readonly address: string;
  readonly store: TextStore;
  /** True while the browser sends Global Privacy Control. */
  readonly privacyControl: boolean;
  /** Whether the page was opened with `?tacit-debug`. */
  readonly isDebugged: boolean;
  /** Starts the worker at this address. @throws {Error} when the browser refuses; some only tell the port. */
  startWorker(url: string): WorkerPort;
  /** Loads the file of the rest. */
  loadRest(url: string): PromiseLike<Module>;
  /**
   * Asks for something public, with nothing of the browser's own; null where the browser cannot hand an
   * answer to a worker unread.
   */
  ask(url: string): Promise<Response> | null;
  /** Whether there is an IndexedDB database of that name; null where the browser does not say. */
  hasDatabase(name: string): Promise<boolean | null>;
  /** Deletes one, as soon as nobody has it open; settles when it is deleted, or known to be open somewhere. */
  deleteDatabase(name: string): Promise<unknown>;
  /** Calls once the page is shown: now, or when a prerendered page is activated. */
  onShown(run: () => void): void;
  /** Tracks clicks on marked elements for the journal of that name; null where another copy does so already. */
  clicks(track: TrackCaptured, journal: string): Clicking | null;
}

/** Texts kept for as long as the page lives. */
export function memoryStore(): TextStore {
  const texts = new Map<string, string>();
  return {
    read: (key) => texts.get(key) ?? null,
    write: (key, text) => texts.set(key, text) !== undefined,
    remove: (key) => void texts.delete(key),
    keys: (prefix) => [...texts.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/**
 * Texts in localStorage. Browsers may throw on every access, even on reading the `localStorage` property,
 * when a person blocks site data.
 */
export function localStore(open: () => Storage): TextStore {
  const attempt = <T>(use: (storage: Storage) => T, denied: T): T => {
    try {
      return use(open());
    } catch {
      return denied;
    }
  };
  return {
    read: (key) => attempt((storage) => storage.getItem(key), null),
    write: (key, text) => attempt((storage) => storage.setItem(key, text) === undefined, false),
    remove: (key) => attempt((storage) => storage.removeItem(key), undefined),
    keys: (prefix) =>
      attempt((storage) => Object.keys(storage).filter((key) => key.startsWith(prefix)), [] as string[]),
  };
}

/** What a text says as JSON; null for none, or one that something else wrote. */
export function valueIn(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

/** A random UUID of version 4; `crypto.randomUUID` exists only in secure contexts. */
export function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(36));
  return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, (_, at) => (bytes[at] & 15).toString(16));
}
