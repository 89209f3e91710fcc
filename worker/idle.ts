/** Work on a thread that is not its own: each message waits until the page has nothing better to do. */
import type { Endpoint } from "comlink";

/** Of a page, where this runs; TypeScript's library for workers does not know it. */
declare const requestIdleCallback:
  | ((run: () => void, options: { readonly timeout: number }) => number)
  | undefined;

/** A message waits no longer, however busy the page is. */
const timeoutMs = 500;

/** The endpoint, with messages handed on in their order, one in each idle stretch. */
export function idleEndpoint(port: Endpoint, whenIdle: (run: () => void) => void = idle): Endpoint {
  const listening = new Map<unknown, EventListener>();
  return {
    postMessage: (message, transfer) => port.postMessage(message, transfer),
    addEventListener(type, listener) {
      const patient = (event: Event): void =>
        whenIdle(() => {
          if (typeof listener === "function") listener(event);
          else listener.handleEvent(event);
        });
      listening.set(listener, patient);
      port.addEventListener(type, patient);
    },
    removeEventListener(type, listener) {
      port.removeEventListener(type, listening.get(listener) ?? (() => undefined));
      listening.delete(listener);
    },
    start: () => port.start?.(),
  };
}

function idle(run: () => void): void {
  // Safari has no requestIdleCallback: https://bugs.webkit.org/show_bug.cgi?id=164193
  if (typeof requestIdleCallback === "function") requestIdleCallback(run, { timeout: timeoutMs });
  else setTimeout(run);
}
