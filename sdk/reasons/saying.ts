/** What one reason says, in a language. */
import type { Reason } from "../../worker/api.ts";
import { agoInWords } from "./ago.ts";
import type { Language } from "./language.ts";
import type { Saying } from "./words.ts";

export interface SayingOptions {
  readonly nowMs?: number | undefined;
  readonly titleOf?: ((item: string) => string | undefined) | undefined;
}

export interface Thing {
  readonly item: string;
  readonly title: string;
}

/** Characters of a quoted text: a whole article may have been searched for. */
const mostQuoted = 80;

/** How it is to be said. */
export interface Asked extends SayingOptions {
  readonly language: Language;
  /** Of which the reason says the same, beside its own item. */
  readonly alike?: readonly Thing[];
}

/** Null for what is of a later version of the SDK than these words. */
export function sayingOf(reason: Reason, asked: Asked): Saying | null {
  const { language, titleOf, nowMs, alike = [] } = asked;
  const { words } = language;
  const quoted = (text: string): string => words.quoted(shortened(text));
  const titled = ({ item, title }: Thing): string => quoted(titleOf?.(item) ?? title);
  const named = (thing: Thing): string => language.list.format([thing, ...alike].map(titled));
  const told = (clause: string | undefined): Saying | null =>
    clause === undefined ? null : { line: words.because(clause), favour: clause, against: clause };
  switch (reason.why) {
    case "event":
      return told(own(words.acts, reason.kind)?.(named(reason), whenInWords(reason.atMs, asked)));
    case "others": {
      const isOne = language.plural.select(reason.events) === "one";
      return words.others[isOne ? "one" : "other"](language.number.format(reason.events));
    }
    case "similar":
    case "together":
      return words[reason.why](named(reason));
    case "search":
      return reason.asked === reason.found
        ? words.found(quoted(reason.found))
        : words.near(quoted(reason.found), quoted(reason.asked));
    case "meaning":
      return words.meaning(quoted(reason.asked));
    case "said": {
      const { fact } = reason;
      return told(
        words.said[fact === "categories" || fact === "interests" ? fact : "other"](quoted(reason.said)),
      );
    }
    case "new": {
      const atMs = Date.parse(reason.publishedAt);
      if (nowMs === undefined || Number.isNaN(atMs)) return words.fresh;
      return words.freshSince(words.date(language.date.format(atMs)));
    }
    case "trending":
    case "popular":
    case "catalogue":
    case "site":
      return words[reason.why];
    case "wish": {
      const { of, value, title = value } = reason;
      const target = own(words.targets, of)?.(of === "item" ? titled({ item: value, title }) : quoted(value));
      return target === undefined ? null : told(own(words.wishes, reason.wish)?.(target));
    }
    case "feature":
      return own(words.features, reason.feature) ?? null;
    default:
      reason satisfies never;
      return null;
  }
}

/** A space and how long ago; empty where that is not to be said. */
export function whenInWords(atMs: number, { nowMs, language }: Asked): string {
  if (nowMs === undefined) return "";
  const ago = agoInWords(atMs, nowMs, language);
  return ago === "" ? "" : ` ${ago}`;
}

/** A page may have these words of an older version than its worker. */
function own<Key extends string, Value>(table: Readonly<Record<Key, Value>>, key: Key): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** On one line, and cut where it is long. */
function shortened(text: string): string {
  const characters = Array.from(text.replaceAll(/\s+/g, " ").trim());
  if (characters.length <= mostQuoted) return characters.join("");
  return `${characters
    .slice(0, mostQuoted - 1)
    .join("")
    .trimEnd()}…`;
}
