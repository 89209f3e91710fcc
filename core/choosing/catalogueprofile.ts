/** How much a catalogue says of its items: what content can be made of, before anybody did anything. */
import { type LanguageShares, languagesOf, type ScriptShares, scriptsOf } from "./languages.ts";

/** What is read of an item; a catalogue's cards have it, its file says `text` besides. */
export interface DescribedItem {
  readonly title: string;
  readonly categories: readonly string[];
  readonly text?: string | undefined;
  readonly price?: number | undefined;
  readonly image?: string | undefined;
  readonly url?: string | undefined;
  readonly publishedAt?: string | undefined;
  readonly group?: string | undefined;
}

/** What an item may say beside its title. */
export const described = ["categories", "text", "price", "image", "url", "publishedAt", "group"] as const;
export type Described = (typeof described)[number];

export interface CatalogueProfile {
  readonly items: number;
  /** Mean number of words in a title. */
  readonly wordsPerTitle: number;
  /**
   * Share of the items whose title or categories have a word that another item has too, 0..1: content can find
   * something like them. Words of digits alone do not count.
   */
  readonly tellingItems: number;
  /** Share of the items that say each, 0..1. */
  readonly says: Readonly<Record<Described, number>>;
  readonly scripts: ScriptShares;
  readonly languages: LanguageShares;
}

export function catalogueProfileOf(items: readonly DescribedItem[]): CatalogueProfile {
  const wordsOf = items.map(({ title, categories }) => new Set(wordsIn([title, ...categories].join(" "))));
  const itemsWith = new Map<string, number>();
  for (const words of wordsOf) for (const word of words) itemsWith.set(word, (itemsWith.get(word) ?? 0) + 1);
  const isTelling = (words: ReadonlySet<string>) => [...words].some((word) => (itemsWith.get(word) ?? 0) > 1);
  const share = (count: number) => (items.length === 0 ? 0 : count / items.length);
  const says = described.map(
    (what) => [what, share(items.filter((item) => isSaid(item[what])).length)] as const,
  );
  const titles = items.map(({ title }) => title);
  const words = titles.reduce((sum, title) => sum + wordsIn(title).length, 0);
  return {
    items: items.length,
    wordsPerTitle: share(words),
    tellingItems: share(wordsOf.filter(isTelling).length),
    says: Object.fromEntries(says) as Record<Described, number>,
    scripts: scriptsOf(titles),
    languages: languagesOf(titles),
  };
}

function isSaid(value: DescribedItem[Described]): boolean {
  return value !== undefined && value !== "" && (typeof value !== "object" || value.length > 0);
}

/** In lower case, at least two letters or signs of a script without spaces each. */
function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}][\p{L}\p{M}\p{N}'’]+|\p{Script=Han}/gu) ?? [];
}
