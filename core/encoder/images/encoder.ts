/**
 * Pictures to vectors that are near where the pictures look alike: the middle square, scaled as the graph was
 * trained, through the graph. One at a time, so that what else is encoded changes nothing of a vector.
 */
import { toHex } from "../../bytes.ts";
import { type Encoder, unitInto } from "../encoder.ts";
import type { ImageManifest } from "../manifest.ts";
import { floatsOf, type OnnxSessions, type OnnxTensor, requireFile, requireNames } from "../onnx.ts";
import { encoderIdOf } from "../runtime.ts";
import type { Picture } from "./picture.ts";
import { middleSquare } from "./resize.ts";

export type ImageEncoder = Encoder<Picture>;

/** What is used of onnxruntime-web. */
export interface ImageRuntime<Tensor extends OnnxTensor = OnnxTensor> {
  readonly InferenceSession: OnnxSessions<Tensor>;
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor;
}

export interface ImageEncoderFiles {
  readonly manifest: ImageManifest;
  /** ONNX. */
  readonly model: Uint8Array;
  readonly sha256: (bytes: Uint8Array) => Promise<Uint8Array>;
}

/** @throws {TypeError} for another file than the manifest names, and for a graph other than it describes. */
export async function openImageEncoder<Tensor extends OnnxTensor>(
  ort: ImageRuntime<Tensor>,
  { manifest, model, sha256 }: ImageEncoderFiles,
): Promise<ImageEncoder> {
  requireFile(manifest.files.model, toHex(await sha256(model)));
  const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
  requireNames(manifest, [manifest.input], session);
  const { dim, name, size, layout } = manifest;
  const dims = layout === "channels first" ? [1, 3, size, size] : [1, size, size, 3];
  return {
    id: await encoderIdOf(manifest, sha256),
    name,
    dim,
    encode: async (pictures) => {
      const vectors = new Float32Array(pictures.length * dim);
      for (const [at, picture] of pictures.entries()) {
        const tensor = new ort.Tensor("float32", pixelsOf(picture, manifest), dims);
        const found = await floatsOf(session, { [manifest.input]: tensor }, manifest.output);
        if (found.length !== dim) {
          throw new RangeError(
            `encode: ${name} must give vectors of ${dim} numbers, as its manifest says, got ${found.length}`,
          );
        }
        unitInto(vectors, at * dim, found, name);
      }
      return vectors;
    },
    close: () => session.release(),
  };
}

/** What the graph takes of a picture. */
export function pixelsOf(
  picture: Picture,
  { size, layout, mean, deviation }: Pick<ImageManifest, "size" | "layout" | "mean" | "deviation">,
): Float32Array {
  const square = middleSquare(picture, size);
  const count = size * size;
  const pixels = new Float32Array(3 * count);
  for (let channel = 0; channel < 3; channel++) {
    for (let at = 0; at < count; at++) {
      const value = (square[3 * at + channel] - mean[channel]) / deviation[channel];
      pixels[layout === "channels first" ? channel * count + at : 3 * at + channel] = value;
    }
  }
  return pixels;
}
