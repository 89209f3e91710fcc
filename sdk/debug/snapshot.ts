/** What the worker says of the device, asked for again and again without hurry. */
import type { MadeRequests, Panel, TacitExport } from "../../worker/api.ts";
import type { Inside } from "../notes.ts";

export interface Snapshot {
  readonly panel: Panel | null;
  readonly tastes: TacitExport["tastes"];
  readonly requests: MadeRequests;
  /** When it was asked for (`performance.now`). */
  readonly askedMs: number;
  /** Why the worker did not answer; null where it did. */
  readonly failure: string | null;
}

export const nothingYet: Snapshot = {
  panel: null,
  tastes: [],
  requests: { originMs: 0, entries: [] },
  askedMs: 0,
  failure: null,
};

/** After a failure it is not asked at once again: each question may start another worker. */
const afterFailureMs = 5_000;
const leastRestMs = 300;
/** Times what it took: a long journal is not asked for again and again. */
const rest = 10;
const mostRestMs = 2_000;

/** Keeps a snapshot that is never much older than what happened. */
export class Snapshots {
  readonly #link: Inside["link"];
  readonly #taken: () => void;
  #current = nothingYet;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #restUntilMs = 0;
  #isAsking = false;
  #isStale = false;
  #isStopped = false;

  /** Calls after each new one. */
  constructor(link: Inside["link"], taken: () => void) {
    this.#link = link;
    this.#taken = taken;
  }

  get current(): Snapshot {
    return this.#current;
  }

  /** Something happened. */
  refresh(): void {
    if (this.#isAsking) this.#isStale = true;
    if (this.#isAsking || this.#isStopped || this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => void this.#take(),
      Math.max(leastRestMs, this.#restUntilMs - performance.now()),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#isStopped = true;
  }

  async #take(): Promise<void> {
    this.#timer = undefined;
    const { value } = this.#link;
    if (value === null) return;
    this.#isAsking = true;
    this.#isStale = false;
    const askedMs = performance.now();
    try {
      const panel = await value.call("debug", (worker) => worker.panel());
      const { tastes } = await value.call("debug", (worker) => worker.exportData());
      const requests = await value.call("debug", (worker) => worker.requests());
      this.#current = { panel, tastes, requests, askedMs, failure: null };
      const nowMs = performance.now();
      this.#restUntilMs = nowMs + Math.min(mostRestMs, rest * (nowMs - askedMs));
    } catch (error) {
      this.#current = { ...this.#current, failure: error instanceof Error ? error.message : String(error) };
      this.#restUntilMs = performance.now() + afterFailureMs;
    }
    this.#isAsking = false;
    if (this.#isStopped) return;
    this.#taken();
    if (this.#isStale) this.refresh();
  }
}
