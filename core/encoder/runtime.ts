/**
 * An encoder from its files, by the packages onnxruntime-web and @huggingface/tokenizers: whoever calls has
 * loaded them, in Node (server/encoders/load.ts) or in a browser's worker, and nothing is loaded before. Of
 * both the little that is used is named here.
 */
import { toHex } from "../bytes.ts";
import { canonicalJson, jsonFromUtf8, jsonToBytes } from "../json.ts";
import { type Encoder, encodeWith, type RunGraph } from "./encoder.ts";
import type { EncoderManifest, TextManifest } from "./manifest.ts";
import { floatsOf, type OnnxSessions, type OnnxTensor, requireFile, requireNames } from "./onnx.ts";

export interface EncoderRuntime<Tensor extends OnnxTensor = OnnxTensor> {
  readonly ort: {
    readonly InferenceSession: OnnxSessions<Tensor>;
    readonly Tensor: new (type: "int64", data: BigInt64Array, dims: readonly number[]) => Tensor;
  };
  readonly Tokenizer: new (
    tokenizer: object,
    config: object,
  ) => {
    readonly encode: (
      text: string,
      options: { add_special_tokens: boolean },
    ) => { readonly ids: readonly number[] };
  };
}

export interface EncoderFiles {
  readonly manifest: TextManifest;
  /** ONNX. */
  readonly model: Uint8Array;
  /** As JSON. */
  readonly tokenizer: Uint8Array;
  readonly sha256: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/**
 * @throws {TypeError} for files other than the manifest names, and for a graph other than it describes.
 */
export async function openEncoder<Tensor extends OnnxTensor>(
  { ort, Tokenizer }: EncoderRuntime<Tensor>,
  { manifest, sha256, ...files }: EncoderFiles,
): Promise<Encoder> {
  for (const file of ["model", "tokenizer"] as const) {
    requireFile(manifest.files[file], toHex(await sha256(files[file])));
  }
  const tokenizer = new Tokenizer(tokenizerIn(files.tokenizer), {});
  const session = await ort.InferenceSession.create(files.model, { executionProviders: ["wasm"] });
  requireNames(manifest, manifest.inputs, session);
  const run: RunGraph = async ({ ids, count, tokens }) => {
    const tensorOf = (data: BigInt64Array) => new ort.Tensor("int64", data, [count, tokens]);
    const inputs: Record<string, Tensor> = {};
    for (const name of manifest.inputs) inputs[name] = tensorOf(inputOf(name, ids));
    return floatsOf(session, inputs, manifest.output);
  };
  return {
    id: await encoderIdOf(manifest, sha256),
    name: manifest.name,
    dim: manifest.dim,
    encode: encodeWith({
      manifest,
      tokenize: (one, ends) => tokenizer.encode(one, { add_special_tokens: ends }).ids,
      run,
    }),
    close: () => session.release(),
  };
}

/**
 * The hash of all that the manifest says but its source, name and licence too: another of these is another
 * encoder.
 */
export async function encoderIdOf(
  manifest: EncoderManifest,
  sha256: EncoderFiles["sha256"],
): Promise<string> {
  const { source: _source, takes, ...rest } = manifest;
  // Encoders of texts had their ids before there were others.
  const says = takes === "texts" ? rest : { takes, ...rest };
  return toHex(await sha256(jsonToBytes(canonicalJson(says))));
}

function inputOf(name: TextManifest["inputs"][number], ids: BigInt64Array): BigInt64Array {
  if (name === "input_ids") return ids;
  // No text is padded, and none is a pair.
  return new BigInt64Array(ids.length).fill(name === "attention_mask" ? 1n : 0n);
}

function tokenizerIn(bytes: Uint8Array): object {
  const parsed = jsonFromUtf8(bytes, "openEncoder");
  if (typeof parsed === "object" && parsed !== null) return parsed;
  throw new TypeError("openEncoder: tokenizer must be an object of JSON, got another value");
}
