/**
 * What happened before someone could listen, in order and with its time.
 *
 * Two queues stand between a page and the worker. `Outbox` holds events until the worker has them on disk.
 * `replay` takes over the calls that a page made on the stub (stub.js) before the script had loaded.
 */
import type { EventInput, TacitEvent } from "../core/events/event.ts";
import { WorkerLost } from "./link.ts";
import { randomId } from "./page.ts";

const sendAfterMs = 100;
const most = 500;

export interface OutboxOptions {
  /** Hands events to the worker; kept once they are durable. */
  readonly send: (events: readonly TacitEvent[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Events on their way to the worker.
 *
 * - They leave in small batches, at most `sendAfterMs` late, in the order they happened.
 * - An answer settles a batch, a refusal too; when the worker is lost, the batch waits for the next one.
 *   The journal knows events by id, so one that did arrive is not written twice.
 * - Holds at most `most` events; beyond that the oldest go, because the newest say more.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #waiting: readonly TacitEvent[] = [];
  #sending: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #open = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(event: EventInput, atMs: number): void {
    this.#keep([...this.#waiting, { id: randomId(), ...event, atMs }]);
    if (this.#open) this.#timer ??= setTimeout(() => void this.flush(), sendAfterMs);
  }

  /** From now on events may leave; until then they wait, for `init` or for a prerendered page to be shown. */
  open(): void {
    this.#open = true;
    void this.flush();
  }

  /** Forgets what has not been sent. */
  clear(): void {
    this.#waiting = [];
  }

  /** Sends what waits; kept when everything sent so far was answered. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#open || this.#waiting.length === 0) return this.#sending;
    const batch = this.#waiting;
    this.#waiting = [];
    const before = this.#sending;
    // Sent at once, not after the batch before: a page that is being left has no later.
    const sent = this.#options.send(batch).catch((error: unknown) => {
      if (error instanceof WorkerLost) this.#keep([...batch, ...this.#waiting]);
      this.#options.onError(error);
    });
    this.#sending = before.then(() => sent);
    return this.#sending;
  }

  #keep(events: readonly TacitEvent[]): void {
    // Two batches may come back in either order. The sort is stable.
    this.#waiting = [...events].sort((a, b) => a.atMs - b.atMs).slice(-most);
  }
}

/**
 * What the stub can take: every method but `init`, which the script tag calls, and `consent`, which answers
 * at once.
 */
export const earlyNames = [
  "track",
  "recommend",
  "similar",
  "trending",
  "explain",
  "optOut",
  "optIn",
  "panel",
  "reportBytes",
  "exportData",
  "erase",
  "on",
] as const;

export function isEarlyName(name: unknown): name is (typeof earlyNames)[number] {
  return (earlyNames as readonly unknown[]).includes(name);
}

/** A call made on the stub: what was asked, when, and how to answer. */
export interface EarlyCall {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly atMs: number;
  readonly answer: (value: unknown) => void;
}

/** What stub.js leaves in `window.tacit` until the script has loaded. */
export interface Stub {
  readonly calls: EarlyCall[];
}

export function isStub(value: unknown): value is Stub {
  return typeof value === "object" && value !== null && "calls" in value && Array.isArray(value.calls);
}

/** Makes the stub's calls in their order; calls still made on it, by who kept a reference, run at once. */
export function replay(stub: Stub, run: (call: EarlyCall) => void): void {
  for (const call of stub.calls.splice(0)) run(call);
  stub.calls.push = (...calls) => {
    for (const call of calls) run(call);
    return 0;
  };
}
