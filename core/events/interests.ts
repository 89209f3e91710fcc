/**
 * Interests: what tastes say, in the words of the catalogue.
 *
 *   weight(word) = idf(word) * sum over tasted items with the word of taste(item) / (words of the item)
 *   idf(word)    = log(items / items with the word)
 *
 * so that a word every title has says nothing, and a long title says no more than a short one. Singular and
 * plural count as one word, shown in the form the catalogue uses more often.
 */

import { stemOf, wordsIn } from "./words.ts";

export interface WordText {
  readonly title: string;
  readonly categories: readonly string[];
}

/** The words of a catalogue, found once per model. */
export interface WordIndex {
  /** For each item, the stems of its words without repeats. */
  readonly stems: readonly (readonly string[])[];
  readonly idf: ReadonlyMap<string, number>;
  /** Stem -> the form to show. */
  readonly forms: ReadonlyMap<string, string>;
}

export interface InterestRow {
  readonly word: string;
  /**
   * Shares of the interest in the words returned: their magnitudes sum to 1. Negative for what is not wanted.
   */
  readonly weight: number;
  /** Rows of the tasted items with the word, most telling first. */
  readonly rows: readonly number[];
}

export interface ItemTaste {
  readonly row: number;
  readonly weight: number;
}

export function wordIndexOf(texts: readonly WordText[]): WordIndex {
  const seenForms = new Map<string, Map<string, number>>();
  const itemsWith = new Map<string, number>();
  const stems = texts.map(({ title, categories }) => {
    const own = new Set<string>();
    for (const word of tellingWords([title, ...categories].join(" "))) {
      const stem = stemOf(word);
      own.add(stem);
      const forms = seenForms.get(stem) ?? new Map<string, number>();
      forms.set(word, (forms.get(word) ?? 0) + 1);
      seenForms.set(stem, forms);
    }
    for (const stem of own) itemsWith.set(stem, (itemsWith.get(stem) ?? 0) + 1);
    return [...own];
  });
  const idf = new Map<string, number>();
  for (const [stem, items] of itemsWith) idf.set(stem, Math.log(texts.length / items));
  const forms = new Map<string, string>();
  for (const [stem, counts] of seenForms) forms.set(stem, mostFrequent(counts));
  return { stems, idf, forms };
}

/** The `count` words that tell most about the tastes, strongest first. */
export function interestsOf(
  { stems, idf, forms }: WordIndex,
  tastes: readonly ItemTaste[],
  count = 20,
): readonly InterestRow[] {
  const found = new Map<string, { weight: number; readonly tastes: ItemTaste[] }>();
  for (const taste of tastes) {
    const own = stems[taste.row];
    for (const stem of own) {
      const word = found.get(stem) ?? { weight: 0, tastes: [] };
      word.weight += (taste.weight / own.length) * (idf.get(stem) ?? 0);
      word.tastes.push(taste);
      found.set(stem, word);
    }
  }
  const strongest = [...found]
    .filter(([, word]) => word.weight !== 0)
    .sort(([a, wordA], [b, wordB]) => Math.abs(wordB.weight) - Math.abs(wordA.weight) || (a < b ? -1 : 1))
    .slice(0, count);
  const total = strongest.reduce((sum, [, word]) => sum + Math.abs(word.weight), 0);
  return strongest.map(([stem, word]) => ({
    word: forms.get(stem) ?? stem,
    weight: word.weight / total,
    rows: word.tastes
      .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.row - b.row)
      .map((taste) => taste.row),
  }));
}

/** Words that stand in titles without telling what the thing is. */
const stopWords: ReadonlySet<string> = new Set(
  `a about all an and any are as at be but by each for from get has have her his how in into is it its me more my new no
  not of off on one only or our out per plus set size so than that the their them then these they this those to too two
  three four six up us use was we were what when which who will with you your assorted colour color design pack
  piece small medium large mini`.split(/\s+/),
);

/** Words that may say what somebody likes: no numbers, no stop words, no letters that stand alone. */
function tellingWords(text: string): readonly string[] {
  return wordsIn(text).filter((word) => !/\p{N}/u.test(word) && !isShort(word) && !stopWords.has(word));
}

/** In an alphabet a word has three letters or more; elsewhere one character may be one. */
function isShort(word: string): boolean {
  return /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}]{1,2}$/u.test(word);
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0][0];
}
