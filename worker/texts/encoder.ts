/**
 * The entry of encoder.js: an encoder with its runtime, in a worker of its own. Opening one takes a second or
 * two of a thread, and tens of megabytes until the worker ends: neither is the one's that ranks.
 */
import { Tokenizer } from "@huggingface/tokenizers";
import { expose } from "comlink";
import * as ort from "onnxruntime-web/wasm";
import type { Encoder } from "../../core/encoder/encoder.ts";
import { parsePublished } from "../../core/encoder/published.ts";
import { openEncoder } from "../../core/encoder/runtime.ts";
import { sha256 } from "../digest.ts";
import { holdForLife } from "../lock.ts";
import type { EncoderApi } from "./encoderprocess.ts";

let encoder: Encoder | null = null;

/**
 * @param part as it is published.
 * @param wasm address of encoder.wasm.
 * @param life see `EncoderApi`.
 * @throws {Error} when the encoder is not what its manifest says, or cannot run here.
 */
async function open(part: Uint8Array, wasm: string, life: string): Promise<void> {
  holdForLife(life);
  const { id, ...files } = parsePublished(part);
  // Of one thread: more take pages that are isolated from others, and a text is a few milliseconds.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm };
  const opened = await openEncoder({ ort, Tokenizer }, { ...files, sha256 });
  if (opened.id !== id) throw new TypeError(`encoder: expected the one of id ${id}, got ${opened.id}`);
  encoder = opened;
}

/** The text's vector, of length 1. */
async function encode(text: string): Promise<Float32Array> {
  if (encoder === null) throw new Error("encoder: expected to be open, got a text before");
  return encoder.encode([text]);
}

expose({ open, encode } satisfies EncoderApi);
