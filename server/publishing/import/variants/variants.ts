/**
 * Which items are variants of one, where the catalogue does not say it: their titles are the same but for colours,
 * sizes and measures at the end, in the languages of words.ts, and so are their categories.
 *
 * Two that are told apart cost a place on a shelf, two that are taken for one hide a product. So what stands before
 * the thing is a part of its name ("green tea", "white rice"), a number counts with its unit alone ("iPhone 12
 * 64GB"), and what is left must be a name. A word that is as often a thing or a material as a colour ("rose", "gold")
 * is a colour where another title has a sure one in its place. A catalogue of which hardly anything pairs up so does
 * not name variants: of books and films two are the same but for a colour now and then, and are two.
 */
import { wordsIn } from "../../../../core/events/words.ts";
import { isColour, isShade, isSize, isSizeMark, isUnit, mayBeColour } from "./words.ts";

/** What is looked at of an item. */
export interface Titled {
  readonly item: string;
  readonly title: string;
  readonly categories: readonly string[];
}

/** Part of the items that must have variants before any has. */
const leastPart = 0.02;
/** A name has two words, or one that is long, as where languages write words together. */
const longWord = 9;

/** Item -> the first item of its variants, for items that have any. */
export function variantGroups(items: readonly Titled[]): ReadonlyMap<string, string> {
  const names = items.map(({ title }) => nameOf(title));
  const sure = new Set(names.filter(({ hasColour }) => hasColour).map(({ words }) => words.join(" ")));
  const families = new Map<string, { readonly items: string[]; readonly endings: Set<string> }>();
  items.forEach(({ item, categories }, row) => {
    const { words, ending } = withColour(names[row], sure);
    if (!isName(words)) return;
    const key = JSON.stringify([words, categories]);
    const family = families.get(key) ?? { items: [], endings: new Set() };
    families.set(key, family);
    family.items.push(item);
    family.endings.add(ending);
  });
  // The same title twice is two works of one name.
  const groups = [...families.values()].filter(({ endings }) => endings.size > 1);
  const entries = groups.flatMap(({ items }) => items.map((item) => [item, items[0]] as const));
  return new Map(entries.length < leastPart * items.length ? [] : entries);
}

/** A title in two: what the thing is called, and the colours, sizes and measures after it. */
interface Name {
  readonly words: readonly string[];
  readonly ending: string;
  /** Whether a colour is in the ending. */
  readonly hasColour: boolean;
}

/** "Linen mug light blue, 300 ml" -> "linen", "mug" and "light blue 300ml". */
function nameOf(title: string): Name {
  return withoutEnding(joinedMeasures(wordsIn(title.replace(/(\d)[.,](?=\d)/g, "$1"))));
}

function withoutEnding(words: readonly string[]): Name {
  let end = words.length;
  let hasColour = false;
  for (let length = lengthOfEnding(words, end); length > 0; length = lengthOfEnding(words, end)) {
    hasColour ||= words.slice(end - length, end).some(isColour);
    end -= length;
  }
  return { words: words.slice(0, end), ending: words.slice(end).join(" "), hasColour };
}

/** How many of the first `end` words are one colour, size or measure at their end; 0 where they end in none. */
function lengthOfEnding(words: readonly string[], end: number): number {
  if (end === 0) return 0;
  const [last, before] = [words[end - 1], words[end - 2] ?? ""];
  if (isMeasure(last)) return 1;
  if (isSizeMark(before) && (/^\d+$/.test(last) || isSize(last))) return 2;
  if (isColour(last)) return isShade(before) ? 2 : 1;
  // Some languages say "grey light".
  if (isShade(last) && isColour(before)) return 2;
  if (isSize(last)) return before === "x" ? 2 : 1;
  return 0;
}

/** A number with its unit, as `joinedMeasures` writes it. 3G, 4G and 5G are networks. */
function isMeasure(word: string): boolean {
  const unit = /^(?:\d+x)*\d+(\D+)$/.exec(word)?.[1] ?? "";
  return isUnit(unit) && !/^[345]g$/.test(word);
}

/** What is written apart in one: "500", "ml" and "30", "x", "40", "cm". A number before it stays alone. */
function joinedMeasures(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1) ?? "";
    const isNumber = /^(?:\d+x)*\d+$/.test(last) && (word === "x" || isUnit(word));
    const isFactor = /\dx$/.test(last) && /^\d/.test(word);
    if (isNumber || isFactor) joined[joined.length - 1] = last + word;
    else joined.push(word);
  }
  return joined;
}

/** With its last word as a colour, where that may be one and another title has a colour in its place. */
function withColour(name: Name, sure: ReadonlySet<string>): Name {
  const { words, ending } = name;
  const last = words.at(-1) ?? "";
  if (!mayBeColour(last)) return name;
  const rest = withoutEnding(words.slice(0, -1));
  if (!sure.has(rest.words.join(" "))) return name;
  return { words: rest.words, ending: `${rest.ending} ${last} ${ending}`, hasColour: true };
}

function isName(words: readonly string[]): boolean {
  const named = words.filter((word) => /^\p{L}/u.test(word));
  return named.length > 1 || named.some((word) => word.length >= longWord);
}
