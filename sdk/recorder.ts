/**
 * What was tracked and said, from the call to the hand-over: each gets its id and the last erasure at once, is written
 * ahead before the task ends (writeahead.ts), and waits until it is taken.
 *
 * What one task recorded is written by one microtask, which runs before the browser can do anything else with the page:
 * a handler that navigates away still has it on disk. Holds at most `most` (backlog.ts).
 */
import type { EventInput } from "../core/events/event.ts";
import type { FactInput } from "../core/events/fact.ts";
import { Backlog, type Waiting } from "./backlog.ts";
import { randomId } from "./page.ts";
import type { WriteAhead } from "./writeahead.ts";

const most = 5_000;

export class Recorder {
  readonly #readErasure: () => string | null;
  readonly #backlog = new Backlog(most);
  /** What is to be written ahead when the task ends. */
  readonly #fresh = new Set<Waiting>();
  /** Null until events may be written ahead. */
  #ahead: WriteAhead | null = null;
  #isDue = false;
  /** Whether the task recorded something, and not only put back what was on its way. */
  #hasNews = false;
  /** As this task knows it: no other tab's erasure is heard before it ends. */
  #erasure: string | null | undefined;
  /** Counts what came and what was forgotten: the same number, and nothing has been recorded since. */
  changes = 0;
  /** How many had to go since somebody asked. */
  dropped = 0;
  /** Hears that something new waits, and whether it is written ahead for as long as it takes. */
  onNews: (isWritten: boolean) => void = () => undefined;

  /** @param lastErasure which erasure was the last; null when there was none or nobody knows. */
  constructor(lastErasure: () => string | null) {
    this.#readErasure = lastErasure;
  }

  /** Oldest first. */
  get waiting(): readonly Waiting[] {
    return this.#backlog.all;
  }

  get mayWriteAhead(): boolean {
    return this.#ahead !== null;
  }

  add(event: EventInput | FactInput, atMs: number): void {
    if (this.#erasure === undefined) this.#erasure = this.#readErasure();
    this.#hasNews = true;
    this.changes += 1;
    this.#keep({ event: { id: randomId(), ...event, atMs }, erasure: this.#erasure });
  }

  /** What was taken waits again, and is written ahead where it is not. */
  putBack(entries: readonly Waiting[]): void {
    for (const entry of entries) this.#keep(entry);
  }

  /** From now on events are written ahead. What waits is, and what earlier pages left there waits, too. */
  writeAhead(ahead: WriteAhead): void {
    const waiting = this.takeAll();
    this.#ahead = ahead;
    this.takeOver();
    this.putBack(waiting);
  }

  /** Takes over what other pages wrote ahead and did not hand over: they may have gone. */
  takeOver(): void {
    const erasure = this.#readErasure();
    this.putBack((this.#ahead?.find() ?? []).map((event) => ({ event, erasure })));
    this.onNews(false);
  }

  takeAll(): readonly Waiting[] {
    return this.#backlog.takeAll();
  }

  /** Forgets what waits, and all that is written ahead. */
  clear(): void {
    this.changes += 1;
    this.settle(this.takeAll());
    this.#fresh.clear();
    this.#ahead?.forget();
    this.#erasure = undefined;
  }

  /** Those that no erasure has forgotten meanwhile. */
  current(batch: readonly Waiting[]): readonly Waiting[] {
    const last = this.#readErasure();
    const isCurrent = ({ erasure }: Waiting): boolean => last === null || erasure === last;
    this.settle(batch.filter((entry) => !isCurrent(entry)));
    return batch.filter(isCurrent);
  }

  /** They need not outlive the page any more. */
  settle(batch: readonly Waiting[]): void {
    for (const entry of batch) {
      this.#fresh.delete(entry);
      this.#ahead?.remove(entry.event.id);
    }
  }

  /** Whether all that waits would outlive the page. */
  isSafe(): boolean {
    return this.#backlog.all.every(({ event }) => this.#ahead?.isThere(event.id));
  }

  #keep(entry: Waiting): void {
    this.#fresh.add(entry);
    const gone = this.#backlog.add(entry);
    if (gone !== null) {
      this.dropped += 1;
      this.settle([gone]);
    }
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#endTask());
  }

  #endTask(): void {
    this.#isDue = false;
    this.#erasure = undefined;
    const ahead = this.#ahead;
    const fresh = [...this.#fresh].map(({ event }) => event);
    this.#fresh.clear();
    ahead?.write(fresh.filter(({ id }) => !ahead.has(id)));
    if (this.#hasNews && this.#backlog.size > 0) this.onNews(fresh.every(({ id }) => ahead?.has(id)));
    this.#hasNews = false;
  }
}
