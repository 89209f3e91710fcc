/**
 * The line to the worker: comlink, and an answer to every call even when the worker dies.
 *
 * comlink alone waits for ever. Here a call is settled by whichever comes first: the worker's answer, the
 * worker's death (error, messageerror), or the time limit. Phones end workers without a word: a living one holds
 * a lock, however busy it is, and one that holds it no more is given up within seconds. What it was asked is not
 * to blame for that: the next one is asked. Where there are no locks the worker is asked for a sign of life at
 * the limit; a busy one gives it when it is done, and one that gives none for long is given up. The next call
 * starts a new one, at most `starts` times within five minutes; after that every call is refused at once.
 *
 * Between the pages of a visit the worker ends with its page (`leave`): WebKit freezes a worker with the page
 * that goes into its back/forward cache, and a transaction that it had open then blocks the database for all
 * pages of the origin.
 */
import { type Remote, wrap } from "comlink";
import type { WorkerApi } from "../worker/api.ts";
import type { WorkerWay } from "./edges.ts";
import { PageLeft, WorkerLost } from "./lost.ts";
import { randomId, type WorkerPort } from "./page.ts";

/** comlink answers for a property nobody defined, so any living worker has this pulse. */
type Living = WorkerApi & { readonly pulse: undefined };

export interface LinkOptions {
  /** How to start one, best first. */
  readonly ways: readonly WorkerWay[];
  /** Speaks to each new worker first; other calls wait for it. */
  readonly prepare: (worker: Remote<WorkerApi>, lifeLock: string) => Promise<void>;
  /** Whether somebody holds a lock; null where the browser does not say. A living worker holds its `lifeLock`. */
  readonly isHeld?: (lock: string) => Promise<boolean | null>;
  /** Told when a worker runs in another way than the best, with what the better ones came to. */
  readonly onDetour?: (way: string, because: string) => void;
  readonly limitMs?: number;
  /** How often, while a call waits, it is seen whether the worker lives. */
  readonly lookMs?: number;
  /** How long after the limit a worker that gives no sign of life is taken to be busy. */
  readonly pulseMs?: number;
  /** Workers started within five minutes, at most. */
  readonly starts?: number;
}

const startsWindowMs = 300_000;

/** @param isBlameless whether the call is not to blame for the loss: then the next worker is asked. */
type Refuse = (lost: WorkerLost, isBlameless?: boolean) => void;

interface Life {
  readonly state: "alive";
  /** How to refuse each call that waits. */
  readonly refuse: Set<Refuse>;
  /** Name of the lock that the worker holds as long as it lives. */
  readonly lifeLock: string;
  /** Kept once `prepare` was answered; a call that waits for it is refused when the worker dies first. */
  readonly ready: Promise<Remote<Living>>;
  /** The worker as it is now; null while the browser has not given it. */
  port: WorkerPort | null;
  isReady: boolean;
  isWatched: boolean;
  /** Whether its lock was seen: a worker that is denied locks holds none, and lives. */
  wasHeld: boolean;
}

type LinkState =
  | { readonly state: "unstarted" }
  | Life
  /** `left`: nothing is started until the page is back. */
  | { readonly state: "lost" | "left"; readonly lost: WorkerLost };

/** Owns the page's worker. */
export class WorkerLink {
  readonly #options: Required<LinkOptions>;
  #startedAtMs: readonly number[] = [];
  /** The first way that was not refused yet. */
  #way = 0;
  #link: LinkState = { state: "unstarted" };

  constructor(options: LinkOptions) {
    this.#options = {
      ...{ limitMs: 10_000, lookMs: 1_500, pulseMs: 20_000, starts: 4 },
      onDetour: () => undefined,
      isHeld: async () => null,
      ...options,
    };
  }

  /**
   * Asks the worker, starting it when there is none.
   *
   * @throws {WorkerLost} when no answer comes; whatever the worker itself throws otherwise.
   */
  async call<T>(
    who: string,
    ask: (worker: Remote<WorkerApi>) => Promise<T>,
    limitMs = this.#options.limitMs,
  ): Promise<T> {
    const life = this.#alive();
    const endMs = Date.now() + limitMs;
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(limit);
        clearInterval(look);
        life.refuse.delete(refuse);
      };
      const refuse: Refuse = (lost, isBlameless) => {
        settle();
        // Asked again, a question has the time that is left.
        const leftMs = endMs - Date.now();
        if (isBlameless && leftMs > 0) resolve(this.call(who, ask, leftMs));
        else reject(lost);
      };
      const look = setInterval(() => void this.#look(life), this.#options.lookMs);
      const limit = setTimeout(() => {
        refuse(new WorkerLost(`${who}: expected an answer from the worker within ${limitMs} ms, got none`));
        this.#watch(life);
      }, limitMs);
      life.refuse.add(refuse);
      life.ready
        .then((worker) => ask(worker))
        .then(resolve, reject)
        .finally(settle);
    });
  }

  /** The page is left: ends the worker, and starts none before it is back. */
  leave(): void {
    const before = this.#link;
    const lost = new PageLeft();
    if (before.state === "alive") {
      this.#end(before, lost);
      // One that ends with its page did not fail.
      this.#startedAtMs = this.#startedAtMs.slice(0, -1);
    }
    this.#link = { state: "left", lost };
  }

  /** The page has come back from the back/forward cache. */
  comeBack(): void {
    if (this.#link.state === "left") this.#link = { state: "unstarted" };
  }

  #alive(): Life {
    if (this.#link.state === "alive") return this.#link;
    if (this.#link.state === "left") throw this.#link.lost;
    const nowMs = Date.now();
    this.#startedAtMs = this.#startedAtMs.filter((atMs) => Math.abs(nowMs - atMs) < startsWindowMs);
    if (this.#link.state === "lost" && this.#startedAtMs.length >= this.#options.starts)
      throw this.#link.lost;
    this.#startedAtMs = [...this.#startedAtMs, nowMs];
    // A step later, when there is a life to speak of.
    const ready = Promise.resolve().then(() => this.#started(life));
    const lifeLock = `tacit:life:${randomId()}`;
    const life: Life = {
      state: "alive",
      lifeLock,
      ready,
      port: null,
      refuse: new Set(),
      isReady: false,
      isWatched: false,
      wasHeld: false,
    };
    this.#link = life;
    ready.catch((cause) => {
      this.#end(life, new WorkerLost(`worker: expected to start, got ${cause}`));
    });
    return life;
  }

  /** The worker, prepared, in the first way that the page allows. */
  async #started(life: Life): Promise<Remote<Living>> {
    const { ways, onDetour } = this.#options;
    const refused: string[] = [];
    for (const [nth, way] of ways.entries()) {
      if (nth < this.#way) continue;
      try {
        const worker = await this.#prepared(life, await way.start());
        this.#way = nth;
        if (refused.length > 0) onDetour(way.name, refused.join("; "));
        return worker;
      } catch (cause) {
        if (!(cause instanceof Refused) && life.port !== null) throw cause;
        life.port?.terminate();
        life.port = null;
        if (this.#link !== life) throw cause;
        refused.push(`${way.name}: ${cause instanceof Refused ? cause.message : cause}`);
      }
    }
    throw new Error(refused.join("; "));
  }

  /** Speaks to a worker that has just been started. @throws {Refused} when it never ran. */
  #prepared(life: Life, port: WorkerPort): Promise<Remote<Living>> {
    if (this.#link !== life) {
      port.terminate();
      throw new PageLeft();
    }
    life.port = port;
    const worker = wrap<Living>(port);
    return new Promise((resolve, reject) => {
      port.addEventListener("error", (event) => {
        const { message } = event as Partial<ErrorEvent>;
        const got = message || "an error, perhaps in loading it";
        reject(new Refused(got));
        if (life.port === port && life.isReady)
          this.#end(life, new WorkerLost(`worker: expected to run, got ${got}`));
      });
      port.addEventListener("messageerror", () => {
        this.#end(life, new WorkerLost("worker: sent what cannot be read"));
      });
      this.#options.prepare(worker, life.lifeLock).then(() => {
        life.isReady = true;
        void this.#look(life);
        resolve(worker);
      }, reject);
    });
  }

  /** Gives up a worker that has ended without a word. */
  async #look(life: Life): Promise<void> {
    if (this.#link !== life) return;
    const isHeld = await this.#options.isHeld(life.lifeLock).catch(() => null);
    life.wasHeld ||= isHeld === true;
    if (isHeld === false && life.wasHeld)
      this.#end(life, new WorkerLost("worker: ended without a word"), true);
  }

  /** Waits for a sign of life. */
  #watch(life: Life): void {
    if (life.isWatched || this.#link !== life) return;
    life.isWatched = true;
    const limit = setTimeout(() => {
      this.#end(life, new WorkerLost("worker: gave no sign of life, so it was ended"));
    }, this.#options.pulseMs);
    life.ready
      .then((worker) => worker.pulse)
      .finally(() => {
        clearTimeout(limit);
        life.isWatched = false;
      })
      .catch(() => undefined); // Whoever waits for the worker gets the failure.
  }

  #end(life: Life, lost: WorkerLost, isBlameless?: boolean): void {
    if (this.#link !== life) return;
    this.#link = { state: "lost", lost };
    life.port?.terminate();
    for (const refuse of life.refuse) refuse(lost, isBlameless);
  }
}

/** A worker ended before it had said anything: the page does not allow it in this way, or it cannot be loaded. */
class Refused extends Error {}
