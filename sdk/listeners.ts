/** Who listens to what, and how errors reach someone: a listener that throws harms nobody else. */
import type { TacitEventMap } from "./types.ts";

type Listener<Name extends keyof TacitEventMap> = (detail: TacitEventMap[Name]) => void;

/** The listeners of one client. */
export class Listeners {
  readonly #byName: { [Name in keyof TacitEventMap]: Set<Listener<Name>> } = {
    ready: new Set(),
    change: new Set(),
    edition: new Set(),
    report: new Set(),
    consent: new Set(),
    exposure: new Set(),
    error: new Set(),
  };
  #isReady = false;

  /**
   * Adds a listener; one that comes late for `ready` still learns of it.
   *
   * @returns the function that stops listening
   * @throws {TypeError} when there is no such event or the listener is no function
   */
  add<Name extends keyof TacitEventMap>(name: Name, listener: Listener<Name>): () => void {
    if (!Object.hasOwn(this.#byName, name)) {
      throw new TypeError(
        `on: name must be one of ${Object.keys(this.#byName).join(", ")}, got ${String(name)}`,
      );
    }
    if (typeof listener !== "function") {
      throw new TypeError(`on: listener must be a function, got ${typeof listener}`);
    }
    const listeners: Set<Listener<Name>> = this.#byName[name];
    // A function of its own, so that one function may listen twice.
    const own: Listener<Name> = (detail) => {
      try {
        listener(detail);
      } catch (error) {
        if (name === "error") console.error("tacit: an error listener threw", error);
        else this.report(error);
      }
    };
    listeners.add(own);
    if (name === "ready" && this.#isReady) {
      queueMicrotask(() => {
        // The cast says what the condition above says: this is "ready", which carries nothing.
        if (listeners.has(own)) own(undefined as TacitEventMap[Name]);
      });
    }
    return () => void listeners.delete(own);
  }

  /** Tells the listeners in the order they came. */
  tell<Name extends keyof TacitEventMap>(name: Name, detail: TacitEventMap[Name]): void {
    for (const listener of [...this.#byName[name]]) listener(detail);
  }

  /** Tells `ready`, the first time only. */
  tellReady(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.tell("ready", undefined);
  }

  /** Passes an error to whoever asked for errors, or to the console when nobody did. */
  report(cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(`tacit: got ${describe(cause)}`);
    if (this.#byName.error.size === 0) console.warn("tacit:", error.message, "(tacit-sdk/docs/errors.md)");
    else this.tell("error", error);
  }
}

function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
