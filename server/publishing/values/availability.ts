/**
 * Whether an item can be had, in the words of feeds: schema.org's ItemAvailability, product feeds' availability, yes
 * and no. What can be ordered, though it comes later, can be had.
 */

const can = [
  "true",
  "yes",
  "y",
  "1",
  "instock",
  "limitedavailability",
  "onlineonly",
  "preorder",
  "presale",
  "backorder",
  "madetoorder",
  "available",
];
const cannot = [
  "false",
  "no",
  "n",
  "0",
  "outofstock",
  "soldout",
  "discontinued",
  "instoreonly",
  "unavailable",
  "notavailable",
  "reserved",
];

const words: ReadonlyMap<string, boolean> = new Map([
  ...can.map((word) => [word, true] as const),
  ...cannot.map((word) => [word, false] as const),
]);

/** Null for a word that says neither. */
export function availabilityOf(text: string): boolean | null {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\/schema\.org\//, "")
    .replaceAll(/[\s_-]/g, "");
  return words.get(word) ?? null;
}
