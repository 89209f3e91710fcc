/**
 * The text of an input, a stretch at a time. Bytes are text only when they are: what an encoding does not allow
 * is refused with its line and offset, and nothing is put in its place.
 *
 * Unpacks gzip, known by its first bytes (RFC 1952, 2.3.1). The encoding is that of the byte order mark, else the
 * one that was said, else the one of an XML declaration, else UTF-8.
 */
import { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { messageOf, shortened } from "../../../core/errors.ts";
import { type Input, InputFault } from "./input.ts";
import { declaredEncoding } from "./xml.ts";

export async function* textOf({ name, bytes, charset }: Input): AsyncGenerator<string> {
  const packed = await peeked(gathered(bytes), declarationBytes);
  requireReadable(name, packed.first);
  const plain = isGzip(packed.first) ? await peeked(unpacked(name, packed.all), declarationBytes) : packed;
  const encoding = markOf(plain.first) ?? charset ?? declaredEncoding(plain.first) ?? "utf-8";
  const decoding = new Decoding(name, encoding);
  for await (const piece of plain.all) yield decoding.text(piece);
  yield decoding.end();
}

/** What each piece costs on its way is no less for being small: a source may give a byte at a time. */
const leastPieceBytes = 4_096;

async function* gathered(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    waiting.push(piece);
    length += piece.length;
    if (length < leastPieceBytes) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}

/** An XML declaration stands in so many bytes, and so do a mark and the first bytes of what is packed. */
const declarationBytes = 128;

/** What other packed files begin with: they are told by their names. */
const packings: readonly (readonly [name: string, magic: readonly number[]])[] = [
  ["a zip archive", [0x50, 0x4b, 0x03, 0x04]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["an old Excel file", [0xd0, 0xcf, 0x11, 0xe0]],
];

function requireReadable(name: string, first: Uint8Array): void {
  const packing = packings.find(([, magic]) => beginsWith(first, magic));
  if (packing !== undefined)
    throw new InputFault(name, `expected text or gzip, got ${packing[0]}: unpack it`);
}

function isGzip(first: Uint8Array): boolean {
  return beginsWith(first, [0x1f, 0x8b]);
}

/** The encoding that a byte order mark says. */
function markOf(first: Uint8Array): string | null {
  if (beginsWith(first, [0xef, 0xbb, 0xbf])) return "utf-8";
  if (beginsWith(first, [0xff, 0xfe])) return "utf-16le";
  if (beginsWith(first, [0xfe, 0xff])) return "utf-16be";
  return null;
}

function beginsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}

interface Peeked {
  /** As many bytes as were asked for, or all where there are fewer. */
  readonly first: Uint8Array;
  /** All of them, the first included. */
  readonly all: AsyncIterable<Uint8Array>;
}

async function peeked(bytes: AsyncIterable<Uint8Array>, count: number): Promise<Peeked> {
  const pieces = bytes[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < count) {
    const next = await pieces.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield first;
    yield* { [Symbol.asyncIterator]: () => pieces };
  };
  return { first, all: all() };
}

async function* unpacked(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = Readable.from(bytes);
  const unpacking = createGunzip();
  // What the source fails with is what whoever reads gets.
  source.on("error", (error) => unpacking.destroy(error));
  const plain: AsyncIterable<Uint8Array> = source.pipe(unpacking);
  try {
    yield* plain;
  } catch (error) {
    if (error instanceof InputFault) throw error;
    throw new InputFault(name, `expected whole gzip, got ${messageOf(error)}`);
  }
}

/** Of a character in any encoding here. */
const mostCharacterBytes = 4;

class Decoding {
  readonly #name: string;
  readonly #decoder: TextDecoder;
  #lines = new LineCount();
  #offset = 0;
  /** The last bytes before `#offset`. */
  #before: Uint8Array = new Uint8Array(0);

  constructor(name: string, charset: string) {
    this.#name = name;
    this.#decoder = decoderOf(name, charset);
  }

  text(piece: Uint8Array): string {
    const text = this.#decoded(piece);
    const nul = text.indexOf("\0");
    if (nul >= 0) {
      const hint = "UTF-16 has a mark before it, or its charset is said";
      throw this.#fault(text.slice(0, nul), `expected text, got a character of code 0 (${hint})`);
    }
    this.#lines.add(text);
    this.#offset += piece.length;
    this.#before = Buffer.concat([this.#before, piece]).subarray(-mostCharacterBytes);
    return text;
  }

  /** @throws {InputFault} when the last character is not whole. */
  end(): string {
    try {
      return this.#decoder.decode();
    } catch {
      throw this.#fault("", `expected whole ${this.#decoder.encoding}, got the end within a character`);
    }
  }

  #decoded(piece: Uint8Array): string {
    try {
      return this.#decoder.decode(piece, { stream: true });
    } catch {
      const { encoding } = this.#decoder;
      const bytes = Buffer.concat([unfinished(encoding, this.#before), piece]);
      const allowed = lengthDecoded(encoding, bytes);
      // The fault is the character's, and seen at a later byte of it.
      const good = allowed - unfinished(encoding, bytes.subarray(0, allowed)).length;
      const offset = this.#offset - (bytes.length - piece.length) + good;
      const byte = `0x${(bytes[good] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
      const text = new TextDecoder(encoding).decode(bytes.subarray(0, good));
      const hint = "of another encoding say which, as in --charset windows-1252";
      throw this.#fault(text, `expected ${encoding}, got byte ${byte} at offset ${offset}; ${hint}`);
    }
  }

  /** @param before text of the piece before the fault. */
  #fault(before: string, what: string): InputFault {
    this.#lines.add(before);
    return new InputFault(`${this.#name}:${this.#lines.line}`, what);
  }
}

function decoderOf(name: string, charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    const known = "utf-8, utf-16le, windows-1252, iso-8859-15, shift_jis, gb18030";
    throw new InputFault(
      name,
      `charset must be one such as ${known}, got ${shortened(JSON.stringify(charset))}`,
    );
  }
}

/** The bytes at the end that begin a character without ending it. */
function unfinished(encoding: string, bytes: Uint8Array): Uint8Array {
  if (encoding !== "utf-8") return bytes.subarray(bytes.length);
  const isWhole = (from: number): boolean => lengthDecoded(encoding, bytes.subarray(from), false) > 0;
  for (let from = Math.max(0, bytes.length - 3); from < bytes.length; from++) {
    const isLead = bytes[from] >= 0xc2;
    if (isLead && !isWhole(from)) return bytes.subarray(from);
  }
  return bytes.subarray(bytes.length);
}

/** How many bytes from the start an encoding allows. */
function lengthDecoded(encoding: string, bytes: Uint8Array, stream = true): number {
  let [allowed, refused] = [0, bytes.length + 1];
  while (refused - allowed > 1) {
    const middle = Math.floor((allowed + refused) / 2);
    if (isAllowed(encoding, bytes.subarray(0, middle), stream)) allowed = middle;
    else refused = middle;
  }
  return allowed;
}

function isAllowed(encoding: string, bytes: Uint8Array, stream: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

/** Counts lines that end in CR LF, LF or CR alone, over stretches of a text. */
class LineCount {
  #ends = 0;
  #endsInReturn = false;

  /** Number of the line that comes next. */
  get line(): number {
    return this.#ends + 1;
  }

  add(text: string): void {
    if (text === "") return;
    if (this.#endsInReturn && text.startsWith("\n")) this.#ends -= 1;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#ends += 1;
    for (let at = text.indexOf("\r"); at >= 0; at = text.indexOf("\r", at + 1)) {
      if (text[at + 1] !== "\n") this.#ends += 1;
    }
    this.#endsInReturn = text.endsWith("\r");
  }
}
