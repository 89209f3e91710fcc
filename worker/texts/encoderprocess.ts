/** An encoder in a worker of its own, as the worker that ranks has it. */
import { wrap } from "comlink";
import type { EncoderProcess } from "../edges.ts";

/** A text takes milliseconds; a worker that the browser ended for its memory never answers. */
const answerMs = 10_000;
const openMs = 60_000;

/** @param url of encoder.js. @throws {Error} where no worker may start. */
export function startEncoder(url: string): EncoderProcess {
  const worker = new Worker(isOfThisOrigin(url) ? url : blobThatImports(url), {
    type: "module",
    name: "tacit-encoder",
  });
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) => {
      reject(new Error(`expected ${url} to start as a worker, got ${message ?? "a refusal"}`));
    };
  });
  // Whoever asks next gets it.
  failed.catch(() => undefined);
  const remote = wrap<Omit<EncoderProcess, "stop">>(worker);
  return {
    open: (part, wasm) => Promise.race([remote.open(part, wasm), failed, late(openMs, "to open")]),
    encode: (text) => Promise.race([remote.encode(text), failed, late(answerMs, "to answer")]),
    stop: () => worker.terminate(),
  };
}

function isOfThisOrigin(url: string): boolean {
  return new URL(url).origin === location.origin;
}

/** A worker's file must be of the page's origin; what it imports need not be. */
function blobThatImports(url: string): string {
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" }));
}

function late(ms: number, what: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`expected an encoder ${what} within ${ms / 1000} s, got nothing`)), ms);
  });
}
