/**
 * Lists that this page asked for, computed again in idle time after whatever may have changed them, so that
 * the next call is answered at once.
 *
 * - A list is given from here only when nothing has happened since it was asked of the worker: what has is told by a
 *   stamp that is read at each call (what this page recorded, the last erasure and the permission in any tab, the notices
 *   of the worker), and none is given or kept while something is being taken away.
 * - Only where the page is visible, nothing asks to be spared (Save-Data, a low battery), one at a time, at most
 *   `mostLists` of those asked for last. A failure is told to nobody: who asks next hears of it.
 * - A named list is not kept: where it is on trial the worker notes what it answers as shown
 *   (worker/contribute/trials.ts).
 * - No list is older than `freshMs`: what a person did long ago weighs less.
 */
import type { Recommendation } from "../../worker/api.ts";

const mostLists = 6;
const freshMs = 60_000;
/** Changes come in rows; one computation follows. */
const restMs = 50;

export type List = readonly Recommendation[];

export interface AheadOptions {
  /** The same for as long as nothing has happened that may change a list. */
  readonly stamp: () => string;
  /** Whether computing is welcome now: the page is visible, and nothing asks to be spared. */
  readonly mayCompute: () => boolean;
  readonly whenIdle: (afterMs: number, run: () => void) => void;
  readonly nowMs: () => number;
}

interface Kept {
  readonly compute: () => Promise<List>;
  /** Null while it is not computed. */
  answer: { readonly list: List; readonly stamp: string; readonly atMs: number } | null;
}

export class ListsAhead {
  readonly #options: AheadOptions;
  /** By what was asked; the last asked last. */
  readonly #lists = new Map<string, Kept>();
  /** Notices of a change so far. */
  #changes = 0;
  /** What is being taken away now. */
  #takings = 0;
  #isDue = false;
  #isComputing = false;

  constructor(options: AheadOptions) {
    this.#options = options;
  }

  /** The list as it was asked for, from here or by `compute`. */
  async answer(key: string, compute: () => Promise<List>): Promise<List> {
    const kept: Kept = { compute, answer: this.#lists.get(key)?.answer ?? null };
    this.#lists.delete(key);
    this.#lists.set(key, kept);
    for (const [oldest] of this.#lists) {
      if (this.#lists.size <= mostLists) break;
      this.#lists.delete(oldest);
    }
    if (this.#holds(kept)) return structuredClone(kept.answer?.list ?? []);
    return this.#compute(kept);
  }

  /** Has a list that nobody has asked for yet computed, when there is time. */
  expect(key: string, compute: () => Promise<List>): void {
    if (this.#lists.has(key)) return;
    // The first to go: nobody may ever ask.
    const others = [...this.#lists].slice(1 - mostLists);
    this.#lists.clear();
    this.#lists.set(key, { compute, answer: null });
    for (const [name, kept] of others) this.#lists.set(name, kept);
    this.#soon();
  }

  /** Something has happened that may change lists. */
  changed(): void {
    this.#changes += 1;
    for (const kept of this.#lists.values()) kept.answer = null;
    this.#soon();
  }

  /**
   * Gives and keeps nothing until it is done: something is taken away, or all that is known is another's.
   * What was asked for before goes too: a text that was searched is not asked for again by itself.
   */
  async while<T>(done: Promise<T>): Promise<T> {
    this.#takings += 1;
    try {
      return await done;
    } finally {
      this.#takings -= 1;
      this.#lists.clear();
      this.changed();
    }
  }

  #stamp(): string {
    return `${this.#changes} ${this.#options.stamp()}`;
  }

  #holds({ answer }: Kept): boolean {
    return (
      answer !== null &&
      this.#takings === 0 &&
      answer.stamp === this.#stamp() &&
      Math.abs(this.#options.nowMs() - answer.atMs) < freshMs
    );
  }

  async #compute(kept: Kept): Promise<List> {
    const stamp = this.#stamp();
    const atMs = this.#options.nowMs();
    const list = await kept.compute();
    // Of before it was asked: whatever has happened meanwhile makes it one that does not hold.
    if (this.#takings === 0) kept.answer = { list: structuredClone(list), stamp, atMs };
    return list;
  }

  #soon(): void {
    if (this.#isDue || this.#lists.size === 0) return;
    this.#isDue = true;
    this.#options.whenIdle(restMs, () => {
      this.#isDue = false;
      void this.#computeAll();
    });
  }

  async #computeAll(): Promise<void> {
    if (this.#isComputing) return;
    this.#isComputing = true;
    for (const kept of [...this.#lists.values()].reverse()) {
      if (this.#takings > 0 || !this.#options.mayCompute()) break;
      if (!this.#holds(kept)) await this.#compute(kept).catch(() => undefined);
    }
    this.#isComputing = false;
  }
}
