/**
 * The facts that hold, of all that a journal records of them: of each name the one that was said last. Of two of one
 * moment the greater id, so that every tab and every order agree.
 */
import type { FactEvent } from "../events/fact.ts";

export class HeldFacts {
  readonly #latest = new Map<string, FactEvent>();
  readonly #superseded = new Set<string>();
  #changes = 0;

  /** How often what holds changed. */
  get changes(): number {
    return this.#changes;
  }

  /** What holds, the first said first; without what was taken back. */
  get all(): readonly FactEvent[] {
    return [...this.#latest.values()].filter(({ value }) => value !== null).sort(bySaying);
  }

  /** What holds, and what was taken back as long as its name is kept; in no order. */
  get said(): readonly FactEvent[] {
    return [...this.#latest.values()];
  }

  add(fact: FactEvent): void {
    const known = this.#latest.get(fact.fact);
    if (known?.id === fact.id) return;
    const holds = known === undefined || bySaying(known, fact) < 0;
    if (known !== undefined) this.#superseded.add(holds ? known.id : fact.id);
    if (!holds) return;
    this.#latest.set(fact.fact, fact);
    this.#changes++;
  }

  /**
   * Ids of what does not hold any more, each given once. What took a fact back is among them `atMs`: by then nothing
   * that was said before is still on its way.
   */
  takeSuperseded(before = Number.NEGATIVE_INFINITY): readonly string[] {
    for (const [name, { id, value, atMs }] of this.#latest) {
      if (value !== null || !(atMs < before)) continue;
      this.#latest.delete(name);
      this.#superseded.add(id);
    }
    const ids = [...this.#superseded];
    this.#superseded.clear();
    return ids;
  }
}

function bySaying(a: FactEvent, b: FactEvent): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1);
}
