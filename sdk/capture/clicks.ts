/**
 * The clicks of a document that are acts on a marked element, or on one that says what it does (deeds.ts),
 * whatever its own handlers make of them.
 */
import { Acts } from "./acts.ts";
import { deedOf, propertiesOf } from "./deeds.ts";
import { hitBy, isIgnored, type Mark } from "./marks.ts";

/** What a click was. */
export interface Clicked {
  /** `click`, or what the element said it does. */
  readonly kind: string;
  /** The innermost marked element and all around it; empty where what was done is about none. */
  readonly path: readonly Element[];
  readonly mark: Mark | null;
  readonly properties: Readonly<Record<string, string>>;
}

/** On the window and in the capture phase: a handler of the site may stop the event or navigate away. */
const early = { capture: true, passive: true };

export class Clicks {
  readonly #clicked: (clicked: Clicked) => void;
  readonly #acts = new Acts();

  constructor(clicked: (clicked: Clicked) => void) {
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
    const { path, at, mark } = hitBy(event);
    const doing = path
      .slice(0, at < 0 ? path.length : at + 1)
      .find((element) => deedOf(element, "click") !== "");
    const kind = doing === undefined ? (mark?.event === "" ? "click" : "") : deedOf(doing, "click");
    const about = kind === "" || isIgnored(path) ? null : `${kind} ${mark?.item ?? ""}`;
    if (this.#acts.click(event, about, navigator.userActivation?.isActive)) {
      const properties = doing === undefined ? {} : propertiesOf(doing);
      this.#clicked({ kind, path: at < 0 ? [] : path.slice(at), mark, properties });
    }
    this.#onEvent(event);
  };
}
