/** What one reason says, in a language. */
import type { Reason } from "../../worker/api.ts";
import { agoInWords } from "./ago.ts";
import type { Language } from "./language.ts";
import { quotable } from "./quotable.ts";
import type { Saying, Words } from "./words.ts";

export interface SayingOptions {
  readonly nowMs?: number | undefined;
  readonly titleOf?: ((item: string) => string | undefined) | undefined;
}

export interface Thing {
  readonly item: string;
  readonly title: string;
}

/** How it is to be said. */
export interface Asked extends SayingOptions {
  readonly language: Language;
  /** Of which the reason says the same, beside its own item. */
  readonly alike?: readonly Thing[];
}

/**
 * Null for what these words cannot say: what is of a later version of the SDK, names nothing, or adds no
 * number. Reasons may come from a page's own store: nothing in them is taken to be what its type says.
 */
export function sayingOf(reason: Reason, asked: Asked): Saying | null {
  if (!Number.isFinite(reason?.contribution)) return null;
  const { language, titleOf, nowMs, alike = [] } = asked;
  const { words } = language;
  const quoted = (text: unknown): string => {
    const plain = quotable(text);
    return plain === "" ? "" : words.quoted(plain);
  };
  const titled = ({ item, title }: Thing): string =>
    quoted(titleBySite(titleOf, item)) || quoted(title) || quoted(item);
  /** Variants of a thing may have one title. */
  const named = (thing: Thing): string => language.list.format(new Set([thing, ...alike].map(titled)));
  switch (reason.why) {
    case "event": {
      const title = named(reason);
      // A checkout names no item.
      if (title === "" && reason.kind !== "checkout") return null;
      return told(words, own(words.acts, reason.kind)?.(title, whenInWords(reason.atMs, asked)));
    }
    case "others": {
      const { events } = reason;
      if (!Number.isSafeInteger(events) || events < 1) return null;
      const form = words.others[language.plural.select(events)] ?? words.others.other;
      return form(language.number.format(events));
    }
    case "similar":
    case "together":
      return unlessEmpty(named(reason), words[reason.why]);
    case "search": {
      const by = quoted(reason.asked);
      return unlessEmpty(quoted(reason.found), (found) =>
        by === "" || by === found ? words.found(found) : words.near(found, by),
      );
    }
    case "meaning":
      return unlessEmpty(quoted(reason.asked), words.meaning);
    case "said": {
      const { fact } = reason;
      const said = words.said[fact === "categories" || fact === "interests" ? fact : "other"];
      return told(words, unlessEmpty(quoted(reason.said), said));
    }
    case "new": {
      const atMs = Date.parse(reason.publishedAt);
      // Nothing has been new since a day that is to come.
      const isSince = nowMs !== undefined && atMs <= nowMs;
      return isSince ? words.freshSince(words.date(language.date.format(atMs))) : words.fresh;
    }
    case "trending":
    case "popular":
    case "catalogue":
    case "site":
      return words[reason.why];
    case "wish": {
      const { of, value, title = value } = reason;
      const text = of === "item" ? titled({ item: value, title }) : quoted(value);
      const target = unlessEmpty(text, (wanted) => own(words.targets, of)?.(wanted));
      return told(words, target && own(words.wishes, reason.wish)?.(target));
    }
    case "feature":
      return own(words.features, reason.feature) ?? null;
    default:
      reason satisfies never;
      return null;
  }
}

/** What a person did, asked or said: one clause, whichever way it counts. */
function told(words: Words, clause: string | null | undefined): Saying | null {
  return clause ? { line: words.because(clause), favour: clause, against: clause } : null;
}

/** Nothing is said of a text in which there is nothing. */
function unlessEmpty<Said>(text: string, say: (text: string) => Said): Said | null {
  return text === "" ? null : say(text);
}

/** A site whose titles fail has those of the catalogue. */
function titleBySite(titleOf: SayingOptions["titleOf"], item: string): unknown {
  try {
    return titleOf?.(item);
  } catch {
    return undefined;
  }
}

/** A space and how long ago; empty where that is not to be said. */
export function whenInWords(atMs: number, { nowMs, language }: Asked): string {
  if (nowMs === undefined || ![nowMs, atMs].every(Number.isFinite)) return "";
  const ago = agoInWords(atMs, nowMs, language);
  return ago === "" ? "" : ` ${ago}`;
}

/** A page may have these words of an older version than its worker. */
function own<Key extends string, Value>(table: Readonly<Record<Key, Value>>, key: Key): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
