/**
 * The line to the worker: comlink, and an answer to every call even when the worker dies.
 *
 * comlink alone waits for ever. Here a call is settled by whichever comes first: the worker's answer, the
 * worker's death (error, messageerror), or the time limit. At the limit the worker is asked for a sign of
 * life, so that a slow download costs one call and a hung worker is ended, with all that wait on it. The next
 * call starts a new one, at most `restarts` times a page; after that every call is refused at once.
 */
import { type Remote, wrap } from "comlink";
import type { WorkerApi } from "../worker/api.ts";
import type { WorkerPort } from "./page.ts";

/** The worker gave no answer: it could not start, died, hung, or was given up. */
export class WorkerLost extends Error {
  override readonly name = "WorkerLost";
}

/** comlink answers for a property nobody defined, so any living worker has this pulse. */
type Living = WorkerApi & { readonly pulse: undefined };

export interface LinkOptions {
  readonly start: () => WorkerPort;
  /** Speaks to each new worker first; other calls wait for it. */
  readonly prepare: (worker: Remote<WorkerApi>) => Promise<void>;
  readonly limitMs?: number;
  readonly pulseMs?: number;
  readonly restarts?: number;
}

interface Life {
  readonly state: "alive";
  readonly port: WorkerPort;
  readonly worker: Remote<Living>;
  /** How to refuse each call that waits. */
  readonly refuse: Set<(lost: WorkerLost) => void>;
  /** Kept once `prepare` was answered; a call that waits for it is refused when the worker dies first. */
  readonly ready: Promise<void>;
}

type LinkState =
  | { readonly state: "unstarted" }
  | Life
  | { readonly state: "lost"; readonly lost: WorkerLost };

/** Owns the page's worker. */
export class WorkerLink {
  readonly #options: LinkOptions;
  readonly #limitMs: number;
  readonly #pulseMs: number;
  #startsLeft: number;
  #link: LinkState = { state: "unstarted" };

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#limitMs = options.limitMs ?? 10_000;
    this.#pulseMs = options.pulseMs ?? 2_000;
    this.#startsLeft = 1 + (options.restarts ?? 3);
  }

  /**
   * Asks the worker, starting it when there is none.
   *
   * @throws {WorkerLost} when no answer comes; whatever the worker itself throws otherwise.
   */
  async call<T>(
    who: string,
    ask: (worker: Remote<WorkerApi>) => Promise<T>,
    limitMs = this.#limitMs,
  ): Promise<T> {
    const life = this.#alive();
    return new Promise<T>((resolve, reject) => {
      const refuse = (lost: WorkerLost): void => {
        clearTimeout(limit);
        life.refuse.delete(refuse);
        reject(lost);
      };
      const limit = setTimeout(() => {
        refuse(new WorkerLost(`${who}: expected an answer from the worker within ${limitMs} ms, got none`));
        this.#feelPulse(life);
      }, limitMs);
      life.refuse.add(refuse);
      life.ready
        .then(() => ask(life.worker))
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(limit);
          life.refuse.delete(refuse);
        });
    });
  }

  #alive(): Life {
    if (this.#link.state === "alive") return this.#link;
    if (this.#link.state === "lost" && this.#startsLeft === 0) throw this.#link.lost;
    this.#startsLeft -= 1;
    const port = this.#start();
    const worker = wrap<Living>(port);
    const ready = this.#options.prepare(worker);
    const life: Life = { state: "alive", port, worker, ready, refuse: new Set() };
    this.#link = life;
    port.addEventListener("error", (event) => {
      const { message } = event as Partial<ErrorEvent>;
      this.#end(life, `worker: expected to run, got ${message || "an error, perhaps in loading it"}`);
    });
    port.addEventListener("messageerror", () => this.#end(life, "worker: sent what cannot be read"));
    ready.catch((cause) => this.#end(life, `worker: expected to start, got ${cause}`));
    return life;
  }

  #start(): WorkerPort {
    try {
      return this.#options.start();
    } catch (cause) {
      // The browser refused outright and will refuse again.
      this.#startsLeft = 0;
      const lost = new WorkerLost(`worker: expected to start, got ${cause}`);
      this.#link = { state: "lost", lost };
      throw lost;
    }
  }

  #feelPulse(life: Life): void {
    const limit = setTimeout(() => this.#end(life, "worker: hung, so it was ended"), this.#pulseMs);
    life.worker.pulse.then(() => clearTimeout(limit));
  }

  #end(life: Life, message: string): void {
    if (this.#link !== life) return;
    const lost = new WorkerLost(message);
    this.#link = { state: "lost", lost };
    life.port.terminate();
    for (const refuse of life.refuse) refuse(lost);
  }
}
