/**
 * Capture by data attributes: what was seen and what was clicked, without a line of script on the site.
 *
 * An element with `data-tacit-item` makes an `impression` once it was mostly seen for a second
 * (capture/sight.ts), and a `click` for each act of a person on it (capture/acts.ts). With `data-tacit-event` it
 * makes that kind of event instead, as soon as any of it is seen. Nothing is captured below
 * `data-tacit-ignore`. What comes from seeing counts once per page view, list and item (capture/pageview.ts),
 * so a shelf that is drawn again does not count again. Each says where in its list it was (capture/place.ts).
 */
import { isEventKind } from "../core/events/event.ts";
import type { Clicking, TrackCaptured } from "./capture/clicking.ts";
import { Finder } from "./capture/finder.ts";
import { Gallery } from "./capture/gallery.ts";
import { isIgnored, pathOf } from "./capture/marks.ts";
import { PageView } from "./capture/pageview.ts";
import { placeOf } from "./capture/place.ts";

export interface Capture {
  /** Everything on the screen counts once more, as on a page that was just opened: a person said yes. */
  lookAgain(): void;
}

/**
 * Starts seeing in this document, for as long as it lives. Clicks are captured already (capture/clicking.ts).
 *
 * @param listenAgain called at least twice a second while the page is visible: whoever else listens to the window
 *   does so again, since a document that is written anew loses all listeners
 */
export function capture(track: TrackCaptured, clicking: Clicking, listenAgain?: () => void): Capture {
  const pageView = new PageView();
  const refused = new Set<string>();

  const gallery = new Gallery((element, { item, event }, places) => {
    const path = pathOf(element);
    const place = placeOf(path, places);
    const kind = event || "impression";
    if (isIgnored(path) || refused.has(kind) || !pageView.isNew(location, kind, item, place.list)) return;
    // Whoever takes it says what is wrong with it: once for each such word, not for each element.
    if (!isEventKind(kind)) refused.add(kind);
    track(kind, { item, ...place });
  });
  const lookAgain = (): void => {
    pageView.forget();
    gallery.lookAgain();
  };
  const finder = new Finder({
    begin: () => {
      pageView.visit(location);
      listen();
      listenAgain?.();
    },
    found: (element) => gallery.watch(element),
  });
  const onVisibility = (): void => {
    gallery.lookAway();
    finder.search();
  };
  // Back from the back/forward cache is a new page view of the same document.
  const onPageShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) lookAgain();
  };
  /** Again and again, and the same each time: see `Clicking.listen`. */
  const listen = (): void => {
    clicking.listen();
    document.addEventListener("visibilitychange", onVisibility);
    addEventListener("pageshow", onPageShow);
  };
  finder.search();
  return { lookAgain };
}
