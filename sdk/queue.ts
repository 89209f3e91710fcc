/**
 * Events on their way from the page to the worker.
 *
 * - What the recorder holds leaves in small batches, at most `sendAfterMs` late, in the order it happened;
 * what could not
 *   be written ahead leaves sooner, and at once when the page is hidden.
 * - An answer settles a batch, a refusal too, unless the worker has it in memory alone: then it is handed over again
 *   when the database answers, or when another worker starts. When the worker is lost the batch waits for the next
 *   one, and is tried again by itself. The journal knows events by id, so one that did arrive is not written twice.
 * - Says so when some had to go.
 * - What was tracked before an erasure, in whichever tab, does not arrive after it.
 */
import type { Recorded } from "../core/events/fact.ts";
import type { StoredIn } from "../worker/api.ts";
import { Backlog, type Waiting } from "./backlog.ts";
import { WorkerLost } from "./lost.ts";
import type { Recorder } from "./recorder.ts";

const sendAfterMs = 100;
const sendUnwrittenAfterMs = 10;
const retryAfterMs = [1_000, 5_000, 5_000, 30_000];
const most = 5_000;

export interface OutboxOptions {
  readonly recorder: Recorder;
  /** Hands events to the worker, asked for when it can take them; says where they are kept now. */
  readonly send: (events: () => readonly Recorded[]) => Promise<StoredIn>;
  readonly onError: (error: unknown) => void;
}

export class Outbox {
  readonly #options: OutboxOptions;
  /** What a worker has in memory alone, until it is on the device; what is written ahead stays so until then. */
  readonly #inMemory = new Backlog(most);
  /** How often all was forgotten: what was on its way then is not to come back. */
  #clears = 0;
  #isOpen = false;
  #losses = 0;
  #sending: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(options: OutboxOptions) {
    this.#options = options;
    options.recorder.onNews = (isWritten) => this.#sendSoon(isWritten ? sendAfterMs : sendUnwrittenAfterMs);
  }

  /** Oldest first. */
  get waiting(): readonly Waiting[] {
    return this.#options.recorder.waiting;
  }

  /** From now on events may leave; until then they wait, for `init` or for a prerendered page to be shown. */
  open(): void {
    this.#isOpen = true;
    void this.flush();
  }

  /** What waits was forgotten, and what is under way is to be. */
  forget(): void {
    this.#clears += 1;
    this.#inMemory.takeAll();
  }

  /**
   * The worker has its database again, or another has started, which has nothing of the memory of the one before:
   * what was in memory alone is handed over again.
   */
  sendAgain(): void {
    const { recorder } = this.#options;
    recorder.putBack(recorder.current(this.#inMemory.takeAll()));
    this.#sendSoon(sendUnwrittenAfterMs);
  }

  /** The page may be about to end: what would not outlive it leaves now. */
  hidden(): void {
    if (!this.#options.recorder.isSafe()) void this.flush();
  }

  /** Sends what waits; kept when everything sent so far was answered. */
  flush(): Promise<void> {
    const { recorder } = this.#options;
    this.#stopTimer();
    recorder.takeNotes();
    this.#tellDropped();
    if (!this.#isOpen) return this.#sending;
    const batch = recorder.current(recorder.takeAll());
    if (batch.length === 0) return this.#sending;
    const before = this.#sending;
    // Sent at once, not after the batch before: a page that is being left has no later.
    const sent = this.#send(batch);
    this.#sending = before.then(() => sent);
    return this.#sending;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const { recorder, send, onError } = this.#options;
    const clears = this.#clears;
    // An erasure may come between, also where no store says so.
    const current = () => (clears === this.#clears ? recorder.current(batch) : []);
    try {
      const storedIn = await send(() => current().map(({ event }) => event));
      this.#losses = 0;
      // What is in memory alone ends with the worker, or with the page.
      if (storedIn === "device") recorder.settle(batch);
      else for (const entry of current()) this.#inMemory.add(entry);
    } catch (error) {
      if (error instanceof WorkerLost) this.#waitAgain(current());
      else recorder.settle(batch);
      onError(error);
    }
  }

  #waitAgain(batch: readonly Waiting[]): void {
    this.#options.recorder.putBack(batch);
    this.#sendSoon(retryAfterMs[Math.min(this.#losses, retryAfterMs.length - 1)]);
    this.#losses += 1;
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
    const { recorder, onError } = this.#options;
    if (recorder.dropped === 0) return;
    const { dropped } = recorder;
    recorder.dropped = 0;
    onError(
      new RangeError(
        `track: at most ${most} events may wait, got ${dropped} more; the least telling were dropped`,
      ),
    );
  }
}
