/**
 * The words of a text, in any script: what content vectors are made of, and what interests are told in.
 *
 * Texts are compared in compatibility composition (NFKC) and lower case, without format characters, and with the few
 * letters folded that lower case alone leaves apart (Unicode 15, 5.18: sharp s, final sigma, the dot of a Turkish
 * I). Marks belong to the letter before them. Scripts that put no space between words are parted by
 * `Intl.Segmenter` (UAX #29 with dictionaries) where there is one, else by pairs of characters.
 */

/** Words in order, with repeats; letters, marks and digits. */
export function wordsIn(text: string): readonly string[] {
  return runsIn(foldedText(text)).flatMap((run) => (unspaced.test(run) ? partsOf(run) : run));
}

/** English plurals lose their ending; nothing else is merged (Harman 1991, the "S" stemmer). */
export function stemOf(word: string): string {
  if (word.length <= 3 || !/^\p{Script=Latin}+$/u.test(word)) return word;
  if (/..[^ae]ies?$/.test(word)) return word.replace(/ies?$/, "y");
  if (/(?:x|ch|sh|ss|zz)es$/.test(word)) return word.slice(0, -2);
  if (/[^us]s$/.test(word)) return word.slice(0, -1);
  return word;
}

/** As texts are compared: see above. */
export function foldedText(text: string): string {
  return text
    .replaceAll(/\p{Cf}/gu, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("i\u0307", "i")
    .replaceAll("ß", "ss")
    .replaceAll("ς", "σ")
    .normalize("NFC");
}

/** Articles and the like that Romance languages write onto the word after them. */
const elided = /^(?:[cdjlmnst]|qu|un|[dns]?[aeu]ll)['’](?=\p{L}{2})/u;

/** What stands between anything else; an apostrophe within a word belongs to it, and its ending "'s" does not. */
function runsIn(text: string): readonly string[] {
  const runs = text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:['’][\p{L}][\p{L}\p{M}]*)*/gu) ?? [];
  return runs.map((run) =>
    run
      .replace(elided, "")
      .replace(/['’]s$/u, "")
      .replaceAll(/['’]/gu, ""),
  );
}

/** Scripts that are written without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

let segmenter: Intl.Segmenter | undefined;

function partsOf(run: string): readonly string[] {
  if (typeof Intl.Segmenter !== "function") return pairsIn(run);
  segmenter ??= new Intl.Segmenter("und", { granularity: "word" });
  return Array.from(segmenter.segment(run)).flatMap(({ segment, isWordLike }) => (isWordLike ? segment : []));
}

/** Neighbouring characters, which say nearly as much as words do (a character alone where there is one). */
function pairsIn(run: string): readonly string[] {
  const characters = run.match(/\P{M}\p{M}*/gu) ?? [];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, at) => characters[at] + character);
}
