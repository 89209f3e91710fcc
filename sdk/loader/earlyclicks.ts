/**
 * Clicks before page.js has come: each may end the page. Read as capture/clicks.ts reads them, but for what
 * takes long to tell: only what the browser itself calls a click of a person counts, the first of a row, and
 * of places only those that are stated.
 */
import type { Clicking, TrackCaptured } from "../capture/clicking.ts";
import { deedOf, propertiesOf } from "../capture/deeds.ts";
import { isElement, isIgnored, markOf, said } from "../capture/marks.ts";

/**
 * Starts capturing for the journal of that name. Of two copies of the SDK that write into one journal the
 * first captures, and the other does nothing: null.
 */
export function startEarlyClicks(track: TrackCaptured, journal: string): Clicking | null {
  if (!isFirst(journal)) return null;
  let isBusy = false;
  const onClick = (event: MouseEvent): void => {
    // The right button opens nothing. What a click sets off in its own handling is the same act.
    if (!event.isTrusted || event.button > 1 || event.detail > 1 || isBusy) return;
    isBusy = true;
    setTimeout(() => {
      isBusy = false;
    });
    const path = event.composedPath().filter(isElement);
    const marked = path.find((element) => markOf(element) !== null);
    const mark = marked === undefined ? null : markOf(marked);
    const doing = path
      .slice(0, marked === undefined ? path.length : path.indexOf(marked) + 1)
      .find((element) => deedOf(element, "click") !== "");
    const kind = doing === undefined ? (mark?.event === "" ? "click" : "") : deedOf(doing, "click");
    if (kind === "" || isIgnored(path)) return;
    const list = marked && path.find((element) => element.hasAttribute("data-tacit-list"));
    const name = list && said(list, "list");
    const position = marked && Number(/^[1-9]\d*$/.exec(said(marked, "position"))?.[0]);
    track(kind, {
      ...(mark && { item: mark.item }),
      ...(name && { list: name }),
      ...(position && { position }),
      ...(doing && propertiesOf(doing)),
    });
  };
  const kinds = ["click", "auxclick"] as const;
  const early = { capture: true, passive: true };
  for (const kind of kinds) addEventListener(kind, onClick, early);
  return {
    stop() {
      for (const kind of kinds) removeEventListener(kind, onClick, early);
    },
  };
}

/** What copies of the SDK on one page know of each other: the journals that are captured for. */
const captured: unique symbol = Symbol.for("tacit.capture");

function isFirst(journal: string): boolean {
  const shared: Document & { [captured]?: Set<string> } = document;
  shared[captured] ??= new Set();
  const isTaken = shared[captured].has(journal);
  shared[captured].add(journal);
  return !isTaken;
}
