/**
 * Which products are variants of one: their titles differ by a colour, a size, a number or a letter, and by
 * nothing else.
 *
 * The stock list names no variants. What is left of a title without such words, in its order, is what the
 * variants have in common. A word that is as often a thing or a material as a colour ("rose", "chocolate",
 * "crystal") is a colour where another title has a sure one in its place: two that are told apart cost a place on a
 * shelf, two that are taken for one hide a product.
 */

export interface Titled {
  readonly id: string;
  readonly title: string;
}

const isColour = wholly(
  "black|white|red|blue|green|pink|yellow|purple|brown|gr[ea]y|gold|silver|ivory|cream|turquoise|aqua|lilac|" +
    "mauve|violet|burgundy|beige|copper|bronze|navy|teal|fuchsia|orange|amber|clear|amethyst",
);
const mayBeColour = wholly(
  "rose|mint|choc|chocolate|lime|olive|jade|ruby|opal|crystal|natural|lavender|peach|pearl|raspberry|pistachio|cherry",
);
/** Before a colour they are a part of it; elsewhere a light is a lamp. */
const isShade = wholly("light|dark|pale|mid|sky|baby|dusty|pastel");
const isSize = wholly("small|medium|large|mini|big|giant|tall|short|long");
const isMixture = wholly("multi|multicol|multicolour|assorted|colour|colours|coloured");
const isNumber = wholly(
  "\\d[\\d.x]*(?:st|nd|rd|th|pc|pcs|cm|mm|g|ml|w)?|cm|two|three|four|five|six|seven|eight|nine|ten|twelve",
);

/** Where a colour stands. */
const slot = "*";

/** Id -> the first id among its variants, for products that have any. */
export function groupsOf(products: readonly Titled[]): ReadonlyMap<string, string> {
  const patterns = products.map(({ title }) => patternOf(title));
  const sure = new Set(patterns.filter((words) => words.includes(slot)).map((words) => words.join(" ")));
  const idsByCommon = new Map<string, string[]>();
  products.forEach(({ id }, place) => {
    const words = coloursByPlace(patterns[place], sure);
    const common = words.filter((word) => word !== slot).join(" ");
    if (common !== "") idsByCommon.set(common, [...(idsByCommon.get(common) ?? []), id]);
  });
  const variants = [...idsByCommon.values()].filter((ids) => ids.length > 1);
  return new Map(variants.flatMap((ids) => ids.map((id) => [id, ids[0]])));
}

/** Words of a title that say what the thing is or shows: without what tells variants apart. */
export function namingWords(title: string): readonly string[] {
  return patternOf(title).filter((word) => word !== slot);
}

/** A title's words with colours as slots, without what else tells variants apart: "Large Red Mug" -> "*", "mug". */
function patternOf(title: string): readonly string[] {
  const words = title.match(/"\p{L}"|[\p{L}\p{N}.'&-]*[\p{L}\p{N}&]/gu) ?? [];
  return words.flatMap((word, place) => {
    if (isColour(word)) return slot;
    if (isShade(word) && isColour(words[place + 1] ?? "")) return [];
    const tells = isSize(word) || isMixture(word) || isNumber(word) || isLetter(word, words[place - 1]);
    return tells ? [] : word.toLowerCase();
  });
}

/** The pattern with a slot where another title has a colour in the place of a word that may be one. */
function coloursByPlace(words: readonly string[], sure: ReadonlySet<string>): readonly string[] {
  const place = words.findIndex((word, at) => mayBeColour(word) && sure.has(words.with(at, slot).join(" ")));
  return place < 0 ? words : words.with(place, slot);
}

/** "A" is an article and "I" a pronoun, unless quoted or called a letter. */
function isLetter(word: string, before: string | undefined): boolean {
  if (/^"\p{L}"$/u.test(word)) return true;
  return /^\p{Lu}$/u.test(word) && (!/^[AI]$/.test(word) || /^letter$/i.test(before ?? ""));
}

function wholly(words: string): (word: string) => boolean {
  const pattern = new RegExp(`^(?:${words})$`, "i");
  return (word) => pattern.test(word);
}
