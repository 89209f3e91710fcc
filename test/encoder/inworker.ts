/** A worker that loads an encoder when it is first asked for vectors: how a site's own worker would. */
import { manifestTaking, parseManifest } from "../../core/encoder/manifest.ts";
import { openEncoder } from "../../core/encoder/runtime.ts";

export type Question =
  | { readonly ask: "nothing" }
  | { readonly ask: "vectors"; readonly texts: readonly string[] };
export type Answer =
  | { readonly answer: "nothing" }
  | { readonly answer: "vectors"; readonly id: string; readonly vectors: readonly number[] };

addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  postMessage(data.ask === "nothing" ? { answer: "nothing" } : await vectorsOf(data.texts));
});

async function vectorsOf(texts: readonly string[]): Promise<Answer> {
  const ort = await import("onnxruntime-web/wasm");
  const { Tokenizer } = await import("@huggingface/tokenizers");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL("/runtime/", location.origin).href;
  const file = async (name: string) => new Uint8Array(await (await fetch(`/encoder/${name}`)).arrayBuffer());
  const manifest = manifestTaking("texts", parseManifest(await file("encoder.json")));
  const { files } = manifest;
  const encoder = await openEncoder(
    { ort, Tokenizer },
    {
      manifest,
      model: await file(files.model.path),
      tokenizer: await file(files.tokenizer.path),
      sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))),
    },
  );
  const vectors = await encoder.encode(texts);
  return { answer: "vectors", id: encoder.id, vectors: Array.from(vectors) };
}
