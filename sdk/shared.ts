/**
 * Where the SDK of a page is for whoever comes beside it: widgets find it there, whichever door made it.
 *
 * It is shared when it is started, so that of two the one that answers is found. The first one stays. An event of the
 * window says that it has come.
 */
import type { Tacit } from "./types.ts";

const key: unique symbol = Symbol.for("tacit.sdk");
/** Of the window. */
export const sharedEvent = "tacit-sdk";

interface Globals {
  [key]?: Tacit;
  readonly tacit?: unknown;
  readonly dispatchEvent?: unknown;
}

/** Told by the doors when the SDK is started, and only where there is a page. */
export function share(tacit: Tacit): void {
  const page: Globals = globalThis;
  page[key] ??= tacit;
  globalThis.dispatchEvent?.(new Event(sharedEvent));
}

/** The SDK of this page, null while there is none. */
export function sharedSdk(): Tacit | null {
  const page: Globals = globalThis;
  return page[key] ?? (isSdk(page.tacit) ? page.tacit : null);
}

/** Not so the stub, nor an element whose id is `tacit`, which is a global of that name, too. */
function isSdk(value: unknown): value is Tacit {
  return typeof value === "object" && value !== null && "version" in value && "track" in value;
}
