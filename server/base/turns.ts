/**
 * Turns of the event loop, one each: of many that have something to do at once, one does a piece, then
 * whatever else waits for the loop runs, then the next. `yieldToEventLoop` lets go of the loop too, but all
 * who do come back together.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];

  /** Resolves when it is the caller's turn, in the order of asking, with how many others wait for theirs. */
  next(): Promise<number> {
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(this.#waiting.length));
      if (this.#waiting.length === 1) this.#schedule();
    });
  }

  #schedule(): void {
    setImmediate(() => {
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
