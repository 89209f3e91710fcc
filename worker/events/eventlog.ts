/**
 * The journal in memory: every event once, oldest first, which of them count (core/events/cleaning), and what
 * changed of that since someone last looked; and apart from them the facts that hold, which no limit drops.
 * Adding an event and dropping the oldest cost the same whatever the length; only `all` and `clean` walk
 * through everything.
 */
import { Cleaning } from "../../core/events/cleaning/cleaning.ts";
import type { EventChange, LeftOutFor } from "../../core/events/cleaning/rule.ts";
import { isEventKind, isPassive, type TacitEvent } from "../../core/events/event.ts";
import { type FactEvent, isFact, type Recorded } from "../../core/events/fact.ts";
import { insertInOrder, oldestFirst } from "../../core/events/order.ts";
import { HeldFacts } from "../../core/facts/held.ts";

export interface JournalLimits {
  readonly events: number;
  /**
   * Impressions come in crowds and weigh nothing: they may not push out what was meant. As many are kept of
   * kinds that only another version knows, which may be as frequent; they serve again once that version is
   * back.
   */
  readonly impressions: number;
}

export class EventLog {
  readonly #limits: JournalLimits;
  readonly #ids = new Set<string>();
  readonly #meant = new EventQueue();
  readonly #impressions = new EventQueue();
  readonly #unknown = new EventQueue();
  readonly #cleaning = new Cleaning();
  /** Ids of the events that do not count. */
  readonly #leftOut = new Set<string>();
  readonly #changes: EventChange[] = [];
  readonly #facts = new HeldFacts();

  /** @param recorded oldest first, each once. */
  constructor(recorded: readonly Recorded[], limits: JournalLimits) {
    this.#limits = limits;
    for (const event of recorded) {
      if (isFact(event)) {
        this.#facts.add(event);
        continue;
      }
      this.#ids.add(event.id);
      this.#queueOf(event).insert(event);
      this.#mark(event, this.#cleaning.add(event));
    }
  }

  /** How many events. */
  get size(): number {
    return this.#ids.size;
  }

  /** What the person said, as far as it holds. */
  get facts(): readonly FactEvent[] {
    return this.#facts.all;
  }

  /** The same with what was taken back, as long as its name is kept. */
  get factsSaid(): readonly FactEvent[] {
    return this.#facts.said;
  }

  /** How often that changed. */
  get factChanges(): number {
    return this.#facts.changes;
  }

  /** All events, oldest first. */
  all(): readonly TacitEvent[] {
    return [...this.#meant.left(), ...this.#impressions.left(), ...this.#unknown.left()].sort(oldestFirst);
  }

  /** The events that count, oldest first. */
  clean(): readonly TacitEvent[] {
    return this.all().filter(({ id }) => !this.#leftOut.has(id));
  }

  /** Why an event of the log does not count; null when it does. */
  leftOutFor(event: TacitEvent): LeftOutFor | null {
    return this.#leftOut.has(event.id) ? this.#cleaning.leftOutFor(event) : null;
  }

  /** Whether most of what is done here is done faster than any person does it. */
  get isRobot(): boolean {
    return this.#cleaning.isRobot;
  }

  /** How many changes there were of which events count. */
  get changeCount(): number {
    return this.#changes.length;
  }

  /** The changes from one on, by its number. */
  changesFrom(number: number): readonly EventChange[] {
    return this.#changes.slice(number);
  }

  /** Adds the events whose id is new. */
  add(recorded: readonly Recorded[]): void {
    for (const event of recorded) {
      if (isFact(event)) {
        this.#facts.add(event);
        continue;
      }
      if (this.#ids.has(event.id)) continue;
      this.#ids.add(event.id);
      this.#queueOf(event).insert(event);
      const changes = this.#cleaning.add(event);
      this.#mark(event, changes);
      this.#changes.push(...changes);
    }
  }

  /**
   * Ids of what was said and does not hold any more, each given once; of what took a fact back only before a time.
   */
  takeSuperseded(before?: number): readonly string[] {
    return this.#facts.takeSuperseded(before);
  }

  /** Drops the oldest events over the limits, and returns their ids. */
  dropSurplus(): readonly string[] {
    const { events, impressions } = this.#limits;
    const dropped: string[] = [];
    const dropFrom = (queue: EventQueue): void => {
      const event = queue.takeOldest();
      if (event === undefined) return;
      this.#ids.delete(event.id);
      const changes = this.#cleaning.remove(event);
      this.#mark(null, changes);
      this.#leftOut.delete(event.id);
      this.#changes.push(...changes);
      dropped.push(event.id);
    };
    while (this.#impressions.size > impressions) dropFrom(this.#impressions);
    while (this.#unknown.size > impressions) dropFrom(this.#unknown);
    while (this.size > events) dropFrom(this.#withOldest());
    return dropped;
  }

  /** @param newcomer counts only if the changes say so. */
  #mark(newcomer: TacitEvent | null, changes: readonly EventChange[]): void {
    if (newcomer !== null) this.#leftOut.add(newcomer.id);
    for (const { change, event } of changes) {
      if (change === "added") this.#leftOut.delete(event.id);
      else this.#leftOut.add(event.id);
    }
  }

  #queueOf({ kind }: TacitEvent): EventQueue {
    if (isPassive(kind)) return this.#impressions;
    return isEventKind(kind) ? this.#meant : this.#unknown;
  }

  #withOldest(): EventQueue {
    return [this.#impressions, this.#unknown].reduce((first, queue) => {
      const [a, b] = [first.oldest, queue.oldest];
      return a === undefined || (b !== undefined && oldestFirst(b, a) < 0) ? queue : first;
    }, this.#meant);
  }
}

/** Events oldest first. What was taken from the front stays in the array until it is half of it. */
class EventQueue {
  #events: TacitEvent[] = [];
  #taken = 0;

  get size(): number {
    return this.#events.length - this.#taken;
  }

  get oldest(): TacitEvent | undefined {
    return this.#events[this.#taken];
  }

  left(): readonly TacitEvent[] {
    return this.#events.slice(this.#taken);
  }

  insert(event: TacitEvent): void {
    const { oldest } = this;
    // One that is older than all may not land among those that were taken.
    if (this.#taken > 0 && oldest !== undefined && oldestFirst(event, oldest) < 0) {
      this.#taken--;
      this.#events[this.#taken] = event;
      return;
    }
    insertInOrder(this.#events, event);
  }

  takeOldest(): TacitEvent | undefined {
    const { oldest } = this;
    if (oldest === undefined) return undefined;
    this.#taken++;
    if (this.#taken * 2 > this.#events.length) {
      this.#events = this.left().slice();
      this.#taken = 0;
    }
    return oldest;
  }
}
