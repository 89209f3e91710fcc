/**
 * What is done on the page, what the person says of themselves, and what they ask of the shelf, on its way to
 * the outbox.
 */
import { type EventInput, eventFields, parseEventInput } from "../core/events/event.ts";
import { type FactInput, parseFacts } from "../core/events/fact.ts";
import { parseWishes, type Wish, wishFact } from "../core/policy/wish.ts";
import type { Troubles } from "./troubles.ts";

export interface SayingOptions {
  /** Keeps it, where the person permits. */
  readonly keep: (event: EventInput | FactInput, atMs: number) => void;
  readonly noteEvent: (event: EventInput, atMs: number) => void;
  /** What is wished for as far as it is kept. */
  readonly wishes: () => Promise<readonly Wish[]>;
  readonly troubles: Troubles;
}

export class Saying {
  readonly #options: SayingOptions;
  #lastSaidMs = 0;
  /** What was wished last on this page, by name of its fact. */
  readonly #wished = new Map<string, FactInput>();

  constructor(options: SayingOptions) {
    this.#options = options;
  }

  track(kind: unknown, properties: unknown, atMs: number): void {
    const { keep, noteEvent, troubles } = this.#options;
    // First: a property that is missing may be one that is mistyped.
    troubles.tellUnknown("track: properties", properties, eventFields);
    const event = parseEventInput(kind, properties);
    noteEvent(event, atMs);
    keep(event, atMs);
  }

  declare(facts: unknown, atMs: number): void {
    this.#say(parseFacts(facts), atMs);
  }

  /** Resolves with what says again what held before, of what nobody has spoken of since. */
  async steer(given: unknown, atMs: number): Promise<() => void> {
    const { troubles, wishes } = this.#options;
    let wished: readonly FactInput[] = [];
    let held: Promise<readonly Wish[]> = Promise.resolve([]);
    const saidBefore = new Map(this.#wished);
    troubles.attempt(() => {
      wished = parseWishes(given);
      // Asked before it is said; the page may go before the answer comes.
      held = wishes();
      this.#say(wished, atMs);
      for (const fact of wished) this.#wished.set(fact.fact, fact);
    });
    const before = new Map(
      (await held).map((wish): [string, FactInput] => [wishFact(wish).fact, wishFact(wish)]),
    );
    // What this page has said lately may be on its way still.
    for (const [name, fact] of saidBefore) before.set(name, fact);
    return () => {
      const again = wished
        .filter((fact) => this.#wished.get(fact.fact) === fact)
        .map((fact) => before.get(fact.fact) ?? { ...fact, value: null });
      troubles.attempt(() => this.#say(again, Date.now()));
      for (const fact of again) this.#wished.set(fact.fact, fact);
    };
  }

  #say(facts: readonly FactInput[], atMs: number): void {
    for (const fact of facts) {
      // Of two that are said within one moment the later one holds.
      this.#lastSaidMs = Math.max(atMs, this.#lastSaidMs + 1);
      this.#options.keep(fact, this.#lastSaidMs);
    }
  }
}
