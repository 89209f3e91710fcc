/**
 * Everything the SDK wants from the browser, in one place: storage, signals, lifecycle, the worker.
 *
 * The rest of sdk/ sees a `Page`, so it runs unchanged over a hand-made one. On a server there is no page.
 */
import type { Endpoint } from "comlink";
import type { TrackCaptured } from "./capture.ts";

/** A worker, as far as the link needs one: comlink's messages, its end, and news of its death. */
export interface WorkerPort extends Endpoint {
  terminate(): void;
}

/** Small texts that outlive the visit. Never throws: where the browser denies storage, memory serves. */
export interface TextStore {
  read(key: string): string | null;
  write(key: string, text: string): void;
}

/** The browser as the client sees it. */
export interface Page {
  /** What relative addresses are relative to. */
  readonly address: string;
  readonly store: TextStore;
  /** True while the browser sends Global Privacy Control. */
  readonly privacyControl: boolean;
  /** @throws {Error} when the browser has no Worker or refuses the address. */
  startWorker(url: string): WorkerPort;
  /**
   * Asks for something public, with nothing of the browser's own; null where the browser cannot hand an
   * answer to a worker unread.
   */
  ask(url: string): Promise<Response> | null;
  /** Whether there is an IndexedDB database of that name; null where the browser does not say. */
  hasDatabase(name: string): Promise<boolean | null>;
  /** Deletes an IndexedDB database without the worker's help. */
  deleteDatabase(name: string): Promise<void>;
  /** Calls once the page is shown: now, or when a prerendered page is activated. */
  onShown(run: () => void): void;
  /** Calls whenever the page may be about to end: hidden or left. */
  onHidden(run: () => void): void;
  /** Calls when another tab wrote to the store. */
  onStoreChange(run: () => void): void;
  /** Calls when the browser has nothing better to do, `afterMs` from now at the earliest. */
  whenIdle(afterMs: number, run: () => void): void;
  /** Watches the elements of the document that carry data attributes. */
  capture(track: TrackCaptured): void;
}

/** Texts kept for as long as the page lives. */
export function memoryStore(): TextStore {
  const texts = new Map<string, string>();
  return { read: (key) => texts.get(key) ?? null, write: (key, text) => void texts.set(key, text) };
}

/**
 * Texts in localStorage, and in memory what localStorage would not take. Browsers may throw on every access,
 * even on reading the `localStorage` property, when a person blocks site data.
 */
export function localStore(open: () => Pick<Storage, "getItem" | "setItem">): TextStore {
  const refused = new Map<string, string>();
  return {
    read(key) {
      try {
        return refused.get(key) ?? open().getItem(key);
      } catch {
        return null;
      }
    },
    write(key, text) {
      try {
        open().setItem(key, text);
        refused.delete(key);
      } catch {
        refused.set(key, text);
      }
    },
  };
}

/** A random UUID; `crypto.randomUUID` exists only in secure contexts. */
export function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
