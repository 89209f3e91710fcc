/**
 * Reasons of a recommendation in words, in English, German, French, Spanish, Chinese or Arabic:
 * `import { reasonInWords } from "tacit-sdk/reasons"`.
 *
 * Each is plain text, never HTML. What speaks for an item and what speaks against it are worded apart. No
 * clock is read: how long ago something was is said where `nowMs` is given. Nothing here throws: what cannot
 * be said is left out, or the text is empty.
 */
import type { Reason } from "../../worker/api.ts";
import { type Language, languageOf } from "./language.ts";
import { type Asked, sayingOf, type Thing, whenInWords } from "./saying.ts";
import type { Saying } from "./words.ts";

export interface ReasonWordsOptions {
  /**
   * `en`, `de`, `fr`, `es`, `zh` or `ar`, or a regional form (`de-AT`), whose dates and numbers are its own.
   * Any other is English. Unless given, the language of the page (`<html lang>`), else the browser's.
   */
  readonly language?: string | undefined;
  /** Milliseconds since the Unix epoch: says how long ago acts were, and since when an item is new. */
  readonly nowMs?: number | undefined;
  /**
   * The site's own title of an item, as in another language; that of the catalogue where it gives none, an empty one
   * or throws, and where the catalogue has none either, the item's id.
   */
  readonly titleOf?: ((item: string) => string | undefined) | undefined;
}

export interface SentenceOptions extends ReasonWordsOptions {
  /** So many reasons that speak for the item at most; 3 unless given. */
  readonly most?: number | undefined;
  /** So many that speak against it, in a sentence of their own; none unless given. */
  readonly against?: number | undefined;
}

/**
 * One reason, as a line to stand under an item, without capital or full stop: "because you bought “Red Mug” 3
 * days ago", "goes well with “Blue Cup”", "against it: you returned “Green Mug” yesterday".
 */
export function reasonInWords(reason: Reason, options: ReasonWordsOptions = {}): string {
  return orNothing(() => {
    const asked = askedOf(options);
    const saying = sayingOf(reason, asked);
    if (saying === null) return "";
    return reason.contribution < 0 ? asked.language.words.contra(saying.against) : saying.line;
  });
}

/**
 * The strongest reasons of an item, in a sentence: "Because you viewed “Red Mug” and “Blue Cup” yesterday, it
 * is in demand at the moment, and its price suits you." Of one item only the strongest is told, what reasons
 * without a name add comes last, and what hardly matters is left out. Empty where nothing speaks for the
 * item.
 */
export function reasonsInWords(reasons: readonly Reason[], options: SentenceOptions = {}): string {
  return orNothing(() => {
    const asked = askedOf(options);
    const { words, list } = asked.language;
    const joined = (clauses: readonly string[]): string => words.joined?.(clauses) ?? list.format(clauses);
    // What has no words is no reason here: it neither takes a place nor makes others small.
    const worded = reasons.filter((reason) => sayingOf(reason, asked) !== null);
    const favour = told(strongest(worded, 1, options?.most ?? 3), asked).map(({ favour: said }) => said);
    const contra = told(strongest(worded, -1, options?.against ?? 0), asked).map(({ against }) => against);
    const further = favour.map((clause, place) => (place === 0 ? clause : words.further(clause)));
    return [
      ...(further.length === 0 ? [] : [words.because(joined(further))]),
      ...(contra.length === 0 ? [] : [words.contra(joined(contra))]),
    ]
      .map((clauses) => sentence(clauses, asked.language))
      .join(words.fullStop === undefined ? " " : "");
  });
}

/** The page must live: what is no list, an accessor that throws, or a browser without a format gives no text. */
function orNothing(text: () => string): string {
  try {
    return text();
  } catch {
    return "";
  }
}

function askedOf(options: ReasonWordsOptions | null): Asked {
  return { ...options, language: languageOf(options?.language ?? undefined) };
}

/** What is said in one breath: several acts of one kind and day are one clause. */
function told(reasons: readonly Reason[], asked: Asked): readonly Saying[] {
  const clauses = new Map<string, { readonly reason: Reason; readonly alike: Thing[] }>();
  for (const [place, reason] of reasons.entries()) {
    const key = alikeBy(reason, asked) ?? `${place}`;
    const clause = clauses.get(key);
    if (clause === undefined) clauses.set(key, { reason, alike: [] });
    else if ("item" in reason) clause.alike.push(reason);
  }
  return [...clauses.values()].flatMap(({ reason, alike }) => sayingOf(reason, { ...asked, alike }) ?? []);
}

/** The same for reasons that differ by their item alone; null: there are none like it. */
function alikeBy(reason: Reason, asked: Asked): string | null {
  if (reason.why === "event") return `${reason.kind}${whenInWords(reason.atMs, asked)}`;
  return reason.why === "similar" || reason.why === "together" ? reason.why : null;
}

/** What adds less than this part of the most that a reason adds is not worth a word. */
const leastPart = 0.1;

/** Those of one sign, by size; of an item the first, and others last. */
function strongest(reasons: readonly Reason[], sign: 1 | -1, most: number): readonly Reason[] {
  const size = ({ contribution }: Reason): number => Math.abs(contribution);
  const ofSign = reasons.filter(({ contribution }) => contribution * sign > 0);
  // An item that is listed has a sentence, also where more speaks against it.
  const least = leastPart * Math.max(0, ...(sign > 0 ? ofSign : reasons).map(size));
  const named = new Set<string>();
  const chosen = ofSign
    .filter((reason) => size(reason) >= least)
    .toSorted((a, b) => size(b) - size(a))
    .filter((reason) => {
      const item = itemOf(reason);
      if (typeof item !== "string") return true;
      const isFirst = !named.has(item);
      named.add(item);
      return isFirst;
    })
    .slice(0, Math.max(0, most));
  return [...chosen.filter(({ why }) => why !== "others"), ...chosen.filter(({ why }) => why === "others")];
}

/** The item that it names. */
function itemOf(reason: Reason): string | null {
  if (reason.why === "wish") return reason.of === "item" ? reason.value : null;
  return "item" in reason ? reason.item : null;
}

function sentence(text: string, { locale, words }: Language): string {
  const [first = ""] = text;
  return `${first.toLocaleUpperCase(locale)}${text.slice(first.length)}${words.fullStop ?? "."}`;
}
