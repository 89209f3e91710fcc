/** A worker that decodes pictures and encodes them, with what browsers have and the exported model. */
import { type ImageEncoder, openImageEncoder } from "../../core/encoder/images/encoder.ts";
import { parsePictureHeader } from "../../core/encoder/images/header.ts";
import { onWhite, type Picture } from "../../core/encoder/images/picture.ts";
import { manifestTaking, parseManifest } from "../../core/encoder/manifest.ts";

/** Addresses of pictures. */
export type Question = readonly string[];
export type Answer =
  | {
      readonly answer: "vectors";
      readonly id: string;
      readonly vectors: readonly (readonly number[])[];
      /** Median of decoding a picture, and of encoding one. */
      readonly decodeMs: number;
      readonly encodeMs: number;
    }
  | { readonly answer: "refused"; readonly message: string };

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  try {
    postMessage(await vectorsOf(data));
  } catch (error) {
    const refused: Answer = {
      answer: "refused",
      message: error instanceof Error ? error.message : String(error),
    };
    postMessage(refused);
  }
});

async function vectorsOf(addresses: readonly string[]): Promise<Answer> {
  const encoder = await opened();
  const vectors: (readonly number[])[] = [];
  const times: { readonly decode: number; readonly encode: number }[] = [];
  for (const address of addresses) {
    const bytes = await fetched(address);
    const began = performance.now();
    const picture = await decoded(bytes);
    const between = performance.now();
    vectors.push(Array.from(await encoder.encode([picture])));
    times.push({ decode: between - began, encode: performance.now() - between });
  }
  const median = (values: readonly number[]) => values.toSorted((one, two) => one - two)[values.length >> 1];
  return {
    answer: "vectors",
    id: encoder.id,
    vectors,
    decodeMs: median(times.map(({ decode }) => decode)),
    encodeMs: median(times.map(({ encode }) => encode)),
  };
}

async function decoded(bytes: Uint8Array<ArrayBuffer>): Promise<Picture> {
  // Before anything decodes it.
  parsePictureHeader(bytes);
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (context === null) throw new Error("expected a canvas, got none");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, rgb: onWhite(context.getImageData(0, 0, width, height).data) };
}

async function opened(): Promise<ImageEncoder> {
  const ort = await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL("/runtime/", location.origin).href;
  const manifest = manifestTaking("images", parseManifest(await fetched("/encoder/encoder.json")));
  return openImageEncoder(ort, {
    manifest,
    model: await fetched(`/encoder/${manifest.files.model.path}`),
    sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))),
  });
}

async function fetched(address: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await fetch(address)).arrayBuffer());
}
