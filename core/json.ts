/**
 * One text per value, so that two machines hash the same thing: keys sorted, no spaces (the idea of RFC
 * 8785).
 */
import { messageOf } from "./errors.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Deeper than any document is nested: what calls itself for each level ends before its stack does. */
const mostNested = 64;

/**
 * @param levels how many may be within each other.
 * @throws {TypeError | RangeError} for a number that JSON cannot carry, and for what is nested deeper.
 */
export function canonicalJson(value: Json, levels: number = mostNested): string {
  if (levels < 0) throw new RangeError(`canonicalJson: expected at most ${mostNested} levels, got more`);
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`canonicalJson: numbers must be finite, got ${value}`);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map((one) => canonicalJson(one, levels - 1)).join(",")}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key], levels - 1)}`).join(",")}}`;
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}

/** Canonical JSON in ASCII: what is signed, whatever script its words are in. */
export function asciiJson(value: Json): string {
  return escaped(canonicalJson(value));
}

/** JSON as ASCII bytes, so no text codec is needed. */
export function jsonToBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return asciiBytes(escaped(JSON.stringify(value)));
}

/** What is no printable ASCII stands within strings alone; there it becomes a \uXXXX escape. */
function escaped(json: string): string {
  return json.replace(
    /[^\0-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * @param mostValues how many values may be in it; more are refused before any is made. An object or list
 *   costs a device far more than the three bytes of `{},`.
 * @throws {TypeError | RangeError} naming `who` when the bytes are not ASCII JSON, or hold too much.
 */
export function jsonFromBytes(bytes: Uint8Array, who: string, mostValues: number = Infinity): unknown {
  requireFewValues(bytes, mostValues, who);
  return jsonFromText(asciiText(bytes, who), who);
}

/** @throws {TypeError} naming `who` when the text is not JSON. */
export function jsonFromText(text: string, who: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TypeError(`${who}: expected JSON, got ${messageOf(error)}`);
  }
}

/** JSON from a file of any script. @throws {TypeError} naming `who` when the bytes are not JSON. */
export function jsonFromUtf8(bytes: Uint8Array, who: string): unknown {
  return jsonFromText(decoder.decode(bytes), who);
}

/** Pure, and in every browser, worker and Node; what core compiles with does not know it. */
declare class TextDecoder {
  constructor(label: "utf-8", options: { readonly ignoreBOM: boolean });
  decode(bytes: Uint8Array): string;
}
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** One character per byte. @throws {TypeError} naming `who` for characters that take more than one. */
export function asciiText(bytes: Uint8Array, who: string): string {
  // Much faster than making characters of numbers.
  const text = decoder.decode(bytes);
  // What is no text becomes one character a byte, and passes or fails as JSON.
  if (text.length === bytes.length) return text;
  throw new TypeError(`${who}: expected ASCII, got characters of more than one byte`);
}

const [quote, backslash, comma, list, object] = asciiBytes('"\\,[{');

/**
 * Counts what begins a list or an object, and what stands between values, outside strings.
 *
 * @throws {RangeError} naming `who` when there are more than `most`.
 */
export function requireFewValues(bytes: Uint8Array, most: number, who: string): void {
  if (most >= bytes.length) return;
  let values = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) isText = !isText;
    else if (isText) at += byte === backslash ? 1 : 0;
    else if (byte === comma || byte === list || byte === object) values += 1;
    if (values > most) throw new RangeError(`${who}: JSON must hold at most ${most} values, got more`);
  }
}

/** One byte per character. @throws {TypeError} for a character above 0x7f. */
export function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code > 0x7f) throw new TypeError(`asciiBytes: expected ASCII, got character ${code} at ${k}`);
    bytes[k] = code;
  }
  return bytes;
}
