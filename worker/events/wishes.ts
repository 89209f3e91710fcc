/**
 * What the person asked of the shelf, of the facts in force. The same list until those change: rows are found
 * by it.
 */
import type { FactEvent } from "../../core/events/fact.ts";
import { type Wish, wishesIn } from "../../core/policy/wish.ts";
import type { EventLog } from "./eventlog.ts";

export class WishesCache {
  /** What each fact wishes; the same object as long as it holds. */
  #byFact: ReadonlyMap<string, readonly Wish[]> = new Map();
  #log: EventLog | null = null;
  #changes = -1;
  #wishes: readonly Wish[] = [];

  of(log: EventLog): readonly Wish[] {
    if (log !== this.#log || log.factChanges !== this.#changes) {
      this.#log = log;
      this.#changes = log.factChanges;
      this.#wishes = this.#wishesIn(log.facts);
    }
    return this.#wishes;
  }

  forget(): void {
    this.#log = null;
  }

  #wishesIn(facts: readonly FactEvent[]): readonly Wish[] {
    const before = this.#byFact;
    this.#byFact = new Map(facts.map((fact) => [fact.id, before.get(fact.id) ?? wishesIn([fact])]));
    return [...this.#byFact.values()].flat();
  }
}
