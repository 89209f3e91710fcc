/**
 * Watches marked elements come into view, and says when one of them was seen.
 *
 * An IntersectionObserver says what is in view at all; what is there and not done is looked at again four times
 * a second, because how much is seen also changes by what no threshold tells: an item larger than its window
 * scrolls, one fades in, the tab is looked away from.
 *
 * An element without an area of its own (`display: contents`, a wrapper of what floats) is seen by the elements
 * in it, as far down as it takes, and a lone text by the element around.
 */
import { around, type Mark, markOf, shownIn } from "./marks.ts";
import type { Places } from "./place.ts";
import { areaOf, away, type Gaze, howMuch, look, type Sight, type Size, smaller } from "./sight.ts";

const lookAgainMs = 250;

interface Watched {
  readonly element: Element;
  mark: Mark | null;
  gaze: Gaze;
  /** Its boxes in view; null for one that is not painted. */
  readonly boxes: Map<Element, Sight | null>;
  /** Where boxes of it may come yet. */
  readonly hollow: Set<Element>;
}

export class Gallery {
  readonly #seen: (element: Element, mark: Mark, places: Places) => void;
  readonly #watched = new WeakMap<Element, Watched>();
  /** Whose box an observed element is. */
  readonly #owners = new WeakMap<Element, Set<Watched>>();
  readonly #inView = new Set<Watched>();
  readonly #observer = new IntersectionObserver((entries) => this.#onEntries(entries));
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Tells the element and what it stands for; `places` serves all that are told in one task. */
  constructor(seen: (element: Element, mark: Mark, places: Places) => void) {
    this.#seen = seen;
  }

  /** Watches a marked element from now on; one that is watched may have changed. */
  watch(element: Element): void {
    const watched = this.#watched.get(element);
    if (watched === undefined) {
      const fresh = {
        element,
        mark: markOf(element),
        gaze: away,
        boxes: new Map(),
        hollow: new Set<Element>(),
      };
      this.#watched.set(element, fresh);
      this.#observe(element, fresh);
      return;
    }
    if (this.#isChanged(watched)) this.#lookSoon();
    for (const each of watched.hollow) this.#observeAnew(each);
  }

  /** Begins anew with everything in view. */
  lookAgain(): void {
    for (const watched of this.#inView) watched.gaze = away;
    this.#look();
  }

  /** The tab was looked away from: a second of looking has to begin again. */
  lookAway(): void {
    for (const watched of this.#inView) if (watched.gaze.state === "looking") watched.gaze = away;
  }

  #observe(element: Element, watched: Watched): void {
    const owners = this.#owners.get(element) ?? new Set();
    this.#owners.set(element, owners);
    if (owners.has(watched)) return;
    owners.add(watched);
    this.#observeAnew(element);
  }

  /** Asks for an entry, also for what has not moved. */
  #observeAnew(element: Element): void {
    this.#observer.unobserve(element);
    this.#observer.observe(element);
  }

  #onEntries(entries: readonly IntersectionObserverEntry[]): void {
    const touched = new Set<Watched>();
    const windows = new Map<Element, Size>();
    for (const entry of entries) {
      for (const watched of this.#owners.get(entry.target) ?? []) {
        const wasInView = watched.boxes.delete(entry.target);
        if (entry.isIntersecting) watched.boxes.set(entry.target, sightOf(entry, windows));
        // Most of a long page never was in view: nothing is to be judged about it.
        if (entry.isIntersecting || wasInView) touched.add(watched);
        watched.hollow.delete(entry.target);
        if (areaOf(entry.boundingClientRect) === 0) this.#lookInto(entry.target, watched);
      }
    }
    const places: Places = new Map();
    for (const watched of touched) this.#judge(watched, places);
    this.#lookSoon();
  }

  #lookInto(element: Element, watched: Watched): void {
    const isContents = getComputedStyle(element).display === "contents";
    // Not displayed at all: nothing in it is.
    if (!isContents && element.getClientRects().length === 0) return;
    watched.hollow.add(element);
    const inner = shownIn(element);
    for (const child of inner) this.#observe(child, watched);
    const outer = around(element);
    if (isContents && outer !== null && inner.length === 0 && element.textContent.trim()) {
      this.#observe(outer, watched);
    }
  }

  #judge(watched: Watched, places: Places): void {
    if (watched.boxes.size > 0) this.#inView.add(watched);
    else this.#inView.delete(watched);
    this.#isChanged(watched);
    const { mark, gaze, element } = watched;
    if (mark === null) return;
    const sights = [...watched.boxes.values()].filter((sight) => sight !== null);
    const seen = document.visibilityState === "visible" ? howMuch(sights) : "not";
    watched.gaze = look(gaze, { seen, atMs: performance.now(), isPlain: mark.event === "" });
    if (watched.gaze.state === "done" && gaze.state !== "done") this.#seen(element, mark, places);
  }

  /** Frameworks reuse elements for other items: whatever was known was of the other one. */
  #isChanged(watched: Watched): boolean {
    const mark = markOf(watched.element);
    if (mark?.item === watched.mark?.item && mark?.event === watched.mark?.event) return false;
    watched.mark = mark;
    watched.gaze = away;
    return true;
  }

  #lookSoon(): void {
    if (![...this.#inView].some(isOpen)) return;
    this.#timer ??= setTimeout(() => this.#look(), lookAgainMs);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const watched of [...this.#inView].filter(isOpen)) {
      for (const box of watched.boxes.keys()) this.#observeAnew(box);
    }
  }
}

function isOpen({ gaze, mark }: Watched): boolean {
  return gaze.state !== "done" && mark !== null;
}

/** How `checkVisibility` is asked, under the names of its options at first and today. */
const painted = {
  visibilityProperty: true,
  checkVisibilityCSS: true,
  opacityProperty: true,
  checkOpacity: true,
};

/** Null for a box that is laid out and not painted; Safari says so from 17.4 on. */
function sightOf(entry: IntersectionObserverEntry, windows: Map<Element, Size>): Sight | null {
  const { target, boundingClientRect: box, intersectionRect: seen } = entry;
  if (target.checkVisibility?.(painted) === false) return null;
  return { box, seen, window: windowAround(target, windows) };
}

/** The most that may be visible at once of what is in an element: what is around it may clip and scroll. */
function windowAround(element: Element, windows: Map<Element, Size>): Size {
  const outer = around(element);
  if (outer === null) return { width: innerWidth, height: innerHeight };
  const known = windows.get(outer);
  if (known !== undefined) return known;
  const { overflowX, overflowY } = getComputedStyle(outer);
  const window = smaller(windowAround(outer, windows), {
    // What has no box of its own clips nothing.
    width: (overflowX !== "visible" && outer.clientWidth) || Infinity,
    height: (overflowY !== "visible" && outer.clientHeight) || Infinity,
  });
  windows.set(outer, window);
  return window;
}
