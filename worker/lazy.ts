/**
 * What is opened when it is first needed, once. What did not open is tried again with the next need, and by itself
 * after a while, ever more seldom: a file may have been away for a moment.
 */

export interface LazyOptions<Opened> {
  readonly open: () => Promise<Opened>;
  /** Called when it is time to try again. */
  readonly again: () => void;
  /** After how long that is, for the first time. */
  readonly retryMs?: number;
}

const mostRetryMs = 300_000;

export class Lazy<Opened> {
  readonly #options: LazyOptions<Opened>;
  #opening: Promise<Opened> | null = null;
  #opened: Opened | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retryMs: number;
  #isClosed = false;

  constructor(options: LazyOptions<Opened>) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? 5_000;
  }

  /** What has been opened; null: nothing yet. */
  get current(): Opened | null {
    return this.#opened;
  }

  /** @throws as `open` does. */
  get(): Promise<Opened> {
    if (this.#opening === null) {
      this.#opening = this.#options.open();
      this.#opening.then(
        (opened) => {
          this.#opened = opened;
          clearTimeout(this.#retry);
        },
        () => this.#failed(),
      );
    }
    return this.#opening;
  }

  /** Resolves once nothing is being opened; whoever asked gets a failure. */
  async settled(): Promise<Opened | null> {
    await this.#opening?.catch(() => undefined);
    return this.#opened;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
  }

  #failed(): void {
    this.#opening = null;
    // Needs in between do not put it off.
    if (this.#isClosed || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#options.again();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, mostRetryMs);
  }
}
