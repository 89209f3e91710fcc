/**
 * The shop's way to Tacit: `window.tacit`, which the stub provides at once and the script tag takes over.
 *
 * `track` may be called at any time. Everything that answers waits for the script; where it does not arrive
 * (a blocker, a network fault) `sdk` is null and the shop shows its shelves in its own order.
 */
import { useEffect, useState } from "preact/hooks";
import type { EventKind, Recommendation, Tacit, TrackProperties } from "../../sdk/index.ts";

declare global {
  interface Window {
    tacit?: Tacit | Pick<Tacit, "track">;
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

/** What to show on a shelf: not known yet, or known, perhaps empty. */
export type Shelved =
  | { readonly state: "waiting" }
  | { readonly state: "known"; readonly items: readonly Recommendation[] };

const settleMs = 400;

/**
 * A list that follows what the person does: asked again when the journal or the model changes.
 *
 * The items shown stay until the new ones are there. `what` names the question; a new name starts over.
 */
export function useShelved(what: string, ask: (tacit: Tacit) => Promise<readonly Recommendation[]>): Shelved {
  const [shelved, setShelved] = useState<Shelved & { readonly what: string }>({ state: "waiting", what });
  // `what` stands for `ask`, which is new on every drawing.
  useEffect(() => {
    let live = true;
    let timer = 0;
    const stops: (() => void)[] = [];
    sdk.then((tacit) => {
      if (!live) return;
      if (tacit === null) return setShelved({ state: "known", items: [], what });
      let asked = 0;
      const refresh = async () => {
        asked += 1;
        const question = asked;
        const items = await ask(tacit);
        // An answer that a later question has overtaken is old.
        if (live && question === asked) setShelved({ state: "known", items, what });
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
      for (const stop of stops) stop();
    };
  }, [what]);
  return shelved.what === what ? shelved : { state: "waiting" };
}

function isLoaded(tacit: Window["tacit"]): tacit is Tacit {
  return tacit !== undefined && "version" in tacit;
}
