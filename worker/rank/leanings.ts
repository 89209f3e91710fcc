/**
 * What the facts in force say about taste, in terms of the model in force; made again when either is another. The
 * same list until then.
 */
import { categoryLeanings } from "../../core/facts/categoryleanings.ts";
import type { Leaning } from "../../core/ranking/leaning.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Model } from "./model.ts";

const none: readonly Leaning[] = [];

export class LeaningsCache {
  #last: { readonly model: Model; readonly log: EventLog; readonly changes: number } | null = null;
  #leanings = none;

  of(model: Model, log: EventLog): readonly Leaning[] {
    const changes = log.factChanges;
    if (this.#last?.model !== model || this.#last.log !== log || this.#last.changes !== changes) {
      this.#last = { model, log, changes };
      this.#leanings = leaningsOf(model, log);
    }
    return this.#leanings;
  }

  forget(): void {
    this.#last = null;
  }
}

function leaningsOf(model: Model, { facts }: EventLog): readonly Leaning[] {
  const value = facts.find(({ fact }) => fact === "categories")?.value;
  if (typeof value !== "object" || value === null) return none;
  return categoryLeanings({ cards: model.catalogue, shares: model.ranking.shares }, value);
}
