/**
 * The file in which a person's data travel between devices: a header that anybody may read and nobody may
 * change, and a box that is sealed with the header as additional data (worker/moving/seal.ts).
 *
 * | bytes | |
 * |---|---|
 * | 8 | `tacitmov` |
 * | 1 | version, 1 |
 * | 1 | 1: a copy, opened by a code; 2: a hand-over, opened by the device that asked for it |
 * | 6 | of which site it is, hashed with the salt |
 * | 6 | of a copy: which code opens it, derived from code and salt; of a hand-over: hash of the asking device's key |
 * | 32 | of a copy: random salt; of a hand-over: HPKE's encapsulated key |
 * | 4 | bytes of the box |
 *
 * The three that are hashed are there to say in words why a file does not open; what protects it is the seal.
 * What is in the box is padded to a power of four times 16 KiB, so that its size tells one of six.
 */
import { ByteReader, ByteWriter } from "../bytes.ts";

export const saltBytes = 32;
export const tagBytes = 6;
/** More is no file of this SDK: the largest padding (16 MiB), and what is around it. */
export const mostFileBytes = 4 * 4 ** 5 * 4096 + 1024;

const magic = Uint8Array.from("tacitmov", (letter) => letter.charCodeAt(0));
const version = 1;
const sorts = ["copy", "move"] as const;

export interface FileHeader {
  readonly sort: (typeof sorts)[number];
  readonly siteTag: Uint8Array;
  readonly lockTag: Uint8Array;
  readonly salt: Uint8Array;
}

export interface SealedFile extends FileHeader {
  readonly box: Uint8Array;
}

/** @param boxLength bytes of the box: with them the header is whole, before anything is sealed */
export function encodeHeader(
  { sort, siteTag, lockTag, salt }: FileHeader,
  boxLength: number,
): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
    .raw(magic)
    .u8(version)
    .u8(sorts.indexOf(sort) + 1);
  return writer.raw(siteTag).raw(lockTag).raw(salt).u32(boxLength).finish();
}

/** What the first bytes say: a file to move, of this version or another one; `none` for any other file. */
export function versionIn(bytes: Uint8Array): "this" | "another" | "none" {
  if (!magic.every((byte, k) => bytes[k] === byte)) return "none";
  // One that is cut there is of no other version.
  return (bytes[magic.length] ?? version) === version ? "this" : "another";
}

/** @throws {RangeError} `parseSealedFile: …` for anything but a whole file of this version. */
export function parseSealedFile(bytes: Uint8Array): SealedFile {
  const who = "parseSealedFile";
  const reader = new ByteReader(bytes, who);
  const start = reader.raw(magic.length, "its name");
  if (!magic.every((byte, k) => start[k] === byte)) {
    throw new RangeError(`${who}: expected a file of data to move, got another one`);
  }
  const written = reader.u8("version");
  if (written !== version) {
    throw new RangeError(`${who}: expected version ${version}, got ${written}`);
  }
  const nth = reader.u8("sort");
  const sort = sorts[nth - 1];
  if (sort === undefined) throw new RangeError(`${who}: expected sort 1 or 2, got ${nth}`);
  const siteTag = reader.raw(tagBytes, "site");
  const lockTag = reader.raw(tagBytes, "lock");
  const salt = reader.raw(saltBytes, "salt");
  const box = reader.block("box");
  reader.end();
  return { sort, siteTag, lockTag, salt, box };
}

const leastBytes = 16_384;
const lengthBytes = 4;

/** @throws {RangeError} for more than fits in 16 MiB. */
export function padded(content: Uint8Array): Uint8Array<ArrayBuffer> {
  let size = leastBytes;
  while (size < content.length + lengthBytes) size *= 4;
  if (size > mostFileBytes) {
    throw new RangeError(`padded: content must fit in ${mostFileBytes} bytes, got ${content.length}`);
  }
  const bytes = new Uint8Array(size);
  bytes.set(new ByteWriter().block(content).finish());
  return bytes;
}

/** The inverse of `padded`. @throws {RangeError} for what is not padded. */
export function readPadded(bytes: Uint8Array): Uint8Array {
  return new ByteReader(bytes, "readPadded").block("content");
}
