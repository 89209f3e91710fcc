/**
 * An encoder from its files, by the packages onnxruntime-web and @huggingface/tokenizers: whoever calls has
 * loaded them, in Node (server/encoders/load.ts) or in a browser's worker, and nothing is loaded before. Of
 * both the little that is used is named here.
 */
import { toHex } from "../bytes.ts";
import { canonicalJson, jsonFromUtf8, jsonToBytes } from "../json.ts";
import { type Encoder, encodeWith, type RunGraph } from "./encoder.ts";
import type { EncoderFile, EncoderManifest } from "./manifest.ts";

interface OnnxTensor {
  readonly data: unknown;
}

interface OnnxSession<Tensor extends OnnxTensor> {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly run: (
    inputs: Record<string, Tensor>,
    outputs: string[],
  ) => Promise<Readonly<Record<string, Tensor>>>;
  readonly release: () => Promise<void>;
}

export interface EncoderRuntime<Tensor extends OnnxTensor = OnnxTensor> {
  readonly ort: {
    readonly InferenceSession: {
      readonly create: (
        model: Uint8Array,
        options: { readonly executionProviders: readonly string[] },
      ) => Promise<OnnxSession<Tensor>>;
    };
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
  readonly manifest: EncoderManifest;
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
    requireFile(file, manifest, toHex(await sha256(files[file])));
  }
  const tokenizer = new Tokenizer(tokenizerIn(files.tokenizer), {});
  const session = await ort.InferenceSession.create(files.model, { executionProviders: ["wasm"] });
  requireNames(manifest, session);
  const run: RunGraph = async ({ ids, count, tokens }) => {
    const tensorOf = (data: BigInt64Array) => new ort.Tensor("int64", data, [count, tokens]);
    const inputs: Record<string, Tensor> = {};
    for (const name of manifest.inputs) inputs[name] = tensorOf(inputOf(name, ids));
    const { [manifest.output]: output } = await session.run(inputs, [manifest.output]);
    if (output?.data instanceof Float32Array) return output.data;
    throw new TypeError(`encode: ${manifest.output} must be of float32, got other numbers`);
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

/** The hash of what the manifest says of the vectors, the hashes of both files among it. */
export async function encoderIdOf(
  manifest: EncoderManifest,
  sha256: EncoderFiles["sha256"],
): Promise<string> {
  const { source: _source, ...says } = manifest;
  return toHex(await sha256(jsonToBytes(canonicalJson(says))));
}

function inputOf(name: EncoderManifest["inputs"][number], ids: BigInt64Array): BigInt64Array {
  if (name === "input_ids") return ids;
  // No text is padded, and none is a pair.
  return new BigInt64Array(ids.length).fill(name === "attention_mask" ? 1n : 0n);
}

function requireFile(file: EncoderFile, { files }: EncoderManifest, found: string): void {
  const { path, sha256 } = files[file];
  if (found === sha256) return;
  throw new TypeError(
    `openEncoder: ${path} must have the SHA-256 ${sha256}, as its manifest says, got ${found}`,
  );
}

function requireNames(
  { inputs, output, name }: EncoderManifest,
  { inputNames, outputNames }: Pick<OnnxSession<OnnxTensor>, "inputNames" | "outputNames">,
): void {
  const missing = inputNames.filter((one) => !(inputs as readonly string[]).includes(one));
  const unknown = inputs.filter((one) => !inputNames.includes(one));
  if (missing.length + unknown.length > 0) {
    throw new TypeError(
      `openEncoder: inputs of ${name} must be ${inputNames.join(", ")}, got ${inputs.join(", ")}`,
    );
  }
  if (!outputNames.includes(output)) {
    throw new TypeError(
      `openEncoder: output of ${name} must be one of ${outputNames.join(", ")}, got ${output}`,
    );
  }
}

function tokenizerIn(bytes: Uint8Array): object {
  const parsed = jsonFromUtf8(bytes, "openEncoder");
  if (typeof parsed === "object" && parsed !== null) return parsed;
  throw new TypeError("openEncoder: tokenizer must be an object of JSON, got another value");
}
