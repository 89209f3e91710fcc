/**
 * The entry of encoder.js: what a text asks for, by what it means. A file of its own with the runtime that it takes,
 * loaded when somebody writes a text and the edition lists an encoder.
 */
import { Tokenizer } from "@huggingface/tokenizers";
import * as ort from "onnxruntime-web/wasm";
import { CatalogueMeanings } from "../../core/encoder/cataloguemeanings.ts";
import type { PublishedEncoder } from "../../core/encoder/published.ts";
import { openEncoder } from "../../core/encoder/runtime.ts";
import { mostCharacters } from "../../core/encoder/words/telling.ts";
import { sha256 } from "../digest.ts";
import type { ReadEncoder } from "../edges.ts";

export { parseMeanings } from "../../core/encoder/meanings.ts";
export { parsePublished } from "../../core/encoder/published.ts";

/** @throws {Error} when the encoder is not what its manifest says, or cannot run here. */
export async function openPublished({ id, ...files }: PublishedEncoder, wasm: string): Promise<ReadEncoder> {
  // Of one thread: more take pages that are isolated from others, and a text is a few milliseconds.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm };
  const encoder = await openEncoder({ ort, Tokenizer }, { ...files, sha256 });
  if (encoder.id !== id) throw new TypeError(`openPublished: expected the encoder ${id}, got ${encoder.id}`);
  return {
    of: (items, meanings) => {
      const { space, dim } = meanings;
      if (space !== id || dim !== encoder.dim) {
        throw new TypeError(
          `meanings: expected ${encoder.dim} numbers of the encoder ${id}, got ${dim} of ${space}`,
        );
      }
      const known = new CatalogueMeanings(items, meanings);
      return {
        answer: async (text, words) =>
          known.answer(text, await encoder.encode([text.slice(0, mostCharacters)]), words),
      };
    },
    close: encoder.close,
  };
}
