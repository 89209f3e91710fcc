/** What went wrong: told to whoever asked for errors, and never thrown into the page. */
import type { Listeners } from "./listeners.ts";
import { PageLeft, WorkerLost } from "./lost.ts";

export interface TroublesOptions {
  readonly listeners: Listeners;
  /** Hears of all of it, what is told once each time. */
  readonly note: (error: unknown) => void;
}

export class Troubles {
  readonly #listeners: Listeners;
  readonly #note: TroublesOptions["note"];
  /** What was told once, and is not told again. */
  readonly #told = new Set<string>();

  constructor({ listeners, note }: TroublesOptions) {
    this.#listeners = listeners;
    this.#note = note;
  }

  report(error: unknown): void {
    // Nobody is there to be told of a page that was left.
    if (error instanceof PageLeft) return;
    this.#note(error);
    // Every waiting call fails with a lost worker, and so may the next one; a slip of the site's code is made
    // again and again: once is enough.
    const isSlip = error instanceof Error && (error.name === "RangeError" || error.name === "TypeError");
    if (isSlip || error instanceof WorkerLost) this.#reportOnce(error);
    else this.#listeners.report(error);
  }

  /** Runs what must not throw into the page. */
  attempt(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.report(error);
    }
  }

  #reportOnce(error: Error): void {
    if (this.#told.has(error.message)) return;
    this.#told.add(error.message);
    this.#listeners.report(error);
  }
}
