/**
 * Which items are variants of one, where the catalogue does not say it: their titles are the same but for colours,
 * sizes and measures, in the languages of words.ts, and so are their categories.
 *
 * A word that is as often a thing or a material as a colour ("rose", "stone") is a colour where another title has a
 * sure one in its place. A catalogue of which hardly anything pairs up so does not name variants: of books and films
 * two are the same but for a colour now and then, and are two.
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

/** Item -> the first item of its variants, for items that have any. */
export function variantGroups(items: readonly Titled[]): ReadonlyMap<string, string> {
  const patterns = items.map(({ title }) => patternOf(title));
  const sure = new Set(patterns.flatMap(({ words }) => (words.includes(slot) ? words.join(" ") : [])));
  const itemsByCommon = new Map<string, { readonly items: string[]; isTold: boolean }>();
  items.forEach(({ item, categories }, row) => {
    const { words, isTold } = withColours(patterns[row], sure);
    const common = words.filter((word) => word !== slot);
    if (common.length === 0) return;
    const key = JSON.stringify([common, categories.map(commonWordsOf)]);
    const group = itemsByCommon.get(key);
    if (group === undefined) itemsByCommon.set(key, { items: [item], isTold });
    else {
      group.items.push(item);
      group.isTold ||= isTold;
    }
  });
  // The same title twice, and nothing that would tell variants apart: two works of one name.
  const groups = [...itemsByCommon.values()].filter(({ items, isTold }) => isTold && items.length > 1);
  const entries = groups.flatMap(({ items }) => items.map((item) => [item, items[0]] as const));
  return new Map(entries.length < leastPart * items.length ? [] : entries);
}

/** Where a colour stands. */
const slot = "*";

interface Pattern {
  /** In their order, colours as slots; sizes and measures are left out. */
  readonly words: readonly string[];
  /** Whether anything in the title tells variants apart. */
  readonly isTold: boolean;
}

/** "Large light blue mug, 30 x 40 cm" -> "*", "mug". */
function patternOf(text: string): Pattern {
  const words = wordsIn(text);
  const kept: string[] = [];
  for (let at = 0; at < words.length; ) {
    const length = telling(words, at);
    if (length === 0) kept.push(words[at]);
    else if (words.slice(at, at + length).some(isColour)) kept.push(slot);
    at += Math.max(1, length);
  }
  return { words: kept, isTold: kept.length < words.length || kept.includes(slot) };
}

function commonWordsOf(text: string): string {
  return patternOf(text)
    .words.filter((word) => word !== slot)
    .join(" ");
}

/** How many words from here on are one colour, size or measure; 0 where none begins. */
function telling(words: readonly string[], at: number): number {
  const word = words[at];
  const next = words[at + 1] ?? "";
  // Some languages say "grey light".
  if (isColour(word)) return isShade(next) && !isColour(words[at + 2] ?? "") ? 2 : 1;
  if (isSize(word)) return 1;
  if ((isShade(word) && isColour(next)) || (word === "x" && isSize(next))) return 2;
  if (isSizeMark(word)) return /^\d+$/.test(next) || isSize(next) ? 2 : 1;
  return measure(words, at);
}

/** As `telling`: "500ml", "1", "5l" (of 1.5l), "30", "x", "40", "cm". A number without a unit tells a thing from another. */
function measure(words: readonly string[], at: number): number {
  if (!/^\d/.test(words[at])) return 0;
  let end = at;
  while (end < words.length && /^(?:\d+|x|\d+x\d+)$/.test(words[end])) end += 1;
  const last = words[end] ?? "";
  const unit = /^(?:\d+x)*\d*(\D+)$/.exec(last)?.[1] ?? "";
  return isUnit(unit) ? end - at + 1 : 0;
}

/** With a slot where another title has a colour in the place of a word that may be one. */
function withColours(pattern: Pattern, sure: ReadonlySet<string>): Pattern {
  const { words } = pattern;
  const place = words.findIndex((word, at) => mayBeColour(word) && sure.has(words.with(at, slot).join(" ")));
  return place < 0 ? pattern : { words: words.with(place, slot), isTold: true };
}
