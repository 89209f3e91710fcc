/**
 * Capture by data attributes: what was seen and what was clicked, without a line of script on the site.
 *
 * An element with `data-tacit-item` makes an `impression` once it was mostly seen for a second
 * (capture/sight.ts), and a `click` for each act of a person on it (capture/acts.ts). With `data-tacit-event` it
 * makes that kind of event instead, as soon as any of it is seen. Nothing is captured below
 * `data-tacit-ignore`. What comes from seeing counts once per page view, list and item (capture/pageview.ts),
 * so a shelf that is drawn again does not count again. Each says where in its list it was (capture/place.ts).
 *
 * A form with `data-tacit-on="submit:search"` tells what was searched. Where the site's date of defaults has
 * it, how long a person was with the product whose view was captured is told when the page view ends
 * (capture/dwell.ts).
 */
import { isEventKind } from "../core/events/event.ts";
import { Attention } from "./capture/attention.ts";
import { clicksOf, type TrackCaptured } from "./capture/clicking.ts";
import { deedOf, propertiesOf } from "./capture/deeds.ts";
import { Finder } from "./capture/finder.ts";
import { Gallery } from "./capture/gallery.ts";
import { hoversOf } from "./capture/hovers.ts";
import { isIgnored, pathOf } from "./capture/marks.ts";
import { PageView } from "./capture/pageview.ts";
import { type Places, placeOf } from "./capture/place.ts";
import type { Behaviour } from "./defaults.ts";

export interface Capture {
  /** Everything on the screen counts once more, as on a page that was just opened: a person said yes. */
  lookAgain(): void;
}

export interface CaptureOptions {
  readonly track: TrackCaptured;
  readonly behaviour: Behaviour;
  /** The same for as long as nothing was erased and the permission to personalise is what it is. */
  readonly stamp: () => string;
  /**
   * Called at least twice a second while the page is visible: whoever else listens to the window does so
   * again, since a document that is written anew loses all listeners.
   */
  readonly listenAgain?: (() => void) | undefined;
}

/** Starts seeing in this document, for as long as it lives. */
export function capture({ track, behaviour, stamp, listenAgain }: CaptureOptions): Capture {
  const clicks = clicksOf(track);
  const pageView = new PageView();
  const refused = new Set<string>();
  const attention = behaviour.measuresTime
    ? new Attention(({ item, amount, depth }) => track("dwell", { item, amount, depth }), stamp)
    : null;

  /** What was before a person, of that kind: once per page view, list and item. */
  const before = (kind: string, element: Element, item: string, places?: Places): void => {
    const path = pathOf(element);
    const place = placeOf(path, places);
    if (isIgnored(path) || refused.has(kind) || !pageView.isNew(location, kind, item, place.list)) return;
    // Whoever takes it says what is wrong with it: once for each such word, not for each element.
    if (!isEventKind(kind)) refused.add(kind);
    track(kind, { item, ...place });
    if (kind === "view") attention?.view(item, element);
  };
  const gallery = new Gallery((element, { item, event }, places) =>
    before(event || "impression", element, item, places),
  );
  const listenToHovers = hoversOf((element, item) => before("hover", element, item));
  const lookAgain = (): void => {
    attention?.end();
    pageView.forget();
    gallery.lookAgain();
  };
  const finder = new Finder({
    begin: () => {
      if (pageView.visit(location)) attention?.end();
      listen();
      listenAgain?.();
    },
    found: (element) => gallery.watch(element),
  });
  const onSubmit = (event: SubmitEvent): void => {
    const { target: form } = event;
    if (!(event.isTrusted && form instanceof HTMLFormElement) || isIgnored(pathOf(form))) return;
    const kind = deedOf(form, "submit");
    if (kind !== "")
      track(kind, { ...(kind === "search" && { query: searchedIn(form) }), ...propertiesOf(form) });
  };
  const onVisibility = (): void => {
    gallery.lookAway();
    finder.search();
  };
  // Back from the back/forward cache is a new page view of the same document.
  const onPageShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) lookAgain();
  };
  /** Again and again, and the same each time: see `Clicks.listen`. */
  const listen = (): void => {
    clicks.listen();
    listenToHovers();
    document.addEventListener("visibilitychange", onVisibility);
    addEventListener("pageshow", onPageShow);
    addEventListener("submit", onSubmit, { capture: true, passive: true });
    attention?.listen();
  };
  finder.search();
  return { lookAgain };
}

/** What a form asks for: its search field, or its first text. */
function searchedIn(form: HTMLFormElement): string {
  const field = form.querySelector<HTMLInputElement>(
    "input[type=search], input[name=q], input[type=text], input:not([type])",
  );
  return field?.value.trim() ?? "";
}
