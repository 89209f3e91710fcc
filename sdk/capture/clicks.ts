/** The clicks of a document that are acts on a marked element, whatever its own handlers make of them. */
import { Acts } from "./acts.ts";
import { isIgnored, type Mark, markOf } from "./marks.ts";

/** On the window and in the capture phase: a handler of the site may stop the event or navigate away. */
const early = { capture: true, passive: true };

export class Clicks {
  readonly #clicked: (path: readonly Element[], mark: Mark) => void;
  readonly #acts = new Acts();

  /** Tells the innermost marked element, with all around it, and what it stands for. */
  constructor(clicked: (path: readonly Element[], mark: Mark) => void) {
    this.#clicked = clicked;
  }

  /** Listening twice changes nothing: a document that is written anew loses its listeners. */
  listen(): void {
    addEventListener("pointerdown", this.#onPointer, early);
    addEventListener("keydown", this.#onKey, early);
    for (const kind of ["pointerup", "mouseup", "touchend", "keyup"]) {
      addEventListener(kind, this.#onEvent, early);
    }
    for (const kind of ["click", "auxclick"] as const) addEventListener(kind, this.#onClick, early);
  }

  readonly #onPointer = (event: PointerEvent): void => {
    // A finger or a pen is not that exact: there the browser makes no click of a drag.
    const isMouse = event.pointerType === "mouse";
    if (event.isTrusted) this.#acts.press(isMouse ? { x: event.x, y: event.y } : null, event.timeStamp);
    this.#onEvent(event);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // A key that is held is one press.
    if (event.isTrusted && !event.repeat) this.#acts.press(null, event.timeStamp);
    this.#onEvent(event);
  };

  readonly #onEvent = ({ isTrusted }: Event): void => {
    if (!isTrusted) return;
    this.#acts.goOn();
    setTimeout(() => this.#acts.settle());
  };

  readonly #onClick = (event: MouseEvent): void => {
    // The middle button opens a link too; the right one does not.
    if (event.button > 1) return;
    const path = event.composedPath().filter(isElement);
    const at = path.findIndex((element) => markOf(element) !== null);
    const mark = at < 0 ? null : markOf(path[at]);
    const item = mark?.event === "" && !isIgnored(path) ? mark.item : null;
    if (this.#acts.click(event, item, navigator.userActivation?.isActive) && mark !== null) {
      this.#clicked(path.slice(at), mark);
    }
    this.#onEvent(event);
  };
}

/** Not by `instanceof`: an element that was adopted from a frame is none of this window's. */
function isElement(target: EventTarget): target is Element {
  return (target as Partial<Node>).nodeType === 1;
}
