/**
 * What was tracked and said, from the call to the hand-over: it gets an id and the last erasure, is written
 * ahead before the task ends (writeahead.ts), and waits until it is taken.
 *
 * A call only notes what was said and when. One microtask does the rest for all that its task noted, and asks
 * once whether the person permits it; it runs before the browser can do anything else with the page, so a
 * handler that navigates away still has it on disk. What weighs, a purchase or what a person said, is written
 * within the call. Whoever changes what is permitted, or takes what waits, has it done before. Holds at most
 * `most` (backlog.ts).
 */
import type { EventInput } from "../core/events/event.ts";
import type { FactInput } from "../core/events/fact.ts";
import { Backlog, saysMuch, type Waiting } from "./backlog.ts";
import { randomId } from "./page.ts";
import type { WriteAhead } from "./writeahead.ts";

const most = 5_000;
/** A task that notes more has some of it done meanwhile. */
const mostNoted = 1_000;

export interface RecorderOptions {
  /** Which erasure was the last; null when there was none or nobody knows. */
  readonly lastErasure: () => string | null;
  /** Whether the person permits what was noted. */
  readonly isPermitted: () => boolean;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #backlog = new Backlog(most);
  /** What this task has said so far. */
  #noted: { readonly said: EventInput | FactInput; readonly atMs: number; readonly id: string | null }[] = [];
  /** What is to be written ahead when the task ends. */
  readonly #fresh = new Set<Waiting>();
  /** Null until events may be written ahead. */
  #ahead: WriteAhead | null = null;
  #isDue = false;
  /** Whether the task recorded something, and not only put back what was on its way. */
  #hasNews = false;
  /** Counts what came and what was forgotten: the same number, and nothing has been recorded since. */
  changes = 0;
  /** How many had to go since somebody asked. */
  dropped = 0;
  /** Hears that something new waits, and whether it is written ahead for as long as it takes. */
  onNews: (isWritten: boolean) => void = () => undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  get waiting(): readonly Waiting[] {
    this.takeNotes();
    return this.#backlog.all;
  }

  get mayWriteAhead(): boolean {
    return this.#ahead !== null;
  }

  /** @param id of what has one already; null: none. */
  add(said: EventInput | FactInput, atMs: number, id: string | null = null): void {
    this.#noted.push({ said, atMs, id });
    this.changes += 1;
    // A window that closes itself has no storage any more when its task ends (WebKit): what weighs is written before.
    if (saysMuch(said)) this.#endTask();
    else if (this.#noted.length < mostNoted) this.#soon();
    else this.takeNotes();
  }

  /** What was noted waits from now on, where it is permitted now. */
  takeNotes(): void {
    const noted = this.#noted;
    if (noted.length === 0) return;
    this.#noted = [];
    if (!this.#options.isPermitted()) return;
    const erasure = this.#options.lastErasure();
    this.#hasNews = true;
    this.putBack(
      noted.map(({ said, atMs, id }) => ({ event: { id: id ?? randomId(), ...said, atMs }, erasure })),
    );
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
    const erasure = this.#options.lastErasure();
    this.putBack((this.#ahead?.find() ?? []).map((event) => ({ event, erasure })));
    this.onNews(false);
  }

  takeAll(): readonly Waiting[] {
    this.takeNotes();
    return this.#backlog.takeAll();
  }

  /** Forgets what waits, and all that is written ahead. */
  clear(): void {
    this.changes += 1;
    this.#noted = [];
    this.settle(this.takeAll());
    this.#fresh.clear();
    this.#ahead?.forget();
  }

  /** Those that no erasure has forgotten meanwhile. */
  current(batch: readonly Waiting[]): readonly Waiting[] {
    const last = this.#options.lastErasure();
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
    this.#soon();
  }

  #soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#endTask());
  }

  #endTask(): void {
    this.takeNotes();
    this.#isDue = false;
    const ahead = this.#ahead;
    const fresh = [...this.#fresh].map(({ event }) => event);
    this.#fresh.clear();
    ahead?.write(fresh.filter(({ id }) => !ahead.has(id)));
    if (this.#hasNews && this.#backlog.size > 0) this.onNews(fresh.every(({ id }) => ahead?.has(id)));
    this.#hasNews = false;
  }
}
