/**
 * What happens when another page of the shop is arrived at, as it would with a page of its own: its heading has the
 * focus, so that a screen reader says it and the keyboard goes on from there, and it stands where it was left.
 *
 * The first page is the browser's: nothing takes the focus there.
 */
import { useLayoutEffect } from "preact/hooks";
import type { Visit } from "./history.ts";

/** @param isDrawn whether the page is there, or only its place is kept. */
export function useArrival({ moves, top }: Visit, isDrawn: boolean): void {
  useLayoutEffect(() => {
    if (moves > 0) focusHeading();
    if (moves > 0 || top > 0) scrollTo({ top, behavior: "instant" });
  }, [moves, top]);
  useLayoutEffect(() => {
    if (!isDrawn) return;
    // The heading that had the focus went with the page that kept its place.
    if (moves > 0 && document.activeElement === document.body) focusHeading();
    if (scrollY < top) scrollTo({ top, behavior: "instant" });
    // Of the page that is there when the products come, not of each one after it.
  }, [isDrawn]);
}

function focusHeading(): void {
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
}
