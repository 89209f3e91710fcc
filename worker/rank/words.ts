/**
 * The entry of words.js: what a text asks for, by words of like meaning. A file of its own, loaded when somebody
 * first searches or has said what they look for.
 */
import { CatalogueWords } from "../../core/encoder/words/catalogue.ts";
import { parseWordFile } from "../../core/encoder/words/wordfile.ts";
import { WordVectors } from "../../core/encoder/words/wordvectors.ts";
import type { ReadWords } from "../edges.ts";

const none = new WordVectors({ source: "none", words: [], dim: 0, vectors: new Int8Array(0) });

/** @param bytes of a word file; null: only the catalogue's own words are known. @throws for bytes that are none. */
export function readWords(bytes: Uint8Array | null): ReadWords {
  const vectors = bytes === null ? none : new WordVectors(parseWordFile(bytes));
  return { of: (items) => new CatalogueWords(items, vectors) };
}
