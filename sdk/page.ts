/**
 * Everything the SDK wants from the browser, in one place: storage, signals, lifecycle, the worker.
 *
 * The rest of sdk/ sees a `Page`, so it runs unchanged over a hand-made one. On a server there is no page.
 */
import type { Endpoint } from "comlink";
import type { DeviceClass } from "../core/profile/device.ts";
import type { KeptErased } from "../worker/api.ts";
import type { Capture, TrackCaptured } from "./capture.ts";
import type { OverlayModule } from "./notes.ts";

/** A worker, as far as the link needs one: comlink's messages, its end, and news of its death. */
export interface WorkerPort extends Endpoint {
  terminate(): void;
}

/** A way to run the worker's code: the first that the page allows is taken. */
export interface WorkerWay {
  readonly name: string;
  /** @throws {Error} when the browser refuses; some only tell the port, by an error event. */
  start(): WorkerPort | Promise<WorkerPort>;
}

/** Small texts that outlive the visit. Never throws: what the browser denies is not there. */
export interface TextStore {
  read(key: string): string | null;
  /** False when it was not written: denied, or full. */
  write(key: string, text: string): boolean;
  remove(key: string): void;
  keys(prefix: string): readonly string[];
}

/** The browser as the client sees it. */
export interface Page {
  /** What relative addresses are relative to. */
  readonly address: string;
  readonly store: TextStore;
  /** True while the browser sends Global Privacy Control. */
  readonly privacyControl: boolean;
  /** The browser says that a program drives it (WebDriver, https://w3c.github.io/webdriver/#interface). */
  readonly automated: boolean;
  /** Null where it is not known. */
  readonly device: DeviceClass | null;
  /** How the worker at this address may be run, best first. */
  workerWays(url: string): readonly WorkerWay[];
  /**
   * Whether anybody of this origin holds a lock of that name (Web Locks); null where the browser does not
   * say.
   */
  isHeld(lock: string): Promise<boolean | null>;
  /**
   * Asks for something public, with nothing of the browser's own; null where the browser cannot hand an
   * answer to a worker unread.
   */
  ask(url: string): Promise<Response> | null;
  /** Whether there is an IndexedDB database of that name; null where the browser does not say. */
  hasDatabase(name: string): Promise<boolean | null>;
  /**
   * Empties an IndexedDB database without the worker's help; nothing where there is none.
   *
   * @param choices what its store `kept` holds from then on besides what is there; the only store left as it
   *   is
   * @throws {Error} when the browser does not do so now
   */
  /** @param known what the database is to know afterwards (emptydatabase.ts). */
  emptyDatabase(name: string, known: KeptErased): Promise<void>;
  /** Calls once the page is shown: now, or when a prerendered page is activated. */
  onShown(run: () => void): void;
  /** Calls whenever the page may be about to end: hidden or left. */
  onHidden(run: () => void): void;
  /** Calls when the page is left; it may come back from the back/forward cache. */
  onLeft(run: () => void): void;
  /** Calls when the page has come back from there. */
  onBack(run: () => void): void;
  /** Calls when another tab wrote to the store, with the key; null when it was cleared. */
  /** @param run told the key, null for all, and what another page wrote there. */
  onStoreChange(run: (key: string | null, text: string | null) => void): void;
  /** Calls when the browser has nothing better to do, `afterMs` from now at the earliest. */
  whenIdle(afterMs: number, run: () => void): void;
  /** Loads the file of the overlay; null unless the page was opened with `?tacit-debug`. */
  readonly overlay: ((url: string) => Promise<OverlayModule>) | null;
  /** Watches the elements of the document that carry data attributes, for the journal of that name. */
  capture(track: TrackCaptured, journal: string): Capture;
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
    write: (key, text) =>
      attempt((storage) => {
        storage.setItem(key, text);
        return true;
      }, false),
    remove: (key) => attempt((storage) => storage.removeItem(key), undefined),
    keys: (prefix) =>
      attempt((storage) => {
        const keys = Array.from({ length: storage.length }, (_, nth) => storage.key(nth));
        return keys.filter((key) => key?.startsWith(prefix) === true) as readonly string[];
      }, []),
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
