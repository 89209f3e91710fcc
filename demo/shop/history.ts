/**
 * The browser's history as visits, and links that stay within the page.
 *
 * The page is as tall as its shelves, which are drawn after the browser would scroll: where each entry of the
 * history was left is remembered here instead.
 */
import { useEffect, useState } from "preact/hooks";
import { parsePositions, storedPositions } from "./positions.ts";
import { addressOf, parseRoute, type Route } from "./route.ts";

/** A page of the shop as it is arrived at. */
export interface Visit {
  readonly route: Route;
  /** Navigations since the document was loaded: 0 for the first page. */
  readonly moves: number;
  /** Where the page was left when it was left, in pixels from its top. */
  readonly top: number;
}

const key = "thimble.positions";
const moved = new EventTarget();
const positions = new Map(readPositions());
/** Path and query of the page that is shown, and the name of its entry in the history. */
let shown = { address: addressNow(), entry: entryNow() };

/** Goes to a route as a link would. */
export function go(route: Route): void {
  goTo(addressOf(route));
}

/** The visit; the component is drawn again when there is another. */
export function useVisit(): Visit {
  const [visit, setVisit] = useState<Visit>(() => ({ ...arrival(), moves: 0 }));
  useEffect(() => {
    history.scrollRestoration = "manual";
    const arrive = () => setVisit(({ moves }) => ({ ...arrival(), moves: moves + 1 }));
    const comeBack = () => {
      // A link within the page, such as the one that skips to the content, is no other page.
      if (addressNow() === shown.address && entryNow() === shown.entry) return;
      leave();
      arrive();
    };
    addEventListener("popstate", comeBack);
    moved.addEventListener("moved", arrive);
    document.addEventListener("click", followLink);
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("popstate", comeBack);
      moved.removeEventListener("moved", arrive);
      document.removeEventListener("click", followLink);
      removeEventListener("pagehide", keep);
    };
  }, []);
  return visit;
}

function arrival(): Omit<Visit, "moves"> {
  shown = { address: addressNow(), entry: entryNow() };
  return { route: parseRoute(location), top: positions.get(shown.entry) ?? 0 };
}

function leave(): void {
  positions.set(shown.entry, Math.round(scrollY));
}

/** For a reload, and for coming back from elsewhere. */
function keep(): void {
  leave();
  try {
    sessionStorage.setItem(key, storedPositions(positions));
  } catch {
    // Denied or full: the page begins at its top.
  }
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link === null || link.origin !== location.origin || link.target !== "" || link.hasAttribute("download"))
    return;
  if (link.hash !== "" && link.pathname === location.pathname) return;
  event.preventDefault();
  goTo(link.pathname + link.search);
}

function goTo(address: string): void {
  leave();
  const entry = newEntry();
  if (address === shown.address) history.replaceState({ entry }, "", address);
  else history.pushState({ entry }, "", address);
  moved.dispatchEvent(new Event("moved"));
}

function addressNow(): string {
  return location.pathname + location.search;
}

/** The name of the entry that the history is at; it gets one where it has none. */
function entryNow(): string {
  const state: unknown = history.state;
  if (typeof state === "object" && state !== null && "entry" in state && typeof state.entry === "string")
    return state.entry;
  const entry = newEntry();
  history.replaceState({ entry }, "");
  return entry;
}

function newEntry(): string {
  return `${Math.round(performance.timeOrigin + performance.now())}.${history.length}`;
}

function readPositions(): ReadonlyMap<string, number> {
  try {
    return parsePositions(sessionStorage.getItem(key));
  } catch {
    return new Map();
  }
}
