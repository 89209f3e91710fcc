/**
 * Which clicks are acts of a person, and which of them are one act.
 *
 * Of one act a page makes many clicks: the browser clicks a label's field too, a card hands its click on to its
 * link, a framework sends a click once more, two clicks are a double click. An act goes from a press, of a
 * pointer or a key, to the next one; a trusted click without a press before it (a screen reader's) is an act by
 * itself. Of each act the first click on an item counts.
 *
 * - A click made by script counts only while a trusted event is being handled, or while the browser says that
 *   the person is acting (`navigator.userActivation.isActive`, https://html.spec.whatwg.org/#transient-activation):
 *   then it is of the act heard last, however late a timer makes it. A page that clicks by itself says nothing
 *   about anybody.
 * - That says for `activeMs` after a press in Chromium, Firefox and WebKit. Where the person acts and no press was
 *   heard for so long, it was one that the window does not hear of (of an extension that keeps its keys to itself,
 *   in a frame), and the script's click is an act by itself. What the same press clicks next is still that act:
 *   a second such press within `activeMs` is lost rather than one press counted twice.
 * - An engine without `userActivation` (before Chromium 72, Firefox 120, Safari 16.4) has the first half alone.
 * - A mouse's click whose press was `dragPx` away or more ends a drag, of a carousel or a selection, and its
 * act is over.
 * - The second click of a double click, on the same item, is the same act.
 */

const dragPx = 10;
const activeMs = 5_000;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a click event says of itself, as UI Events names it; `detail` counts the clicks so far. */
export interface Click extends Point {
  readonly isTrusted: boolean;
  readonly detail: number;
  readonly timeStamp: number;
}

export class Acts {
  /** Where the mouse of the act under way was pressed; null for anything else. */
  #from: Point | null = null;
  /** Whether the browser has made its click of the act. */
  #wasClicked = true;
  /** Whether it has counted, or never will. */
  #isSpent = true;
  /** Whether a trusted event is being handled right now. */
  #isHandling = false;
  /** When the last press or trusted click was, or the click that stood for a press that was not heard. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #lastItem = "";

  /** An act begins: a mouse was pressed there, or something else was. */
  press(from: Point | null, atMs: number): void {
    this.#from = from;
    this.#wasClicked = this.#isSpent = false;
    this.#heardMs = atMs;
  }

  /** A trusted event of the act, its press too, is handled from now on. */
  goOn(): void {
    this.#isHandling = true;
  }

  /** What was being handled has been. */
  settle(): void {
    this.#isHandling = false;
  }

  /** Whether this click, on that item or on none, is an act that counts; `isActive` as the browser says it. */
  click({ isTrusted, detail, x, y, timeStamp }: Click, item: string | null, isActive?: boolean): boolean {
    if (isTrusted) {
      if (this.#wasClicked && !this.#isHandling) this.press(null, timeStamp);
      const from = this.#from;
      if (!this.#wasClicked && from !== null && detail > 0) {
        this.#isSpent ||= Math.hypot(x - from.x, y - from.y) >= dragPx;
      }
      this.#wasClicked = true;
      this.#heardMs = timeStamp;
      this.goOn();
    } else if (!this.#isHandling) {
      if (!isActive) return false;
      if (timeStamp - this.#heardMs > activeMs) this.press(null, timeStamp);
    }
    if (item === null || this.#isSpent) return false;
    this.#isSpent = true;
    const isRepeated = detail > 1 && item === this.#lastItem;
    this.#lastItem = item;
    return !isRepeated;
  }
}
