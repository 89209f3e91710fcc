/**
 * The encoder in a folder (export/README.md). The packages that run it are no dependencies of the server:
 * they are loaded here, when an encoder is, and nowhere else.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Encoder } from "../../core/encoder/encoder.ts";
import { type EncoderManifest, parseManifest } from "../../core/encoder/manifest.ts";
import { encoderIdOf, openEncoder } from "../../core/encoder/runtime.ts";
import { messageOf } from "../../core/errors.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { sha256 } from "../base/platform.ts";

export const manifestFile = "encoder.json";
export const howToMakeOne = "encoders/export/export.sh FOLDER makes one";
const packages = "onnxruntime-web @huggingface/tokenizers";

/** @throws {OperatorError} for a folder that holds no encoder, or another than its manifest says. */
export async function loadEncoder(folder: string): Promise<Encoder> {
  const manifest = await manifestIn(folder);
  const [model, tokenizer] = await Promise.all(
    [manifest.files.model, manifest.files.tokenizer].map(({ path }) => readIn(folder, path)),
  );
  const runtime = await loadRuntime();
  try {
    return await openEncoder(runtime, { manifest, model, tokenizer, sha256 });
  } catch (error) {
    throw new OperatorError(`${folder}: ${messageOf(error)}`);
  }
}

/** Which encoder a folder holds, by its manifest alone. @throws {OperatorError} */
export async function encoderIdIn(folder: string): Promise<string> {
  return encoderIdOf(await manifestIn(folder), sha256);
}

/** @throws {OperatorError} */
export async function manifestIn(folder: string): Promise<EncoderManifest> {
  return manifestFrom(await readIn(folder, manifestFile), folder);
}

/** @throws {OperatorError} */
export function manifestFrom(bytes: Uint8Array, folder: string): EncoderManifest {
  try {
    return parseManifest(bytes);
  } catch (error) {
    throw new OperatorError(`${join(folder, manifestFile)}: ${messageOf(error)}`);
  }
}

async function readIn(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    const got = messageOf(error);
    throw new OperatorError(`${folder}: expected an encoder's folder (${howToMakeOne}), got ${got}`);
  }
}

async function loadRuntime() {
  try {
    const [ort, { Tokenizer }] = await Promise.all([
      import("onnxruntime-web/wasm"),
      import("@huggingface/tokenizers"),
    ]);
    // Of one thread: a server has others to answer, and a batch is small.
    ort.env.wasm.numThreads = 1;
    return { ort, Tokenizer };
  } catch (error) {
    const got = messageOf(error);
    throw new OperatorError(`encoder: expected the packages that run it (npm i ${packages}), got ${got}`);
  }
}
