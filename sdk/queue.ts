/**
 * Events on their way from the page to the worker.
 *
 * - Each is written ahead at once where the page may (writeahead.ts), and so outlives the page: another, or the
 *   next, takes it over. They leave in small batches, at most `sendAfterMs` late, in the order they happened; what
 *   could not be written ahead leaves sooner, and at once when the page is hidden.
 * - An answer settles a batch, a refusal too, unless the worker has it in memory alone: then it is handed over again
 *   when the database answers, or when another worker starts. When the worker is lost the batch waits for the next
 *   one, and is tried again by itself. The journal knows events by id, so one that did arrive is not written twice.
 * - Holds at most `most` events (backlog.ts), and says so when some had to go.
 * - What was tracked before an erasure, in whichever tab, does not arrive after it.
 */
import type { EventInput } from "../core/events/event.ts";
import type { FactInput, Recorded } from "../core/events/fact.ts";
import type { StoredIn } from "../worker/api.ts";
import { Backlog, type Waiting } from "./backlog.ts";
import { WorkerLost } from "./link.ts";
import { randomId } from "./page.ts";
import type { WriteAhead } from "./writeahead.ts";

const sendAfterMs = 100;
const sendUnwrittenAfterMs = 10;
const retryAfterMs = [1_000, 5_000, 5_000, 30_000];
const most = 5_000;

export interface OutboxOptions {
  /** Hands events to the worker, asked for when it can take them; says where they are kept now. */
  readonly send: (events: () => readonly Recorded[]) => Promise<StoredIn>;
  /** Which erasure was the last; null when there was none or nobody knows. */
  readonly lastErasure: () => string | null;
  readonly onError: (error: unknown) => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  readonly #backlog = new Backlog(most);
  /** Null until events may be written ahead. */
  #ahead: WriteAhead | null = null;
  /** What a worker has in memory alone, until it is on the device; what is written ahead stays so until then. */
  readonly #inMemory = new Backlog(most);
  /** How often all was forgotten: what was on its way then is not to come back. */
  #clears = 0;
  #isOpen = false;
  #dropped = 0;
  #losses = 0;
  #sending: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  get waiting(): readonly Waiting[] {
    return this.#backlog.all;
  }

  add(event: EventInput | FactInput, atMs: number): void {
    const waiting = { event: { id: randomId(), ...event, atMs }, erasure: this.#options.lastErasure() };
    this.#keep(waiting);
    this.#sendSoon(this.#isWritten(waiting) ? sendAfterMs : sendUnwrittenAfterMs);
  }

  /** From now on events may leave; until then they wait, for `init` or for a prerendered page to be shown. */
  open(): void {
    this.#isOpen = true;
    void this.flush();
  }

  /** From now on events are written ahead. What waits is, and what earlier pages left there waits, too. */
  writeAhead(ahead: WriteAhead): void {
    const waiting = this.#backlog.takeAll();
    this.#ahead = ahead;
    this.takeOver();
    for (const entry of waiting) this.#keep(entry);
    this.#sendSoon(sendUnwrittenAfterMs);
  }

  /** Takes over what other pages wrote ahead and did not hand over: they may have gone. */
  takeOver(): void {
    const erasure = this.#options.lastErasure();
    for (const event of this.#ahead?.find() ?? []) this.#keep({ event, erasure });
    this.#sendSoon(sendUnwrittenAfterMs);
  }

  /** Forgets what has not been sent. */
  clear(): void {
    this.#clears += 1;
    this.#settle(this.#backlog.takeAll());
    this.#inMemory.takeAll();
    this.#ahead?.forget();
  }

  /**
   * The worker has its database again, or another has started, which has nothing of the memory of the one before:
   * what was in memory alone is handed over again.
   */
  sendAgain(): void {
    for (const entry of this.#current(this.#inMemory.takeAll())) this.#keep(entry);
    this.#sendSoon(sendUnwrittenAfterMs);
  }

  /** The page may be about to end: what would not outlive it leaves now. */
  hidden(): void {
    if (this.#backlog.all.some(({ event }) => this.#ahead?.isThere(event.id) !== true)) void this.flush();
  }

  /** Sends what waits; kept when everything sent so far was answered. */
  flush(): Promise<void> {
    this.#stopTimer();
    this.#tellDropped();
    if (!this.#isOpen) return this.#sending;
    const batch = this.#current(this.#backlog.takeAll());
    if (batch.length === 0) return this.#sending;
    const before = this.#sending;
    // Sent at once, not after the batch before: a page that is being left has no later.
    const sent = this.#send(batch);
    this.#sending = before.then(() => sent);
    return this.#sending;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const clears = this.#clears;
    // An erasure may come between, also where no store says so.
    const current = () => (clears === this.#clears ? this.#current(batch) : []);
    try {
      const storedIn = await this.#options.send(() => current().map(({ event }) => event));
      this.#losses = 0;
      // What is in memory alone ends with the worker, or with the page.
      if (storedIn === "device") this.#settle(batch);
      else for (const entry of current()) this.#inMemory.add(entry);
    } catch (error) {
      if (error instanceof WorkerLost) this.#waitAgain(current());
      else this.#settle(batch);
      this.#options.onError(error);
    }
  }

  #waitAgain(batch: readonly Waiting[]): void {
    for (const entry of batch) this.#keep(entry);
    this.#sendSoon(retryAfterMs[Math.min(this.#losses, retryAfterMs.length - 1)]);
    this.#losses += 1;
  }

  #keep(entry: Waiting): void {
    if (!this.#isWritten(entry)) this.#ahead?.write(entry.event);
    const gone = this.#backlog.add(entry);
    if (gone === null) return;
    this.#dropped += 1;
    this.#settle([gone]);
  }

  #isWritten({ event }: Waiting): boolean {
    return this.#ahead?.has(event.id) === true;
  }

  /** Those of a batch that no erasure has forgotten meanwhile. */
  #current(batch: readonly Waiting[]): readonly Waiting[] {
    const last = this.#options.lastErasure();
    const forgotten = batch.filter(({ erasure }) => last !== null && erasure !== last);
    this.#settle(forgotten);
    return batch.filter((entry) => !forgotten.includes(entry));
  }

  #settle(batch: readonly Waiting[]): void {
    for (const { event } of batch) this.#ahead?.remove(event.id);
  }

  #sendSoon(afterMs: number): void {
    const atMs = Date.now() + afterMs;
    if (atMs >= this.#timerAtMs) return;
    this.#stopTimer();
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => void this.flush(), afterMs);
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#options.onError(
      new RangeError(
        `track: at most ${most} events may wait, got ${dropped} more; the least telling were dropped`,
      ),
    );
  }
}
