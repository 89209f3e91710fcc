/**
 * The shop's way to Tacit: `window.tacit`, which the stub provides at once and the script tag takes over.
 *
 * `track` may be called at any time. Everything that answers waits for the script; where it does not arrive
 * (a blocker, a network fault) `sdk` is null and the shop shows its shelves in its own order.
 */
import { useEffect, useState } from "preact/hooks";
import type { EventKind, Tacit, TrackProperties } from "../../sdk/index.ts";

declare global {
  interface Window {
    tacit?: Tacit | Pick<Tacit, "track" | "declare">;
  }
}

/** The loaded SDK, or null when the script did not load. */
export const sdk: Promise<Tacit | null> = new Promise((resolve) => {
  const settle = () => resolve(isLoaded(window.tacit) ? window.tacit : null);
  if (isLoaded(window.tacit) || document.readyState === "complete") return settle();
  const script = document.querySelector("script[data-tacit-server]");
  script?.addEventListener("load", settle);
  // The page's own `load` waits for the script and comes even when the script failed before anyone listened.
  addEventListener("load", settle);
});

/** Tells Tacit what the person did. */
export function track(kind: EventKind, properties?: TrackProperties): void {
  window.tacit?.track(kind, properties);
}

/** Tells Tacit what the person said of themselves. */
export function declare(facts: Parameters<Tacit["declare"]>[0]): void {
  window.tacit?.declare(facts);
}

/** What was asked of Tacit: not known yet, or known. */
export type Answer<T> = { readonly state: "waiting" } | { readonly state: "known"; readonly value: T };

export interface Asked<T> {
  /** Names the question; a new name starts over. */
  readonly what: string;
  /** Where it changes, the same question is asked again; the last answer stays until then. */
  readonly about?: string;
  readonly ask: (tacit: Tacit) => Promise<T>;
  /** The answer where there is no Tacit to ask, or it says nothing for long. */
  readonly otherwise: T;
}

const settleMs = 400;
/** Nobody looks at empty places for longer; an answer that comes later is shown when it comes. */
const patienceMs = 8_000;

/**
 * An answer that follows what the person does: asked again when the journal or the model changes. The last
 * answer stays until the new one is there.
 */
export function useAnswer<T>({ what, about, ask, otherwise }: Asked<T>): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T> & { readonly what: string }>({ state: "waiting", what });
  // `what` and `about` stand for `ask` and `otherwise`, which are new on every drawing.
  useEffect(() => {
    let live = true;
    let timer = 0;
    const stops: (() => void)[] = [];
    const doWithout = () =>
      setAnswer((before) =>
        before.what === what && before.state === "known"
          ? before
          : { state: "known", value: otherwise, what },
      );
    const patience = window.setTimeout(doWithout, patienceMs);
    sdk.then((tacit) => {
      if (!live) return;
      if (tacit === null) return doWithout();
      let asked = 0;
      const refresh = async () => {
        asked += 1;
        const question = asked;
        const value = await ask(tacit);
        // An answer that a later question has overtaken is old.
        if (live && question === asked) setAnswer({ state: "known", value, what });
      };
      const refreshSoon = () => {
        clearTimeout(timer);
        timer = window.setTimeout(refresh, settleMs);
      };
      stops.push(tacit.on("ready", refreshSoon), tacit.on("change", refreshSoon));
      stops.push(tacit.on("edition", refreshSoon), tacit.on("consent", refreshSoon));
      void refresh();
    });
    return () => {
      live = false;
      clearTimeout(timer);
      clearTimeout(patience);
      for (const stop of stops) stop();
    };
  }, [what, about]);
  return answer.what === what ? answer : { state: "waiting" };
}

function isLoaded(tacit: Window["tacit"]): tacit is Tacit {
  return tacit !== undefined && "version" in tacit;
}
