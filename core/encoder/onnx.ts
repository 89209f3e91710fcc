/** What encoders use of onnxruntime-web, and what they ask of a graph and its file before they do. */
import type { EncoderManifest } from "./manifest.ts";

export interface OnnxTensor {
  readonly data: unknown;
}

export interface OnnxSession<Tensor extends OnnxTensor> {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly run: (
    inputs: Record<string, Tensor>,
    outputs: string[],
  ) => Promise<Readonly<Record<string, Tensor>>>;
  readonly release: () => Promise<void>;
}

export interface OnnxSessions<Tensor extends OnnxTensor> {
  readonly create: (
    model: Uint8Array,
    options: { readonly executionProviders: readonly string[] },
  ) => Promise<OnnxSession<Tensor>>;
}

/**
 * @param found SHA-256 of what there is, hex.
 * @throws {TypeError} for another file than the manifest names.
 */
export function requireFile({ path, sha256 }: EncoderManifest["files"]["model"], found: string): void {
  if (found === sha256) return;
  throw new TypeError(
    `openEncoder: ${path} must have the SHA-256 ${sha256}, as its manifest says, got ${found}`,
  );
}

/** @param inputs names that the manifest says. @throws {TypeError} for a graph that has others. */
export function requireNames(
  { name, output }: Pick<EncoderManifest, "name" | "output">,
  inputs: readonly string[],
  { inputNames, outputNames }: Pick<OnnxSession<OnnxTensor>, "inputNames" | "outputNames">,
): void {
  const missing = inputNames.filter((one) => !inputs.includes(one));
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

/** @throws {TypeError} for numbers of another type. */
export async function floatsOf<Tensor extends OnnxTensor>(
  session: OnnxSession<Tensor>,
  inputs: Record<string, Tensor>,
  name: string,
): Promise<Float32Array> {
  const { [name]: output } = await session.run(inputs, [name]);
  if (output?.data instanceof Float32Array) return output.data;
  throw new TypeError(`encode: ${name} must be of float32, got other numbers`);
}
