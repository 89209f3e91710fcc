/**
 * What a language has to say, whole: a reason, an act or a feature that has no words in it does not compile.
 *
 * The words follow each other in these ways alone:
 *
 *   under an item    line, or where it speaks against the item: contra(against)
 *   in a sentence    because(first favour, further(each other favour)), contra(each against)
 *
 * A person is told by what they did, whichever way it counts: an act is one clause, and the words around it
 * have the sign. Whatever is the site's or the person's own (titles, categories, what was searched) comes
 * quoted, and no word of a language bends to it: no gender, no elision, no article. Titles are objects and
 * never the subject, as there may be several.
 */
import type { EventKind } from "../../core/events/event.ts";
import type { WishKind, WishTarget } from "../../core/policy/wish.ts";
import type { ReasonFeature } from "../../worker/api.ts";

/** What is said where a reason speaks for an item, and where it speaks against it. */
export interface Saying {
  /** Under the item, alone: where it speaks for it. */
  readonly line: string;
  /** The same as a clause, beside others. */
  readonly favour: string;
  /** A clause: where it speaks against the item. */
  readonly against: string;
}

/** Of a language whose clauses stand alone too: the same under the item and in a sentence. */
export function clause(favour: string, against: string): Saying {
  return { line: favour, favour, against };
}

export interface Words {
  /** Puts a text between this language's quotation marks. */
  readonly quoted: (text: string) => string;
  /** What speaks for an item, as an answer to "why". */
  readonly because: (clauses: string) => string;
  /** A clause of those after the first. */
  readonly further: (clause: string) => string;
  /** What speaks against an item. */
  readonly contra: (clauses: string) => string;
  /** Several clauses as one; a list of the language's unless given. */
  readonly joined?: (clauses: readonly string[]) => string;
  /** What ends a sentence, without a space after it; a full stop and a space unless given. */
  readonly fullStop?: string;
  /** Less than a minute ago. */
  readonly justNow: string;
  /** A date as it stands after "since". */
  readonly date: (formatted: string) => string;
  /** What the person did: `title` is one or several, quoted, `when` empty, or a space and how long ago. */
  readonly acts: Readonly<Record<EventKind, (title: string, when: string) => string>>;
  /** What the person asked of the shelf, with one of `targets`. */
  readonly wishes: Readonly<Record<WishKind, (target: string) => string>>;
  readonly targets: Readonly<Record<WishTarget, (value: string) => string>>;
  /** What the person declared: categories, interests, or a fact that the SDK does not know. */
  readonly said: Readonly<Record<"categories" | "interests" | "other", (said: string) => string>>;
  /** Reasons that are not named, by the plural of their count, which comes formatted. */
  readonly others: Readonly<Record<"one" | "other", (count: string) => Saying>> &
    Readonly<Partial<Record<ReturnType<Intl.PluralRules["select"]>, (count: string) => Saying>>>;
  readonly similar: (title: string) => Saying;
  readonly together: (title: string) => Saying;
  /** A word that was searched for is one of the item's. */
  readonly found: (word: string) => Saying;
  /** One of the item's words, and the word that was searched for. */
  readonly near: (found: string, asked: string) => Saying;
  readonly meaning: (asked: string) => Saying;
  readonly fresh: Saying;
  readonly freshSince: (date: string) => Saying;
  readonly trending: Saying;
  readonly popular: Saying;
  readonly catalogue: Saying;
  readonly site: Saying;
  readonly features: Readonly<Record<ReasonFeature, Saying>>;
}
