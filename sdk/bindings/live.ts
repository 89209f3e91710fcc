/**
 * An answer of the SDK that stays true: asked again whenever something happened that may change it. What bindings
 * to frameworks have in common; it knows none of them. A page that is hidden asks when it is looked at again, once.
 */
import type { Tacit } from "../types.ts";
import { whenVisible } from "../whenvisible.ts";

export interface Live<T> {
  /** The last answer; null while there is none. */
  readonly read: () => T | null;
  /**
   * Calls after each new answer. With the first one who subscribes it is asked, with the last one who leaves
   * nothing is asked any more.
   */
  readonly subscribe: (changed: () => void) => () => void;
}

/** Several things happen at once where one does: a purchase of five products is asked about once. */
const settleMs = 50;

export function live<T>(tacit: Tacit, ask: (tacit: Tacit) => Promise<T>): Live<T> {
  const listeners = new Set<() => void>();
  let answer: T | null = null;
  let asked = 0;
  let isDue = false;
  let stopWaiting = (): void => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stops: readonly (() => void)[] = [];

  const question = async (): Promise<void> => {
    const nth = ++asked;
    const value = await ask(tacit);
    // An answer that a later question has overtaken is old.
    if (nth !== asked || listeners.size === 0) return;
    answer = value;
    for (const changed of [...listeners]) changed();
  };
  const askNow = (): void => {
    isDue = false;
    stopWaiting();
    if (listeners.size > 0) stopWaiting = whenVisible(() => void question());
  };
  const askSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(askNow, settleMs);
  };
  const begin = (): void => {
    const names = ["ready", "change", "edition", "consent"] as const;
    stops = names.map((name) => tacit.on(name, askSoon));
    // Who subscribes, leaves and subscribes again at once, as React's StrictMode does, asks once.
    if (!isDue) queueMicrotask(askNow);
    isDue = true;
  };
  const end = (): void => {
    clearTimeout(timer);
    stopWaiting();
    asked += 1;
    for (const stop of stops) stop();
    // Nobody hears any more that it was erased; who comes in the same task, on the next route, still has it.
    setTimeout(() => {
      if (listeners.size === 0) answer = null;
    });
  };
  return {
    read: () => answer,
    subscribe(changed) {
      // One function may subscribe twice, and leaves once each time.
      const listener = () => changed();
      listeners.add(listener);
      if (listeners.size === 1) begin();
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) end();
      };
    },
  };
}
