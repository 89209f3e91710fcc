/** What the shop says about an item, as a list shows it: one line of ASCII JSON in a part. */
import * as v from "valibot";
import { asciiText, jsonFromText, jsonToBytes, requireFewValues } from "../json.ts";
import { ownedNames } from "../ownednames.ts";
import { issueText } from "../wire/issues.ts";
import { isWebAddress, modelLimits } from "./limits.ts";
import { requireUnique } from "./sections.ts";

const attributeText = v.pipe(v.string(), v.maxLength(modelLimits.attributeText));
export const attributesSchema = v.pipe(
  v.unknown(),
  v.check((given) => !Array.isArray(given), "values by name"),
  v.record(
    v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.attributeName)),
    v.union([attributeText, v.pipe(v.number(), v.finite()), v.boolean(), v.array(attributeText)]),
  ),
  v.check(
    (given) => Object.keys(given).length <= modelLimits.attributes,
    `at most ${modelLimits.attributes} attributes`,
  ),
  v.check(
    (given) => Object.values(given).flat().length <= modelLimits.attributeValues,
    `at most ${modelLimits.attributeValues} values of attributes`,
  ),
);

const url = v.pipe(
  v.string(),
  v.maxLength(modelLimits.url),
  v.check(isWebAddress, "an http(s) address or a path of the site"),
);

/** Keys beyond these are for newer readers. */
export const cardSchema = v.object({
  item: v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.itemId)),
  title: v.pipe(v.string(), v.maxLength(modelLimits.title)),
  url: v.optional(url),
  image: v.optional(url),
  price: v.optional(v.pipe(v.number(), v.finite())),
  categories: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(modelLimits.category))),
    v.maxLength(modelLimits.categories),
  ),
  /** ISO 8601 date or time. */
  publishedAt: v.optional(v.pipe(v.string(), v.maxLength(modelLimits.publishedAt))),
  /** False: shown where it is asked for, recommended to nobody. Absent: it can be had. */
  available: v.optional(v.boolean()),
  /** What the variants of one product have in common: a list has one of them. */
  group: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.itemId))),
  /** What rules and wishes may be about beside the fields above. */
  attributes: v.optional(attributesSchema),
});
export type CatalogueCard = v.InferOutput<typeof cardSchema>;

/** The card as a part has it. @throws {TypeError} for one that no browser would take. */
export function encodeCard(card: CatalogueCard, who = "encodeCard"): Uint8Array<ArrayBuffer> {
  return jsonToBytes(checked(card, who));
}

/**
 * Cards of distinct items from their lines.
 *
 * @throws {TypeError | RangeError} naming what is wrong with which.
 */
export function parseCards(bytes: Uint8Array, count: number, who: string): readonly CatalogueCard[] {
  const starts = lineStarts(bytes, count, who);
  const text = asciiText(bytes, who);
  const cards: CatalogueCard[] = [];
  for (let line = 0; line < count; line++) {
    const [from, to] = [starts[line], starts[line + 1] - 1];
    requireFewValues(bytes.subarray(from, to), modelLimits.cardValues, who);
    cards.push(cardIn(text.slice(from, to), who));
  }
  requireUnique(
    cards.map(({ item }) => item),
    who,
  );
  return cards;
}

/** The card in a line. @throws {TypeError} naming what is wrong with it. */
export function cardIn(line: string, who: string): CatalogueCard {
  const value = jsonFromText(line, who);
  return plainCard(value) ?? checked(value, who);
}

const newline = 10;

export function joinLines(lines: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + line.length + 1, 0));
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length + 1;
    bytes[at - 1] = newline;
  }
  return bytes;
}

/** Views of the lines, one at a time. @throws {RangeError} as `lineStarts` does. */
export function* splitLines(bytes: Uint8Array, count: number, who: string): Generator<Uint8Array> {
  const starts = lineStarts(bytes, count, who);
  for (let line = 0; line < count; line++) yield bytes.subarray(starts[line], starts[line + 1] - 1);
}

/**
 * Where each line starts, and where the last one ends.
 *
 * @throws {RangeError} when there are not `count` lines, each ended and of a length that a card may have.
 */
export function lineStarts(bytes: Uint8Array, count: number, who: string): Uint32Array {
  const starts = new Uint32Array(count + 1);
  let lines = 0;
  for (let start = 0; start < bytes.length; lines++) {
    if (lines === count) throw new RangeError(`${who}: expected ${count} cards, got more`);
    const end = bytes.indexOf(newline, start);
    if (end < 0)
      throw new RangeError(`${who}: expected a card to end with its line, got the end of the part`);
    if (end === start || end - start > modelLimits.cardBytes) {
      throw new RangeError(
        `${who}: a card must have 1 to ${modelLimits.cardBytes} bytes, got ${end - start}`,
      );
    }
    start = end + 1;
    starts[lines + 1] = start;
  }
  if (lines !== count) throw new RangeError(`${who}: expected ${count} cards, got ${lines}`);
  return starts;
}

/**
 * The card that the schema makes of a value, for values that are plainly right: it takes a twentieth of the
 * time. Null leaves the value to the schema, which has the last word and the words for what is wrong.
 */
export function plainCard(value: unknown): CatalogueCard | null {
  if (typeof value !== "object" || value === null) return null;
  const { item, title, url, image, price, categories, publishedAt, available, group, attributes } =
    value as Partial<Record<keyof CatalogueCard, unknown>>;

  if (!isText(item, modelLimits.itemId) || item === "" || !isText(title, modelLimits.title)) return null;
  if (!Array.isArray(categories) || categories.length > modelLimits.categories) return null;
  for (const category of categories) if (!isText(category, modelLimits.category)) return null;
  const card: { -readonly [Key in keyof CatalogueCard]: CatalogueCard[Key] } = { item, title, categories };
  if (url !== undefined) {
    if (!isAddress(url)) return null;
    card.url = url;
  }
  if (image !== undefined) {
    if (!isAddress(image)) return null;
    card.image = image;
  }
  if (price !== undefined) {
    if (typeof price !== "number" || !Number.isFinite(price)) return null;
    card.price = price;
  }
  if (publishedAt !== undefined) {
    if (!isText(publishedAt, modelLimits.publishedAt)) return null;
    card.publishedAt = publishedAt;
  }
  if (available !== undefined) {
    if (typeof available !== "boolean") return null;
    card.available = available;
  }
  if (group !== undefined) {
    if (!isText(group, modelLimits.itemId) || group === "") return null;
    card.group = group;
  }
  if (attributes !== undefined) {
    const plain = plainAttributes(attributes);
    if (plain === null) return null;
    card.attributes = plain;
  }
  return card;
}

function plainAttributes(value: unknown): CatalogueCard["attributes"] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).filter(([name]) => !ownedNames.has(name));
  if (entries.length > modelLimits.attributes) return null;
  const plain: Record<string, string | number | boolean | string[]> = {};
  let values = 0;
  for (const [name, given] of entries) {
    if (name === "" || name.length > modelLimits.attributeName) return null;
    const list: readonly unknown[] = Array.isArray(given) ? given : [given];
    values += list.length;
    const isPlain = Array.isArray(given)
      ? given.every((one) => isText(one, modelLimits.attributeText))
      : typeof given === "boolean" || Number.isFinite(given) || isText(given, modelLimits.attributeText);
    if (!isPlain) return null;
    plain[name] = given;
  }
  return values <= modelLimits.attributeValues ? plain : null;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value.length <= most;
}

function isAddress(value: unknown): value is string {
  return isText(value, modelLimits.url) && isWebAddress(value);
}

function checked(value: unknown, who: string): CatalogueCard {
  const parsed = v.safeParse(cardSchema, value);
  if (!parsed.success) throw new TypeError(issueText(`${who}: a card's`, parsed.issues[0]));
  return parsed.output;
}
