/** An encoder in a worker of its own, as the worker that ranks has it. */
import { wrap } from "comlink";
import type { EncoderProcess } from "../edges.ts";
import { whenFree } from "../lock.ts";

/** Of a worker that hangs; one that the browser ended is noticed by its lock. */
const answerMs = 60_000;
/** Its WebAssembly may have to be downloaded. */
const openMs = 10 * 60_000;

/** Trusted Types (https://w3c.github.io/trusted-types/), which TypeScript's library does not know yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): string };
}
declare const trustedTypes: TrustedTypes | undefined;

/** @param url of encoder.js. @throws {Error} where no worker may start. */
export function startEncoder(url: string): EncoderProcess {
  const own = new URL(url).origin === location.origin ? null : blobThatImports(url);
  const worker = new Worker(trusted(own ?? url), { type: "module", name: "tacit-encoder" });
  const life = `tacit:encoder:${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  let fail: (cause: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever asks next gets it.
  failed.catch(() => undefined);
  worker.onerror = ({ message }) => {
    fail(new Error(`expected ${url} to start as a worker, got ${message ?? "a refusal"}`));
  };
  const remote = wrap<EncoderApi>(worker);
  return {
    async open(part, wasm) {
      await within(openMs, "to open", [remote.open(part, wasm, life), failed]);
      if (own !== null) URL.revokeObjectURL(own);
      whenFree(life, () => fail(new Error("expected it to live, got its end")));
    },
    encode: (text) => within(answerMs, "to answer", [remote.encode(text), failed]),
    stop: () => worker.terminate(),
  };
}

/** What encoder.js exposes. */
export interface EncoderApi {
  /** @param life name of a lock (Web Locks) that it holds as long as it lives. */
  open(part: Uint8Array, wasm: string, life: string): Promise<void>;
  encode(text: string): Promise<Float32Array>;
}

/** A worker's file must be of the page's origin; what it imports need not be. */
function blobThatImports(url: string): string {
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" }));
}

let policy: { createScriptURL(url: string): string } | undefined;

/** Addresses of this SDK's own making: a site allows them with `trusted-types tacit`, here too. */
function trusted(url: string): string {
  if (typeof trustedTypes === "undefined") return url;
  policy ??= trustedTypes.createPolicy("tacit", { createScriptURL: (address) => address });
  return policy.createScriptURL(url);
}

async function within<T>(ms: number, what: string, answers: readonly Promise<T>[]): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const cause = new Error(`expected it ${what} within ${ms / 1000} s, got nothing`);
    timer = setTimeout(() => reject(cause), ms);
  });
  try {
    return await Promise.race([...answers, late]);
  } finally {
    clearTimeout(timer);
  }
}
