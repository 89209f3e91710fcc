/** An encoder as it is published, whose model nobody can run. */
import { encodePublished } from "../core/encoder/published.ts";
import { jsonToBytes } from "../core/json.ts";

const file = { path: "f", sha256: "0".repeat(64) };

export function toyManifest(dim: number) {
  return {
    ...{
      name: "toy",
      license: "MIT",
      dim,
      maxTokens: 8,
      pooling: "mean",
      inputs: ["input_ids"],
      output: "o",
    },
    files: { model: file, tokenizer: file },
  };
}

/** @param id of the encoder. */
export function toyEncoderPart(id: string, dim: number): Uint8Array<ArrayBuffer> {
  const files = { model: Uint8Array.of(1, 2, 3), tokenizer: jsonToBytes({}) };
  return encodePublished(id, { manifest: jsonToBytes(toyManifest(dim)), ...files });
}
