/**
 * Which clicks are acts of a person, and which of them are one act.
 *
 * Of one act a page makes many clicks: the browser clicks a label's field too, a card hands its click on to its
 * link, a framework sends a click once more, two clicks are a double click. An act goes from a press, of a
 * pointer or a key, to the next one; a trusted click without a press before it (a screen reader's) is an act by
 * itself. Of each act the first click on an item counts.
 *
 * - A click made by script counts only while a trusted event is being handled: a page that clicks by itself
 *   says nothing about anybody.
 * - A mouse's click whose press was `dragPx` away or more ends a drag, of a carousel or a selection, and its act is over.
 * - The second click of a double click, on the same item, is the same act.
 */

const dragPx = 10;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a click event says of itself: UI Events, `isTrusted`, `detail` (clicks so far), `clientX`, `clientY`. */
export interface Click extends Point {
  readonly isTrusted: boolean;
  readonly detail: number;
}

interface Act {
  /** Where a mouse was pressed; null for anything else. */
  readonly from: Point | null;
  /** Whether the browser has made its click of it. */
  wasClicked: boolean;
  /** Whether it has counted, or never will. */
  isSpent: boolean;
}

export class Acts {
  #act: Act = { from: null, wasClicked: true, isSpent: true };
  /** Whether a trusted event is being handled right now. */
  #isHandling = false;
  #lastItem = "";

  /** A mouse was pressed there, or something else was. */
  press(from: Point | null): void {
    this.#act = { from, wasClicked: false, isSpent: false };
    this.#isHandling = true;
  }

  /** Another trusted event of the act goes on now. */
  goOn(): void {
    this.#isHandling = true;
  }

  /** What was being handled has been. */
  settle(): void {
    this.#isHandling = false;
  }

  /** Whether this click, on that item or on none, is an act that counts. */
  click({ isTrusted, detail, x, y }: Click, item: string | null): boolean {
    if (!isTrusted && !this.#isHandling) return false;
    if (isTrusted) {
      if (this.#act.wasClicked && !this.#isHandling) this.press(null);
      const { from, wasClicked } = this.#act;
      if (!wasClicked && from !== null && detail > 0) {
        this.#act.isSpent ||= Math.hypot(x - from.x, y - from.y) >= dragPx;
      }
      this.#act.wasClicked = true;
      this.#isHandling = true;
    }
    if (item === null || this.#act.isSpent) return false;
    this.#act.isSpent = true;
    const isRepeated = detail > 1 && item === this.#lastItem;
    this.#lastItem = item;
    return !isRepeated;
  }
}
