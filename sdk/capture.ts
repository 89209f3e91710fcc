/**
 * Capture by data attributes: what was seen and what was clicked, without a line of script on the site.
 *
 * An element with `data-tacit-item` makes an `impression` once half of it was visible for a second, and a
 * `click` when clicked. With `data-tacit-event` it makes that kind of event instead, as soon as any of it
 * appears. Nothing is captured below `data-tacit-ignore`. An impression counts once per address, list and
 * item, so a shelf that is drawn again does not count again. Each says where in its list it was (place.ts).
 */
import { type Place, placeOf } from "./place.ts";

/** Takes what was captured: the kind of event, the item, and where it stood. */
export type TrackCaptured = (kind: string, captured: { readonly item: string } & Place) => void;

const halfVisible = 0.5;
const impressionAfterMs = 1000;
const rescanAfterMs = 200;

/** Starts capturing in this document, for as long as it lives. */
export function capture(track: TrackCaptured): void {
  captureClicks(track);
  if (typeof IntersectionObserver === "function") captureAppearances(track);
}

function captureClicks(track: TrackCaptured): void {
  const onClick = (event: Event): void => {
    const origin = event.target;
    if (!(origin instanceof Element) || isIgnored(origin)) return;
    const element = origin.closest<HTMLElement>("[data-tacit-item]");
    if (element === null || element.dataset.tacitEvent) return;
    const { tacitItem } = element.dataset;
    if (tacitItem) track("click", { item: tacitItem, ...placeOf(element) });
  };
  // In the capture phase: a handler of the site may stop the event or navigate away.
  document.addEventListener("click", onClick, { capture: true, passive: true });
  document.addEventListener(
    "auxclick",
    (event) => {
      if (event.button === 1) onClick(event);
    },
    { capture: true, passive: true },
  );
}

function captureAppearances(track: TrackCaptured): void {
  /** Item each watched element stood for when it was last looked at. */
  let watched = new WeakMap<Element, string>();
  let counted = new Set<string>();
  const waiting = new Map<Element, number>();

  const count = (element: HTMLElement): void => {
    const { tacitItem, tacitEvent = "impression" } = element.dataset;
    if (!tacitItem || isIgnored(element)) return;
    const list = element.closest<HTMLElement>("[data-tacit-list]")?.dataset.tacitList ?? "";
    const key = JSON.stringify([location.pathname + location.search, list, tacitEvent, tacitItem]);
    if (counted.has(key)) return;
    counted.add(key);
    track(tacitEvent, { item: tacitItem, ...placeOf(element) });
  };

  const stopWaiting = (element: Element): void => {
    clearTimeout(waiting.get(element));
    waiting.delete(element);
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries) {
        if (!(target instanceof HTMLElement)) continue;
        stopWaiting(target);
        if (!isIntersecting) continue;
        if (target.dataset.tacitEvent) count(target);
        else if (intersectionRatio >= halfVisible) {
          waiting.set(
            target,
            window.setTimeout(() => {
              waiting.delete(target);
              if (document.visibilityState === "visible") count(target);
            }, impressionAfterMs),
          );
        }
      }
    },
    { threshold: [0, halfVisible] },
  );

  const scan = (): void => {
    for (const element of document.querySelectorAll<HTMLElement>("[data-tacit-item]")) {
      const shown = `${element.dataset.tacitEvent ?? ""} ${element.dataset.tacitItem}`;
      if (watched.get(element) === shown) continue;
      watched.set(element, shown);
      // Frameworks reuse elements for other items: observing it once more reports where it is now.
      observer.unobserve(element);
      observer.observe(element);
    }
  };

  let scanIsDue = false;
  const scanSoon = (): void => {
    if (scanIsDue) return;
    scanIsDue = true;
    setTimeout(() => {
      scanIsDue = false;
      scan();
    }, rescanAfterMs);
  };
  new MutationObserver(scanSoon).observe(document, {
    subtree: true,
    childList: true,
    attributeFilter: ["data-tacit-item", "data-tacit-event"],
  });
  scan();

  // Back from the back/forward cache is a new page view of the same document.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    counted = new Set();
    watched = new WeakMap();
    scan();
  });
}

function isIgnored(element: Element): boolean {
  return element.closest("[data-tacit-ignore]") !== null;
}
