/**
 * Part `words`: words of a language, the commonest first, each with a vector that is near those of words with
 * like meaning. An edition may list one; a browser fetches it when somebody first writes free text, and never
 * else.
 *
 * Of a vector only the direction counts: a row of int8 numbers, its largest at 127, without a scale.
 */
import * as v from "valibot";
import { jsonFromBytes, jsonToBytes } from "../../json.ts";
import { modelLimits, nameSchema, wholeSchema } from "../../model/limits.ts";
import { encodePart, headerFields, parsePart } from "../../model/part.ts";
import { wordsKind } from "../ref.ts";

export const wordFileLimits = {
  words: 200_000,
  dim: 512,
  /** Characters of one word. */
  word: 64,
} as const;

export interface WordFile {
  /** What the vectors come from, and their licence, for people. */
  readonly source: string;
  /** Lower case, without repeats, the commonest first. */
  readonly words: readonly string[];
  readonly dim: number;
  /** A row of `dim` numbers for each word. */
  readonly vectors: Int8Array;
}

const headerSchema = v.object({
  words: v.pipe(wholeSchema, v.minValue(1), v.maxValue(wordFileLimits.words)),
  dim: v.pipe(wholeSchema, v.minValue(1), v.maxValue(wordFileLimits.dim)),
  source: nameSchema,
});

/** @throws {TypeError | RangeError} for words that no reader would take. */
export function encodeWordFile({ source, words, dim, vectors }: WordFile): Uint8Array<ArrayBuffer> {
  requireWords(words, words.length, "encodeWordFile");
  if (vectors.length !== words.length * dim) {
    throw new RangeError(
      `encodeWordFile: vectors must have ${words.length * dim} numbers, got ${vectors.length}`,
    );
  }
  const bytes = new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.length);
  return encodePart({
    kind: wordsKind,
    fields: { words: words.length, dim, source },
    sections: [
      { name: "words", type: "json", data: jsonToBytes(words) },
      { name: "vectors", type: "i8", data: bytes },
    ],
  });
}

/** @throws {TypeError | RangeError} `parseWordFile: …` for anything else than a word file within the limits. */
export function parseWordFile(bytes: Uint8Array): WordFile {
  const who = "parseWordFile";
  const part = parsePart(bytes, { kind: wordsKind, who });
  const { words: count, dim, source } = headerFields(part, headerSchema, who);
  const list = part.section({ name: "words", type: "json" });
  const most = Math.min(2 + count * (6 * wordFileLimits.word + 3), modelLimits.idBytes);
  if (list.length > most) {
    throw new RangeError(`${who}: ${count} words must have at most ${most} bytes, got ${list.length}`);
  }
  const words = jsonFromBytes(list, who, count);
  requireWords(words, count, who);
  const rows = part.section({ name: "vectors", type: "i8", bytes: count * dim });
  return { source, words, dim, vectors: new Int8Array(rows.buffer, rows.byteOffset, rows.length) };
}

function requireWords(words: unknown, count: number, who: string): asserts words is readonly string[] {
  if (!Array.isArray(words) || words.length !== count) {
    throw new RangeError(
      `${who}: expected a list of ${count} words, got ${Array.isArray(words) ? words.length : typeof words}`,
    );
  }
  for (const word of words) {
    if (typeof word !== "string" || word === "" || word.length > wordFileLimits.word) {
      throw new TypeError(`${who}: a word must be 1 to ${wordFileLimits.word} characters, got another value`);
    }
  }
  const distinct = new Set(words).size;
  if (distinct !== count) throw new RangeError(`${who}: words must be unique, got ${count - distinct} twice`);
}
