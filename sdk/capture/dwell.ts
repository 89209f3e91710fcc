/**
 * How long a person was with a product, and how far down its page they went: from the view of it to the end of the
 * page view. Only while the page is visible and has the focus, and not longer than `idleMs` after the person's
 * last act: who leaves for lunch is not reading.
 */

/** A page that is only passed through says nothing. */
const leastMs = 5_000;
const idleMs = 30_000;

export interface DwellEdges {
  readonly nowMs: () => number;
  /** Whether the page is visible and has the focus. */
  readonly isLooking: () => boolean;
  /** How much of the element has been above the lower edge of the window, 0..1. */
  readonly depthOf: (element: Element) => number;
}

/** As `track` takes it: `amount` in seconds, `depth` 0..1. */
export interface Dwelt {
  readonly item: string;
  readonly amount: number;
  readonly depth: number;
}

export class Dwell {
  readonly #edges: DwellEdges;
  #viewed: { readonly item: string; readonly element: Element } | null = null;
  /** When the person was last known to look; null while they do not. */
  #lookedMs: number | null = null;
  #untoldMs = 0;
  #depth = 0;

  constructor(edges: DwellEdges) {
    this.#edges = edges;
  }

  /** A product's page was opened; of several on one page the first is what it is about. */
  view(item: string, element: Element): void {
    if (this.#viewed !== null) return;
    this.#viewed = { item, element };
    this.#lookedMs = null;
    this.act();
  }

  /** The person did something, or the page was turned to or away from. */
  act(): void {
    if (this.#viewed === null) return;
    const { nowMs, isLooking, depthOf } = this.#edges;
    this.#count();
    this.#lookedMs = isLooking() ? nowMs() : null;
    if (this.#lookedMs === null) return;
    const depth = depthOf(this.#viewed.element);
    if (depth > this.#depth) this.#depth = depth;
  }

  /** What has not been told of it yet; null while that is next to nothing. The page may go, or be come back to. */
  pause(): Dwelt | null {
    this.#count();
    this.#lookedMs = null;
    if (this.#viewed === null || this.#untoldMs < leastMs) return null;
    const { item } = this.#viewed;
    const dwelt = { item, amount: Math.round(this.#untoldMs / 1000), depth: rounded(this.#depth) };
    this.#untoldMs = 0;
    return dwelt;
  }

  /** The page view is over. */
  end(): Dwelt | null {
    const dwelt = this.pause();
    this.#viewed = null;
    this.#untoldMs = this.#depth = 0;
    return dwelt;
  }

  #count(): void {
    if (this.#lookedMs === null) return;
    this.#untoldMs += Math.min(Math.max(0, this.#edges.nowMs() - this.#lookedMs), idleMs);
  }
}

/** Hundredths: how far is no more certain than that. */
function rounded(depth: number): number {
  return Math.round(Math.min(1, Math.max(0, depth)) * 100) / 100;
}
