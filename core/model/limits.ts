/**
 * How much of a model a reader takes, whatever a server says: a part beyond a limit is refused before
 * anything of its size is made. Whoever publishes keeps to the same limits, because nobody could read it
 * otherwise.
 */
import * as v from "valibot";

const mebibyte = 1024 * 1024;

export const modelLimits = {
  /** Of one part, decoded: what a device holds at once while it reads one. */
  partBytes: 40 * mebibyte,
  /** Of all parts of an edition that a browser reads, its deltas aside. */
  editionBytes: 128 * mebibyte,
  /** Of the head, so that the first shelf comes as soon at any catalogue. */
  headBytes: 150_000,
  /** Of the answer to GET /v1/edition. */
  answerBytes: 256 * 1024,
  headerBytes: 64 * 1024,
  sections: 64,
  /** Parts and deltas that one edition lists. */
  parts: 64,
  deltas: 32,
  items: 2_000_000,
  dim: 1024,
  /** Of the list of item ids of one part. */
  idBytes: 20 * mebibyte,
  /** Of one card's line: the longest within the limits below, all of it escaped, has less. */
  cardBytes: 224 * 1024,
  /** Values in one card's line, those of keys nobody here knows included. */
  cardValues: 512,
  /** Numbers of all joint rows together, and products that their gram matrix takes: cards x dim, x dim^2. */
  jointNumbers: 48 * mebibyte,
  jointProducts: 2.5e10,
  /** Largest magnitude of a number of a row: rows that fit targets of 1 have lengths about 1. */
  rowNumber: 1e6,
  /** Largest scale of an edition. */
  scale: 1e9,
  /** Characters. */
  itemId: 256,
  title: 1000,
  url: 2048,
  categories: 64,
  category: 256,
  publishedAt: 64,
  attributes: 32,
  attributeName: 64,
  /** Of all attributes of a card together. */
  attributeValues: 64,
  attributeText: 128,
  name: 128,
} as const;

/** Hex SHA-256. */
export const partIdSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const wholeSchema = v.pipe(v.number(), v.integer(), v.minValue(0));
export const itemCountSchema = v.pipe(wholeSchema, v.maxValue(modelLimits.items));
export const dimSchema = v.pipe(wholeSchema, v.maxValue(modelLimits.dim));
export const nameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.name));

/**
 * Whether a page may link to it or show it: http, https, or a path of the site. No other scheme
 * (`javascript:`, `data:`), and no control characters, which browsers drop before they look for a scheme
 * (WHATWG URL, 4.4).
 */
export function isWebAddress(url: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (/[\0-\x1f\x7f]|^ | $/.test(url)) return false;
  return /^https?:\/\//i.test(url) || !/^[^/?#]*:/.test(url);
}
