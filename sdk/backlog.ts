/**
 * Events that wait, up to a number. When there are more, the oldest of those that say least go: what was only
 * seen before what was clicked, and purchases and what was said last of all. Adding one costs the same
 * however many wait.
 */
import type { EventKind } from "../core/events/event.ts";
import type { Recorded } from "../core/events/fact.ts";

/** Kinds by how much is lost with them; least first. */
const ranks = {
  impression: 0,
  hover: 0,
  search: 1,
  dwell: 1,
  click: 1,
  view: 1,
  checkout: 2,
  share: 2,
  cart_add: 2,
  cart_remove: 2,
  like: 2,
  dislike: 2,
  refund: 3,
  purchase: 3,
  fact: 3,
} as const satisfies Record<EventKind | "fact", number>;

/** Whether more is lost with it than what somebody looked at. */
export function saysMuch({ kind }: Pick<Recorded, "kind">): boolean {
  return ranks[kind] > 1;
}

export interface Waiting {
  readonly event: Recorded;
  /** The last erasure when it was tracked; null when there was none, or nobody knows. */
  readonly erasure: string | null;
}

/** A queue whose front is taken by moving a mark, so that nothing is moved. */
class Lane {
  #entries: Waiting[] = [];
  #front = 0;

  get size(): number {
    return this.#entries.length - this.#front;
  }

  push(entry: Waiting): void {
    this.#entries.push(entry);
  }

  shift(): Waiting {
    const entry = this.#entries[this.#front++];
    if (this.#front * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#front);
      this.#front = 0;
    }
    return entry;
  }

  get all(): readonly Waiting[] {
    return this.#entries.slice(this.#front);
  }
}

export class Backlog {
  readonly #most: number;
  #lanes = fourLanes();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds one, as the newest of its rank; returns what had to go for it, which may be that one. */
  add(entry: Waiting): Waiting | null {
    this.#lanes[ranks[entry.event.kind]].push(entry);
    this.#size += 1;
    if (this.#size <= this.#most) return null;
    this.#size -= 1;
    const least = this.#lanes.find(({ size }) => size > 0);
    return least?.shift() ?? null;
  }

  /** All of them, oldest first. */
  get all(): readonly Waiting[] {
    // The sort is stable: within a rank they stand in their order already.
    return this.#lanes.flatMap(({ all }) => all).sort((a, b) => a.event.atMs - b.event.atMs);
  }

  /** The same, and none is left. */
  takeAll(): readonly Waiting[] {
    const { all } = this;
    this.#lanes = fourLanes();
    this.#size = 0;
    return all;
  }
}

/** One a rank. */
function fourLanes(): readonly Lane[] {
  return [new Lane(), new Lane(), new Lane(), new Lane()];
}
