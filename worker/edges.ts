/** What the private side takes from the world around it. A browser hands over its own; tests and the crowd, theirs. */
import type { RandomFill } from "../core/bytes.ts";
import type { WorkerNotice } from "./api.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Edges {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Cryptographic randomness. */
  readonly fill: RandomFill;
  readonly fetch: Fetch;
}

/** The browser's own. */
export function platformEdges(): Edges {
  return { nowMs: () => Date.now(), fill: platformFill, fetch: fetch.bind(globalThis) };
}

/** Cryptographic randomness for any length: the platform gives at most 65,536 bytes at a time (Web Cryptography API, 10.1.1). */
export function platformFill(bytes: Uint8Array): void {
  const most = 65_536;
  for (let at = 0; at < bytes.length; at += most) {
    const part = new Uint8Array(Math.min(most, bytes.length - at));
    bytes.set(crypto.getRandomValues(part), at);
  }
}

/** Tells the page something it did not ask. */
export type Notify = (notice: WorkerNotice) => void;

/** Something expected that went wrong in the background, for the page to know and no one to stop. */
export function troubleOf(who: string, cause: unknown): WorkerNotice {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { type: "trouble", message: `${who}: ${message}` };
}
