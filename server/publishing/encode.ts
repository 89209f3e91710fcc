/** A part as it is stored and served: its bytes under their hash, compressed once for everybody. */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { toHex } from "../../core/bytes.ts";
import type { PartRef } from "../../core/model/edition.ts";
import { sha256 } from "../base/platform.ts";
import type { EncodedPart } from "../store/parts.ts";

/** A part, read and named; its bytes are at hand as long as it is not stored. */
export interface Named<Part> {
  readonly ref: PartRef;
  readonly part: Part;
  readonly bytes: Uint8Array | null;
}

/** A part that has just been made. */
export async function named<Part>(kind: string, part: Part, bytes: Uint8Array): Promise<Named<Part>> {
  return { ref: await refOf(kind, bytes), part, bytes };
}

export async function refOf(kind: string, bytes: Uint8Array): Promise<PartRef> {
  return { kind, id: toHex(await sha256(bytes)), bytes: bytes.length };
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
/** Of 4..11: int8 rows hardly shrink beyond it, and it takes a second where 11 takes half a minute. */
const brotliQuality = 6;

export async function encodedPart({ id, kind }: PartRef, bytes: Uint8Array): Promise<EncodedPart> {
  const [small, zipped] = await Promise.all([
    brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gzipped(bytes),
  ]);
  return { id, kind, bytes, brotli: small, gzip: zipped };
}

/** @throws {Error} for a part that is stored: then the store has them. */
export function requireBytes(part: { readonly bytes: Uint8Array | null } | undefined): Uint8Array {
  if (part?.bytes == null) throw new Error("requireBytes: expected the bytes of a part, got none");
  return part.bytes;
}
