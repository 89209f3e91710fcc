/**
 * A folder of pictures, encoded: each vector in the encoder's cache by the hash of its file, and beside it
 * which name has which. An import needs no more: no picture, no decoder and no runtime.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { parsePictureHeader } from "../../../core/encoder/images/header.ts";
import type { Picture } from "../../../core/encoder/images/picture.ts";
import { messageOf } from "../../../core/errors.ts";
import type { Progress } from "../../base/jobs.ts";
import { OperatorError } from "../../base/operatorerror.ts";
import { cacheOf, cacheWith, type KeptEncoder } from "../encoded.ts";
import { keptFolder } from "../kept.ts";
import { loadImageEncoder, manifestFor } from "../load.ts";
import { decodedPicture } from "./decode.ts";
import { namesFor, type PicturedItem, picturesIn, readPicture } from "./files.ts";
import { readPictureIndex, writePictureIndex } from "./pictureindex.ts";

/** A batch: a few seconds. */
const atOnce = 32;
/** So many faults are told one by one. */
const faultsShown = 20;
type Kept = KeptEncoder<Picture>;

/**
 * Encodes what is new of a folder; how many pictures there are. What was in the folder before and is not any
 * more is forgotten.
 *
 * @throws {OperatorError} with every file that is no picture, or a larger one than is decoded.
 */
export async function encodePictures(
  folder: string,
  { encoders, id, load = loadImageEncoder }: Kept,
  progress: Progress,
): Promise<number> {
  const { dim } = await manifestFor("images", keptFolder(encoders, id));
  progress({ what: "reading the pictures" });
  const names = picturesIn(folder);
  if (names.length === 0) {
    throw new OperatorError(`${folder}: expected pictures (.jpg, .jpeg, .png, .webp), got none`);
  }
  const hashes = hashesOf(folder, names);
  const nameOf = new Map([...hashes].map(([name, hash]) => [hash, name]));
  await cacheWith<Picture>(
    {
      keys: [...hashes.values()],
      what: "pictures",
      atOnce,
      encode: async (encoder, keys) => {
        const rows = new Float32Array(keys.length * dim);
        // One at a time: decoded, a picture may be 150 MB.
        for (const [at, hash] of keys.entries()) {
          const picture = await pictureIn(join(folder, nameOf.get(hash) ?? ""), hash);
          rows.set(await encoder.encode([picture]), at * dim);
        }
        return rows;
      },
    },
    { encoders, id, dim, load },
    progress,
  );
  // Last: every name in it has its vector.
  writePictureIndex(keptFolder(encoders, id), hashes);
  return names.length;
}

/** SHA-256 by name, of files that are pictures by their first bytes. @throws {OperatorError} */
function hashesOf(folder: string, names: readonly string[]): ReadonlyMap<string, string> {
  const faults: string[] = [];
  const hashes = new Map<string, string>();
  for (const name of names) {
    try {
      const bytes = readPicture(join(folder, name));
      parsePictureHeader(bytes);
      hashes.set(name, hashOf(bytes));
    } catch (error) {
      faults.push(`${join(folder, name)}: ${messageOf(error)}`);
    }
  }
  if (faults.length === 0) return hashes;
  const more = faults.length - faultsShown;
  throw new OperatorError(
    [...faults.slice(0, faultsShown), ...(more > 0 ? [`and ${more} more`] : [])].join("\n"),
  );
}

async function pictureIn(path: string, hash: string) {
  const bytes = readPicture(path);
  if (hashOf(bytes) !== hash)
    throw new OperatorError(`${path}: expected the picture of a moment ago, got another`);
  try {
    return await decodedPicture(bytes);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${path}: expected a picture that can be decoded, got ${messageOf(error)}`);
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Vectors of items by a kept encoder, for those that have a picture. */
export interface PictureVectors {
  readonly encoder: string;
  /** Numbers per vector. */
  readonly dim: number;
  /** Items. */
  readonly count: number;
  /** Writes an item's vector into `out`; false for one without a picture. */
  readonly readInto: (out: Float32Array, at: number) => boolean;
}

/** @throws {OperatorError} when the encoder is not kept, or no pictures were encoded by it. */
export async function pictureVectors(
  items: readonly PicturedItem[],
  { encoders, id }: Pick<Kept, "encoders" | "id">,
): Promise<PictureVectors> {
  const folder = keptFolder(encoders, id);
  const manifest = await manifestFor("images", folder);
  const hashOfName = readPictureIndex(folder);
  const cache = cacheOf({ encoders, id }, manifest);
  const hashes = items.map((item) =>
    namesFor(item)
      .map((name) => hashOfName.get(name))
      .find((hash) => hash !== undefined && cache.has(hash)),
  );
  return {
    encoder: id,
    dim: manifest.dim,
    count: items.length,
    readInto: (out, at) => {
      const hash = hashes[at];
      return hash !== undefined && cache.readInto(out, 0, hash);
    },
  };
}
