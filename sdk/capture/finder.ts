/**
 * Finds the marked elements of a document and of every open shadow tree in it, and those that come later.
 *
 * Changes are found within a quarter of a second by a MutationObserver. A shadow tree that is attached to an
 * element, or a class that an element is upgraded to, changes nothing that could be observed: so while the page
 * is visible it is searched twice a second anyway. A search gives way to the page every few milliseconds, and a
 * long one is followed by a longer rest.
 */

const afterChangeMs = 200;
const inSilenceMs = 500;
const sliceMs = 8;
/** Times the last search: at most 4 % of the page's time while it changes, 1 % while it does not. */
const rests = { change: 25, silence: 100 };

/** How long to wait for the next search. */
export function restMs(tookMs: number, after: keyof typeof rests): number {
  return Math.max(after === "change" ? afterChangeMs : inSilenceMs, rests[after] * tookMs);
}

export class Finder {
  readonly #found: (element: Element) => void;
  readonly #begin: () => void;
  readonly #observer = new MutationObserver(() => this.#changed());
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is left of the search that goes on. */
  #search: Iterator<Element> | null = null;
  #isChanged = false;
  #tookMs = 0;

  /** Tells each marked element in each search, and before it that one begins. */
  constructor({
    found,
    begin,
  }: {
    readonly found: (element: Element) => void;
    readonly begin: () => void;
  }) {
    this.#found = found;
    this.#begin = begin;
  }

  /** Searches now, and from now on. */
  search(): void {
    clearTimeout(this.#timer);
    this.#isChanged = false;
    this.#tookMs = 0;
    this.#begin();
    const search = this.#markedIn(document);
    this.#search = search;
    this.#goOn(search);
  }

  #goOn(search: Iterator<Element>): void {
    const startedMs = performance.now();
    let spentMs = 0;
    while (spentMs < sliceMs) {
      const next = search.next();
      if (!next.done) this.#found(next.value);
      spentMs = performance.now() - startedMs;
      if (next.done) {
        this.#tookMs += spentMs;
        this.#rest();
        return;
      }
    }
    this.#tookMs += spentMs;
    this.#timer = setTimeout(() => this.#goOn(search));
  }

  #rest(): void {
    this.#search = null;
    if (this.#isChanged) this.#searchAfter("change");
    else if (document.visibilityState === "visible") this.#searchAfter("silence");
  }

  *#markedIn(root: Document | ShadowRoot): Generator<Element, void> {
    // Observing what is observed changes nothing. A document that was written anew may have lost it.
    this.#observer.observe(root, {
      subtree: true,
      childList: true,
      attributeFilter: ["data-tacit-item", "data-tacit-event", "data-tacit-ignore"],
    });
    yield* root.querySelectorAll("[data-tacit-item]");
    for (const { shadowRoot } of root.querySelectorAll("*")) {
      if (shadowRoot !== null) yield* this.#markedIn(shadowRoot);
    }
  }

  #changed(): void {
    const isFirst = !this.#isChanged;
    this.#isChanged = true;
    if (isFirst && this.#search === null) this.#searchAfter("change");
  }

  #searchAfter(after: keyof typeof rests): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.search(), restMs(this.#tookMs, after));
  }
}
