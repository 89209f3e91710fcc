/**
 * The encoder in a folder (export/README.md). The packages that run it are no dependencies of the server:
 * they are loaded here, when an encoder is, and nowhere else.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Encoder } from "../../core/encoder/encoder.ts";
import { type ImageEncoder, openImageEncoder } from "../../core/encoder/images/encoder.ts";
import {
  type EncoderManifest,
  manifestTaking,
  parseManifest,
  type Taken,
} from "../../core/encoder/manifest.ts";
import { encoderIdOf, openEncoder } from "../../core/encoder/runtime.ts";
import { messageOf } from "../../core/errors.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { sha256 } from "../base/platform.ts";

export const manifestFile = "encoder.json";
export const howToMakeOne = "encoders/export/export.sh FOLDER makes one, with --images one of images";

/** @throws {OperatorError} for a folder that holds no encoder of texts, or another than its manifest says. */
export async function loadEncoder(folder: string): Promise<Encoder> {
  const manifest = await manifestFor("texts", folder);
  const [model, tokenizer] = await Promise.all(
    [manifest.files.model, manifest.files.tokenizer].map(({ path }) => readIn(folder, path)),
  );
  const [ort, { Tokenizer }] = await loaded("onnxruntime-web @huggingface/tokenizers", () =>
    Promise.all([loadOrt(), import("@huggingface/tokenizers")]),
  );
  return opened(folder, () => openEncoder({ ort, Tokenizer }, { manifest, model, tokenizer, sha256 }));
}

/** Likewise, of images. @throws {OperatorError} */
export async function loadImageEncoder(folder: string): Promise<ImageEncoder> {
  const manifest = await manifestFor("images", folder);
  const model = await readIn(folder, manifest.files.model.path);
  const ort = await loaded("onnxruntime-web", loadOrt);
  return opened(folder, () => openImageEncoder(ort, { manifest, model, sha256 }));
}

/** @throws {OperatorError} for a folder that holds no encoder, or one of others. */
export async function manifestFor<Takes extends Taken>(takes: Takes, folder: string) {
  const manifest = await manifestIn(folder);
  return opened(folder, async () => manifestTaking(takes, manifest));
}

/** Which encoder a folder holds, by its manifest alone. @throws {OperatorError} */
export async function encoderIdIn(folder: string): Promise<string> {
  return encoderIdOf(await manifestIn(folder), sha256);
}

/** @throws {OperatorError} */
export async function manifestIn(folder: string): Promise<EncoderManifest> {
  const bytes = await readIn(folder, manifestFile);
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

async function loadOrt() {
  const ort = await import("onnxruntime-web/wasm");
  // Of one thread: a server has others to answer, and a batch is small.
  ort.env.wasm.numThreads = 1;
  return ort;
}

/** @param packages what `load` imports, as npm takes it. */
async function loaded<Packages>(packages: string, load: () => Promise<Packages>): Promise<Packages> {
  try {
    return await load();
  } catch (error) {
    const got = messageOf(error);
    throw new OperatorError(`encoder: expected the packages that run it (npm i ${packages}), got ${got}`);
  }
}

async function opened<Made>(folder: string, open: () => Promise<Made>): Promise<Made> {
  try {
    return await open();
  } catch (error) {
    throw new OperatorError(`${folder}: ${messageOf(error)}`);
  }
}
