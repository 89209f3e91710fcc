/**
 * Outliers in counts: one thing done to one item far more often than is usual for this person counts as often
 * as the edge of what is usual (winsorised, outliers.ts). A page that reloads itself all day is no passion.
 *
 *   factor(event) = min(1, bound / count),   count = events of its kind about its item,
 *   bound over the counts of that kind of all items, and of five more that were done once
 *
 * Counts of one kind, because a purchase is no repeated click, and without age, because what is new is not
 * too much. The five keep a journal of few items from jumping when it becomes one of some.
 */
import { isEventKind, type TacitEvent } from "../event.ts";
import { upperBoundOf } from "./outliers.ts";

/** Items that were done to once, beside those of the journal. */
const besides = 5;
/** Of whatever counts a bound is at least this (outliers.ts). */
const mostAtLeast = 5;

/** What of an event is counted. */
export type Act = Pick<TacitEvent, "kind" | "item">;

interface KindCounts {
  /** Item -> events of this kind about it. */
  readonly byItem: Map<string, number>;
  /** Count -> items that have it. */
  readonly itemsWith: Map<number, Set<string>>;
  /** Null when it must be found again. */
  bound: number | null;
}

export class Repetition {
  readonly #kinds = new Map<string, KindCounts>();

  add(event: Act): void {
    this.#change(event, 1);
  }

  /** @param event one that was added. */
  remove(event: Act): void {
    this.#change(event, -1);
  }

  /** How much of an event's weight counts, 0..1. */
  factorOf({ kind, item = "" }: Act): number {
    const counts = this.#kinds.get(kind);
    const count = counts?.byItem.get(item) ?? 0;
    if (counts === undefined || count <= mostAtLeast) return 1;
    return Math.min(1, boundOf(counts) / count);
  }

  /** Changes where what is usual does: until then a factor changes only with its own item's events. */
  get usual(): string {
    return Array.from(this.#kinds.values(), boundOf).join();
  }

  /** Items of which something was done more often than counts. */
  repeated(): ReadonlySet<string> {
    const repeated = new Set<string>();
    for (const counts of this.#kinds.values()) {
      for (const [count, items] of counts.itemsWith) {
        if (count <= mostAtLeast || count <= boundOf(counts)) continue;
        for (const item of items) repeated.add(item);
      }
    }
    return repeated;
  }

  #change({ kind, item }: Act, change: 1 | -1): void {
    if (item === undefined || !isEventKind(kind)) return;
    const counts = this.#kinds.get(kind) ?? { byItem: new Map(), itemsWith: new Map(), bound: null };
    this.#kinds.set(kind, counts);
    const before = counts.byItem.get(item) ?? 0;
    const after = before + change;
    counts.bound = null;
    const with1 = counts.itemsWith.get(before);
    with1?.delete(item);
    if (with1?.size === 0) counts.itemsWith.delete(before);
    if (after <= 0) counts.byItem.delete(item);
    else {
      counts.byItem.set(item, after);
      counts.itemsWith.set(after, (counts.itemsWith.get(after) ?? new Set()).add(item));
    }
  }
}

function boundOf(counts: KindCounts): number {
  if (counts.bound === null) {
    const values = Array.from(counts.itemsWith, ([value, items]) => ({ value, times: items.size }));
    counts.bound = upperBoundOf([...values, { value: 1, times: besides }]);
  }
  return counts.bound;
}
