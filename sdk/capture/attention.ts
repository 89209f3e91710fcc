/** Watches whether a person is with a page, and tells how long they were with its product (dwell.ts). */
import { Dwell, type Dwelt } from "./dwell.ts";

/** What a person does while they read; none of it is looked at beyond that it was done. */
const acts = ["pointerdown", "pointermove", "keydown", "scroll", "wheel", "touchmove"];
const turns = ["focus", "blur"];
/** So often at most it is written down that they did something. */
const everyMs = 500;

const passive = { capture: true, passive: true };

export class Attention {
  readonly #tell: (dwelt: Dwelt) => void;
  readonly #dwell = new Dwell({
    nowMs: () => performance.now(),
    isLooking: () => document.visibilityState === "visible" && document.hasFocus(),
    depthOf,
  });
  readonly #stamp: () => string;
  /** As it was when the product came into view. */
  #viewed = "";
  #actedMs = Number.NEGATIVE_INFINITY;

  /** @param stamp the same for as long as nothing was erased and the permission holds */
  constructor(tell: (dwelt: Dwelt) => void, stamp: () => string) {
    this.#tell = tell;
    this.#stamp = stamp;
  }

  /** Again and again, and the same each time: a document that is written anew has lost all listeners. */
  listen(): void {
    for (const kind of acts) addEventListener(kind, this.#onAct, passive);
    for (const kind of turns) addEventListener(kind, this.#onTurn);
    document.addEventListener("visibilitychange", this.#onTurn);
    addEventListener("pagehide", this.#onTurn);
  }

  view(item: string, element: Element): void {
    this.#viewed = this.#stamp();
    this.#dwell.view(item, element);
  }

  /** The page view is over. */
  end(): void {
    this.#told(this.#dwell.end());
  }

  readonly #onAct = ({ timeStamp }: Event): void => {
    if (timeStamp - this.#actedMs < everyMs) return;
    this.#actedMs = timeStamp;
    this.#dwell.act();
  };

  readonly #onTurn = ({ type }: Event): void => {
    this.#dwell.act();
    // It may be the last that is heard of the page.
    if (type === "pagehide" || document.visibilityState === "hidden") this.#told(this.#dwell.pause());
  };

  #told(dwelt: Dwelt | null): void {
    // Of time before an erasure, or without permission, nothing is told after it.
    if (dwelt !== null && this.#viewed === this.#stamp()) this.#tell(dwelt);
  }
}

/** How much of the element has been above the lower edge of the window. */
function depthOf(element: Element): number {
  const { top, height } = element.getBoundingClientRect();
  return height > 0 ? (innerHeight - top) / height : 0;
}
