/**
 * In which script and language titles are, told without a model: letters by their script, and of Latin ones
 * the language whose small words (articles, prepositions) stand in them most often. A title without any says
 * nothing; it is the catalogue that is told, not a title. What it is for: an encoder reads some languages and
 * not others.
 */

export const scripts = [
  "Latin",
  "Cyrillic",
  "Greek",
  "Arabic",
  "Hebrew",
  "Devanagari",
  "Thai",
  "Han",
  "Kana",
  "Hangul",
] as const;
export type Script = (typeof scripts)[number];
/** Share of all letters, 0..1, of those above 0. */
export type ScriptShares = Readonly<Partial<Record<Script | "other", number>>>;

const patternOf: Readonly<Record<Script, RegExp>> = {
  Latin: /\p{Script=Latin}/gu,
  Cyrillic: /\p{Script=Cyrillic}/gu,
  Greek: /\p{Script=Greek}/gu,
  Arabic: /\p{Script=Arabic}/gu,
  Hebrew: /\p{Script=Hebrew}/gu,
  Devanagari: /\p{Script=Devanagari}/gu,
  Thai: /\p{Script=Thai}/gu,
  Han: /\p{Script=Han}/gu,
  Kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  Hangul: /\p{Script=Hangul}/gu,
};

/** Small words of each language that are rare in the others; two letters or more, for units are one. */
const smallWords = {
  en: ["the", "of", "and", "with", "for", "in", "your", "from"],
  de: ["und", "mit", "der", "die", "das", "für", "aus", "im", "zum", "ein"],
  fr: ["le", "les", "des", "avec", "pour", "et", "du", "une", "sur"],
  es: ["el", "los", "las", "con", "para", "del", "una", "por"],
  it: ["il", "gli", "con", "per", "della", "di", "dei", "alla"],
  pt: ["os", "com", "para", "do", "da", "dos", "uma", "em"],
  nl: ["het", "een", "met", "voor", "van", "en", "op", "de", "uit"],
  pl: ["do", "na", "dla", "ze", "od", "się"],
  sv: ["och", "med", "för", "till", "av", "från", "ett", "på"],
} as const;
export type Language = keyof typeof smallWords;
/** Share of the titles that have small words, by the language that they speak for, 0..1; of those above 0. */
export type LanguageShares = Readonly<Partial<Record<Language, number>>>;

export function scriptsOf(texts: readonly string[]): ScriptShares {
  const all = texts.join(" ");
  const letters = all.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return {};
  const counts = scripts.map((script) => [script, all.match(patternOf[script])?.length ?? 0] as const);
  const known = counts.reduce((sum, [, count]) => sum + count, 0);
  // Marks have a script and are no letters, so there may be a few more of a script than of letters.
  const shares = [...counts, ["other", Math.max(0, letters - known)] as const];
  const total = shares.reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries(
    shares.filter(([, count]) => count > 0).map(([name, count]) => [name, count / total]),
  );
}

export function languagesOf(texts: readonly string[]): LanguageShares {
  const titles = new Map<Language, number>();
  for (const text of texts) {
    const language = languageOf(text);
    if (language !== null) titles.set(language, (titles.get(language) ?? 0) + 1);
  }
  const all = [...titles.values()].reduce((sum, count) => sum + count, 0);
  const byShare = [...titles].sort(([, one], [, two]) => two - one);
  return Object.fromEntries(byShare.map(([language, count]) => [language, count / all]));
}

/** Null where it has no small words, or as many of two languages. */
function languageOf(text: string): Language | null {
  const words = new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);
  const counts = Object.entries(smallWords)
    .map(([language, small]) => ({
      language: language as Language,
      count: small.filter((word) => words.has(word)).length,
    }))
    .sort((one, two) => two.count - one.count);
  const [first, second] = counts;
  return first.count > second.count ? first.language : null;
}
