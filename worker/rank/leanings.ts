/**
 * What the facts in force say about taste, in terms of the model in force; made again when either is another. The
 * same list until then.
 */
import type { TextAnswer } from "../../core/encoder/answer.ts";
import { categoryLeanings } from "../../core/facts/categoryleanings.ts";
import { textLeanings } from "../../core/facts/textleanings.ts";
import type { Leaning } from "../../core/ranking/leaning.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Model } from "./model.ts";

const none: readonly Leaning[] = [];

interface MadeFor {
  readonly model: Model;
  readonly log: EventLog;
  readonly changes: number;
  readonly answer: TextAnswer | null;
}

export class LeaningsCache {
  #last: MadeFor | null = null;
  #leanings = none;

  /** @param answer what the person's interests ask for; null: what was written says nothing yet. */
  of(model: Model, log: EventLog, answer: TextAnswer | null): readonly Leaning[] {
    const now = { model, log, changes: log.factChanges, answer };
    if (!isSame(this.#last, now)) {
      this.#last = now;
      this.#leanings = leaningsOf(model, log, answer);
    }
    return this.#leanings;
  }

  forget(): void {
    this.#last = null;
  }
}

function isSame(a: MadeFor | null, b: MadeFor): boolean {
  return a?.model === b.model && a.log === b.log && a.changes === b.changes && a.answer === b.answer;
}

/** What the person wrote that they look for; null for nothing. */
export function interestsIn({ facts }: EventLog): string | null {
  const value = facts.find(({ fact }) => fact === "interests")?.value;
  return typeof value === "string" && value !== "" ? value : null;
}

function leaningsOf(model: Model, log: EventLog, answer: TextAnswer | null): readonly Leaning[] {
  const written = answer === null ? none : textLeanings(model.ranking, answer);
  return [...namedCategories(model, log), ...written];
}

function namedCategories(model: Model, { facts }: EventLog): readonly Leaning[] {
  const value = facts.find(({ fact }) => fact === "categories")?.value;
  if (typeof value !== "object" || value === null) return none;
  return categoryLeanings({ cards: model.catalogue, shares: model.ranking.shares }, value);
}
