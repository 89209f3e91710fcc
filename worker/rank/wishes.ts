/** What the person asked of the shelf, of the facts in force. The same list until those change: rows are found by it. */
import { type Wish, wishesIn } from "../../core/policy/wish.ts";
import type { EventLog } from "../events/eventlog.ts";

export class WishesCache {
  #log: EventLog | null = null;
  #changes = -1;
  #wishes: readonly Wish[] = [];

  of(log: EventLog): readonly Wish[] {
    if (log !== this.#log || log.factChanges !== this.#changes) {
      this.#log = log;
      this.#changes = log.factChanges;
      this.#wishes = wishesIn(log.facts);
    }
    return this.#wishes;
  }

  forget(): void {
    this.#log = null;
  }
}
