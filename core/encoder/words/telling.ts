/** The words of a text that say what it is about, in order, without repeats. */
import { wordsIn } from "../../events/words.ts";

/** Of a longer text the beginning counts. */
export const mostCharacters = 10_000;
/** Different words of a text that count, the first ones: what each costs is a pass over the catalogue. */
export const mostWords = 64;

/**
 * What stands in any English text, whatever it is about; what people say about wanting things, and shops in
 * titles.
 */
const silent: ReadonlySet<string> = new Set(
  `a about after all also always am an and any anything are around as assorted at be because been before being but by can colour
  could design did do does doing done each else enjoy enjoys enjoyed even ever every everything for from get gets getting give given
  go goes going got had has have having he her here hers him his how i if in into is it its just keen keep keeping kind
  let like liked likes looking look love loved loves lot lots made make makes making many may maybe me mine more most
  much must my myself need needed needs new no nor not of off often on one only or other our ours out over own pack per
  piece please really set she size should since so some somebody someone something sometimes such take than thank that the their
  theirs them then there these they thing things this those through to too under until up us use used very want wanted
  wants was we well were what when where which while who whom whose why will with would you your yours`.split(
    /\s+/,
  ),
);

export function tellingWords(text: string): readonly string[] {
  const told = new Set<string>();
  for (const word of wordsIn(text.slice(0, mostCharacters))) {
    if (!tells(word)) continue;
    told.add(word);
    if (told.size === mostWords) break;
  }
  return [...told];
}

/** Whether a word says what something is. */
export function tells(word: string): boolean {
  return !silent.has(word) && !isNumber(word) && !isLetter(word);
}

function isNumber(word: string): boolean {
  return /^\p{N}+$/u.test(word);
}

/** In an alphabet; elsewhere one character may be a word. */
function isLetter(word: string): boolean {
  return /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(word);
}
