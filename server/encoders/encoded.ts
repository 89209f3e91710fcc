/**
 * Vectors of texts by a kept encoder, each encoded once: what the cache has is read, the rest is encoded in
 * batches, each on disk before the next begins. What is stopped goes on from there.
 */
import { join } from "node:path";
import type { Encoder } from "../../core/encoder/encoder.ts";
import type { Progress } from "../base/jobs.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { keptFolder } from "./kept.ts";
import { loadEncoder, manifestIn } from "./load.ts";
import { VectorCache } from "./vectorcache.ts";

/** A batch: a second or two of a small model. */
const atOnce = 256;

export interface KeptEncoder {
  /** Folder of all kept encoders. */
  readonly encoders: string;
  readonly id: string;
  /** What makes an encoder of a folder; another than `loadEncoder` in tests. */
  readonly load?: (folder: string) => Promise<Encoder>;
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
  const folder = keptFolder(encoders, id);
  const { dim } = await manifestIn(folder);
  const cache = new VectorCache(join(folder, "vectors.bin"), dim);
  const missing = [...new Set(texts)].filter((text) => !cache.has(text));
  if (missing.length > 0) {
    const encoder = await load(folder);
    if (encoder.id !== id)
      throw new OperatorError(`${folder}: expected the encoder ${id}, got ${encoder.id}`);
    try {
      for (let done = 0; done < missing.length; done += atOnce) {
        progress({ what: `texts by ${encoder.name}`, done, of: missing.length });
        const batch = missing.slice(done, done + atOnce);
        cache.add(batch, await encoder.encode(batch));
      }
    } finally {
      await encoder.close();
    }
  }
  cache.keepOnly(texts);
  const values = new Float32Array(texts.length * dim);
  for (const [at, text] of texts.entries()) {
    if (!cache.readInto(values, at * dim, text)) {
      throw new Error(`encodedTexts: expected a vector of each text, got none of ${JSON.stringify(text)}`);
    }
  }
  return { encoder: id, dim, values };
}
