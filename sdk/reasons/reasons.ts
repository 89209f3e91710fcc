/**
 * Reasons of a recommendation in words, in English, German, French or Spanish:
 * `import { reasonInWords } from "tacit-sdk/reasons"`.
 *
 * Each is plain text, never HTML. What speaks for an item and what speaks against it are worded apart. No clock is read: how
 * long ago something was is said where `nowMs` is given.
 */
import type { Reason } from "../../worker/api.ts";
import { type Language, languageOf } from "./language.ts";
import { sayingOf } from "./saying.ts";
import type { Saying } from "./words.ts";

export interface ReasonWordsOptions {
  /**
   * `en`, `de`, `fr` or `es`, or a regional form (`de-AT`), whose dates and numbers are its own. Any other is English. Unless
   * given, the language of the page (`<html lang>`), else the browser's.
   */
  readonly language?: string | undefined;
  /** Milliseconds since the Unix epoch: says how long ago acts were, and since when an item is new. */
  readonly nowMs?: number | undefined;
  /** The site's own title of an item, as in another language; that of the catalogue where it gives none. */
  readonly titleOf?: ((item: string) => string | undefined) | undefined;
}

export interface SentenceOptions extends ReasonWordsOptions {
  /** So many reasons that speak for the item at most; 3 unless given. */
  readonly most?: number | undefined;
  /** So many that speak against it, in a sentence of their own; none unless given. */
  readonly against?: number | undefined;
}

/**
 * One reason, as a line to stand under an item, without capital or full stop: "because you bought “Red Mug” 3 days ago",
 * "goes well with “Blue Cup”", "against it: you returned “Green Mug” yesterday".
 */
export function reasonInWords(reason: Reason, options: ReasonWordsOptions = {}): string {
  const language = languageOf(options.language);
  const saying = sayingOf(reason, language, options);
  if (saying === null) return "";
  return reason.contribution < 0 ? language.words.contra(saying.against) : saying.line;
}

/**
 * The strongest reasons of an item, in a sentence: "Because you bought “Red Mug” 3 days ago, it is wanted by many lately, and
 * its price suits you." Of one item only the strongest is named, and what reasons without a name add comes last. Empty where
 * nothing is to be said.
 */
export function reasonsInWords(reasons: readonly Reason[], options: SentenceOptions = {}): string {
  const language = languageOf(options.language);
  const { words, list } = language;
  const { most = 3, against = 0 } = options;
  const said = (chosen: readonly Reason[], clauseOf: (saying: Saying) => string): readonly string[] =>
    chosen.flatMap((reason) => {
      const saying = sayingOf(reason, language, options);
      return saying === null ? [] : [clauseOf(saying)];
    });
  const favour = said(strongest(reasons, 1, most), ({ favour: clause }) => clause);
  const contra = said(strongest(reasons, -1, against), ({ against: clause }) => clause);
  const further = favour.map((clause, place) => (place === 0 ? clause : words.further(clause)));
  return [
    ...(further.length === 0 ? [] : [words.because(list.format(further))]),
    ...(contra.length === 0 ? [] : [words.contra(list.format(contra))]),
  ]
    .map((clauses) => sentence(clauses, language))
    .join(" ");
}

/** Those of one sign, by size; of an item the first, and others last. */
function strongest(reasons: readonly Reason[], sign: 1 | -1, most: number): readonly Reason[] {
  const bySize = reasons
    .filter(({ contribution }) => contribution * sign > 0)
    .toSorted((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution));
  const named = new Set<string>();
  const chosen = bySize.filter((reason) => {
    if (!("item" in reason)) return true;
    const isFirst = !named.has(reason.item);
    named.add(reason.item);
    return isFirst;
  });
  const kept = chosen.slice(0, Math.max(0, most));
  return [...kept.filter(({ why }) => why !== "others"), ...kept.filter(({ why }) => why === "others")];
}

function sentence(text: string, { locale }: Language): string {
  const [first = ""] = text;
  return `${first.toLocaleUpperCase(locale)}${text.slice(first.length)}.`;
}
