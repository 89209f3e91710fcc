/**
 * What takes a while to come for a model: waited for a moment, once; whoever had to do without it is told when it is
 * there. What could not be had is told, and asked for again a minute later.
 */
import { type Notify, troubleOf } from "../edges.ts";
import type { Model } from "../rank/model.ts";

/** What is kept on the device comes within this; what must be downloaded may not. */
const soonMs = 1_500;
const retryMs = 60_000;

export interface ArrivingParts<T> {
  /** For who is told what went wrong. */
  readonly name: string;
  readonly load: (model: Model) => Promise<T>;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly notify: Notify;
  /** It is there, and somebody had to do without it. */
  readonly onLate: () => void;
}

interface Loading<T> {
  readonly model: Model;
  readonly untilMs: number;
  readonly done: Promise<T | null>;
}

export class Arriving<T> {
  readonly #parts: ArrivingParts<T>;
  #last: { readonly model: Model; readonly value: T } | null = null;
  #loading: Loading<T> | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #isMissed = false;

  constructor(parts: ArrivingParts<T>) {
    this.#parts = parts;
  }

  /** Null where it is not there in time. */
  async soon(model: Model): Promise<T | null> {
    const { nowMs, wait } = this.#parts;
    if (this.#last?.model === model) return this.#last.value;
    if (this.#rests()) return this.#miss();
    const { done, untilMs } = this.#begun(model);
    const left = Math.max(0, untilMs - nowMs());
    return (await Promise.race([done, wait(left).then(() => null)])) ?? this.#miss();
  }

  /** Whether asking would begin anew: what was missing may be there now. */
  isDue(model: Model): boolean {
    return this.#last?.model !== model && this.#loading?.model !== model && !this.#rests();
  }

  /** It is there no more; the next to ask has it loaded. */
  drop(): void {
    this.#last = null;
    this.#loading = null;
  }

  /** It can no longer be used, and why: told, and not asked for again for a while. */
  fail(cause: unknown): void {
    this.drop();
    this.#failedAtMs = this.#parts.nowMs();
    this.#parts.notify(troubleOf(this.#parts.name, cause));
    this.#miss();
  }

  #rests(): boolean {
    return this.#parts.nowMs() < this.#failedAtMs + retryMs;
  }

  #miss(): null {
    this.#isMissed = true;
    return null;
  }

  #begun(model: Model): Loading<T> {
    if (this.#loading?.model === model) return this.#loading;
    const loading: Loading<T> = {
      model,
      untilMs: this.#parts.nowMs() + soonMs,
      done: this.#parts.load(model).then(
        (value) => this.#come(loading, value),
        (cause) => this.#lost(loading, cause),
      ),
    };
    this.#loading = loading;
    return loading;
  }

  #come(loading: Loading<T>, value: T): T {
    if (this.#loading !== loading) return value;
    this.#loading = null;
    this.#last = { model: loading.model, value };
    if (this.#isMissed) {
      this.#isMissed = false;
      this.#parts.onLate();
    }
    return value;
  }

  /** Of a model that another has taken the place of nobody hears. */
  #lost(loading: Loading<T>, cause: unknown): null {
    if (this.#loading === loading) this.fail(cause);
    return null;
  }
}
