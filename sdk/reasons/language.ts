/** Which language words are in, and how it writes numbers, dates, times and lists. */
import { arabic } from "./arabic.ts";
import { chinese } from "./chinese.ts";
import { english } from "./english.ts";
import { french } from "./french.ts";
import { german } from "./german.ts";
import { spanish } from "./spanish.ts";
import type { Words } from "./words.ts";

export type ReasonLanguage = "en" | "de" | "fr" | "es" | "zh" | "ar";

const wordsOf: Readonly<Record<ReasonLanguage, Words>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  zh: chinese,
  ar: arabic,
};

export interface Language {
  /** The tag that numbers, dates and lists are written by. */
  readonly locale: string;
  readonly words: Words;
  readonly list: Intl.ListFormat;
  readonly ago: Intl.RelativeTimeFormat;
  /** Days as the catalogue has them, which are days of UTC. */
  readonly date: Intl.DateTimeFormat;
  readonly number: Intl.NumberFormat;
  readonly plural: Intl.PluralRules;
}

/** By tag as it was asked for: formats are slow to make. */
const known = new Map<string, Language>();

/**
 * The language of a BCP 47 tag, with the formats of its region: "de-AT". Another language than the six, or
 * what is no tag, is English. Without a tag it is the language of the page, else the browser's.
 */
export function languageOf(tag: string = pageLanguage()): Language {
  const before = known.get(tag);
  if (before !== undefined) return before;
  const language = made(tag);
  known.set(tag, language);
  return language;
}

function made(tag: string): Language {
  const [locale = "en"] = canonical(tag);
  const [first] = locale.split("-");
  const isKnown = isLanguage(first);
  const by = isKnown ? locale : "en";
  return {
    locale: by,
    words: wordsOf[isKnown ? first : "en"],
    list: new Intl.ListFormat(by),
    ago: new Intl.RelativeTimeFormat(by, { numeric: "auto" }),
    date: new Intl.DateTimeFormat(by, { dateStyle: "long", timeZone: "UTC" }),
    number: new Intl.NumberFormat(by),
    plural: new Intl.PluralRules(by),
  };
}

function isLanguage(name: string): name is ReasonLanguage {
  return Object.hasOwn(wordsOf, name);
}

/** Systems other than the web write "de_AT" and "de_AT.UTF-8", and some browsers on them "en-US@posix". */
function canonical(tag: string): readonly string[] {
  try {
    return Intl.getCanonicalLocales(
      tag
        .replace(/[.@].*/s, "")
        .replaceAll("_", "-")
        .trim(),
    );
  } catch {
    return [];
  }
}

/** A page that is no HTML, as a drawing, may have no `lang`. */
function pageLanguage(): string {
  const { document, navigator } = globalThis;
  return document?.documentElement?.lang?.trim() || navigator?.language || "en";
}
