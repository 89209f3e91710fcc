/** What questions wait for, no longer than they may: the link to the worker, once the SDK is started. */
import { within } from "./within.ts";

type State<T> =
  | { readonly state: "shut" }
  | { readonly state: "open"; readonly value: T }
  | { readonly state: "refused"; readonly why: Error };

export class Gate<T> {
  #state: State<T> = { state: "shut" };
  /** How to have whoever waits look again. */
  readonly #waiting = new Set<() => void>();

  /** What it was opened with; null while it is shut or refused. */
  get value(): T | null {
    return this.#state.state === "open" ? this.#state.value : null;
  }

  /** Lets everybody pass from now on. */
  open(value: T): void {
    this.#settle({ state: "open", value });
  }

  /** Turns away whoever waits, and whoever comes until it is opened. */
  refuse(why: Error): void {
    this.#settle({ state: "refused", why });
  }

  /** @throws {Error} when it is refused, or still shut after `limitMs`. */
  async pass(limitMs: number, expected: string): Promise<T> {
    const state = this.#state;
    if (state.state === "open") return state.value;
    if (state.state === "refused") throw state.why;
    let look = (): void => undefined;
    const settled = new Promise<void>((resolve) => {
      look = resolve;
      this.#waiting.add(look);
    });
    const late = new Error(`${expected} within ${limitMs} ms, got nothing`);
    await within(settled, limitMs, late).finally(() => this.#waiting.delete(look));
    return this.pass(limitMs, expected);
  }

  #settle(state: State<T>): void {
    this.#state = state;
    for (const look of this.#waiting) look();
  }
}
