/** What questions wait for, no longer than they may: the link to the worker, once the SDK is started. */

type State<T> =
  | { readonly state: "shut"; readonly waiting: Set<Waiter<T>> }
  | { readonly state: "open"; readonly value: T }
  | { readonly state: "refused"; readonly why: Error };

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (why: Error) => void;
}

export class Gate<T> {
  #state: State<T> = { state: "shut", waiting: new Set() };

  /** What it was opened with; null while it is shut or refused. */
  get value(): T | null {
    return this.#state.state === "open" ? this.#state.value : null;
  }

  /** Lets everybody pass from now on. */
  open(value: T): void {
    const before = this.#state;
    this.#state = { state: "open", value };
    if (before.state === "shut") for (const { resolve } of before.waiting) resolve(value);
  }

  /** Turns away whoever waits, and whoever comes until it is opened. */
  refuse(why: Error): void {
    const before = this.#state;
    this.#state = { state: "refused", why };
    if (before.state === "shut") for (const { reject } of before.waiting) reject(why);
  }

  /** @throws {Error} when it is refused, or still shut after `limitMs`. */
  pass(limitMs: number, expected: string): Promise<T> {
    const state = this.#state;
    if (state.state === "open") return Promise.resolve(state.value);
    if (state.state === "refused") return Promise.reject(state.why);
    return new Promise((resolve, reject) => {
      const settle = (run: () => void): void => {
        clearTimeout(limit);
        state.waiting.delete(waiter);
        run();
      };
      const waiter: Waiter<T> = {
        resolve: (value) => settle(() => resolve(value)),
        reject: (why) => settle(() => reject(why)),
      };
      const limit = setTimeout(
        () => waiter.reject(new Error(`${expected} within ${limitMs} ms, got nothing`)),
        limitMs,
      );
      state.waiting.add(waiter);
    });
  }
}
