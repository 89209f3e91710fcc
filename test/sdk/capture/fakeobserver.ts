/** An IntersectionObserver over a layout that a test holds in its hands: nothing is laid out without a browser. */

export interface Box {
  readonly width?: number;
  readonly height?: number;
  /** How much of the height is visible; null for a box out of view. */
  readonly seen?: number | null;
}

/** What is laid out where; what has no box is not in it. */
export const layout = new Map<Element, Box>();

const observers = new Set<FakeIntersectionObserver>();

export class FakeIntersectionObserver {
  readonly #run: (entries: readonly IntersectionObserverEntry[]) => void;
  readonly #observed = new Map<Element, boolean | null>();

  constructor(run: (entries: readonly IntersectionObserverEntry[]) => void) {
    this.#run = run;
    observers.add(this);
  }
  observe(element: Element): void {
    if (!this.#observed.has(element)) this.#observed.set(element, null);
  }
  unobserve(element: Element): void {
    this.#observed.delete(element);
  }

  get observed(): readonly Element[] {
    return [...this.#observed.keys()];
  }

  /** As the browser does after each frame: tells what came into view or left it, and what is observed since. */
  frame(): number {
    const entries: IntersectionObserverEntry[] = [];
    for (const [target, was] of this.#observed) {
      const {
        width = 0,
        height = 0,
        seen = null,
      } = (target.isConnected ? layout.get(target) : undefined) ?? {};
      const isIntersecting = seen !== null;
      if (was === isIntersecting) continue;
      this.#observed.set(target, isIntersecting);
      const boundingClientRect = new DOMRect(0, 0, width, height);
      const intersectionRect = new DOMRect(0, 0, isIntersecting ? width : 0, seen ?? 0);
      const entry = { target, isIntersecting, boundingClientRect, intersectionRect };
      entries.push({ ...entry, intersectionRatio: Number.NaN, rootBounds: null, time: 0 });
    }
    if (entries.length > 0) this.#run(entries);
    return entries.length;
  }
}

/** Frames until there is nothing more to tell: what is told may make more be observed. */
export function frames(): void {
  for (const observer of observers) for (let told = 1; told > 0; ) told = observer.frame();
}

/** All elements that anybody observes. */
export function observed(): readonly Element[] {
  return [...observers].flatMap((observer) => observer.observed);
}

export function forgetObservers(): void {
  observers.clear();
  layout.clear();
}
