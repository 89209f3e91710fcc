/**
 * Vectors by a kept encoder, each encoded once: what the cache has is read, the rest is encoded in batches,
 * each on disk before the next begins. What is stopped goes on from there.
 */
import { join } from "node:path";
import type { Encoder } from "../../core/encoder/encoder.ts";
import type { EncoderManifest } from "../../core/encoder/manifest.ts";
import { messageOf } from "../../core/errors.ts";
import type { Progress } from "../base/jobs.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { keptFolder } from "./kept.ts";
import { loadEncoder, manifestFor } from "./load.ts";
import { VectorCache } from "./vectorcache.ts";

/** A batch of texts: a second or two of a small model. */
const textsAtOnce = 256;

export interface KeptEncoder<Input = string> {
  /** Folder of all kept encoders. */
  readonly encoders: string;
  readonly id: string;
  /** What makes an encoder of a folder; another than `loadEncoder` in tests. */
  readonly load?: (folder: string) => Promise<Encoder<Input>>;
}

export interface EncodedTexts {
  readonly encoder: string;
  /** Numbers per vector. */
  readonly dim: number;
  /** A row a text, as the cache has it: int8 numbers times a scale. */
  readonly values: Float32Array;
}

/** @throws {OperatorError} when the encoder is not kept, or cannot be run. */
export async function encodedTexts(
  texts: readonly string[],
  { encoders, id, load = loadEncoder }: KeptEncoder,
  progress: Progress,
): Promise<EncodedTexts> {
  const { dim } = await manifestFor("texts", keptFolder(encoders, id));
  const cache = await cacheWith<string>(
    { keys: texts, what: "texts", atOnce: textsAtOnce, encode: (encoder, batch) => encoder.encode(batch) },
    { encoders, id, dim, load },
    progress,
  );
  const values = new Float32Array(texts.length * dim);
  for (const [at, text] of texts.entries()) {
    if (!cache.readInto(values, at * dim, text)) {
      throw new Error(`encodedTexts: expected a vector of each text, got none of ${JSON.stringify(text)}`);
    }
  }
  return { encoder: id, dim, values };
}

/** What an encoder cannot take, or gives otherwise than its manifest says. */
function refused(folder: string, cause: unknown): never {
  throw new OperatorError(`${folder}: expected it to encode, got ${messageOf(cause)}`);
}

export function cacheOf(
  { encoders, id }: KeptEncoder<never>,
  { dim }: Pick<EncoderManifest, "dim">,
): VectorCache {
  return new VectorCache(join(keptFolder(encoders, id), "vectors.bin"), dim);
}

export interface ToEncode<Input> {
  /** What has the same key has the same vector. */
  readonly keys: readonly string[];
  /** For who waits. */
  readonly what: string;
  /** Keys in a batch. */
  readonly atOnce: number;
  /** A row a key. */
  readonly encode: (encoder: Encoder<Input>, keys: readonly string[]) => Promise<Float32Array>;
}

type Loading<Input> = Required<KeptEncoder<Input>> & {
  /** Numbers per vector. */
  readonly dim: number;
};

/**
 * The encoder's cache, with a vector for each key; what has not been asked for may be gone from it.
 *
 * @throws {OperatorError} when the encoder is another, or cannot be run.
 */
export async function cacheWith<Input>(
  { keys, what, atOnce, encode }: ToEncode<Input>,
  { encoders, id, dim, load }: Loading<Input>,
  progress: Progress,
): Promise<VectorCache> {
  const folder = keptFolder(encoders, id);
  const cache = cacheOf({ encoders, id }, { dim });
  const missing = [...new Set(keys)].filter((key) => !cache.has(key));
  if (missing.length > 0) {
    const encoder = await load(folder);
    if (encoder.id !== id)
      throw new OperatorError(`${folder}: expected the encoder ${id}, got ${encoder.id}`);
    try {
      for (let done = 0; done < missing.length; done += atOnce) {
        progress({ what: `${what} by ${encoder.name}`, done, of: missing.length });
        const batch = missing.slice(done, done + atOnce);
        cache.add(batch, await encode(encoder, batch).catch((cause) => refused(folder, cause)));
      }
    } finally {
      await encoder.close();
    }
  }
  cache.keepOnly(keys);
  return cache;
}
