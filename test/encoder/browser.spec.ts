/**
 * The exported model in Chromium, in a worker, loaded from the site's own files: the vectors are the
 * server's.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "@playwright/test";
import { build } from "vite";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { loadEncoder } from "../../server/encoders/load.ts";
import { openBrowser } from "../package/browser.ts";
import type { Answer, Question } from "./inworker.ts";
import { cosine, frozen, rowsOf } from "./vectors.ts";

const texts = frozen("wordpiece").texts.map(({ text }) => text);
let browser: Browser;
let site: Server;

beforeAll(async () => {
  const files = await builtFiles();
  site = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname.slice(1);
    const bytes = files.get(path);
    if (bytes === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": typeOf(path) }).end(bytes);
  });
  await new Promise<void>((listening) => site.listen(0, listening));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});

test("a browser's worker gives the vectors that the server gives, and loads nothing before it is asked", async () => {
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname.slice(1)));
  await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/page.html`);
  const ask = (question: Question) =>
    page.evaluate(
      (sent) =>
        new Promise<Answer>((resolve, reject) => {
          const { worker } = window as unknown as { readonly worker: Worker };
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(sent);
        }),
      question,
    );
  expect(await ask({ ask: "nothing" })).toEqual({ answer: "nothing" });
  expect(asked.filter((path) => /onnx|wasm|ort|token/i.test(path))).toEqual([]);
  const answer = await ask({ ask: "vectors", texts });
  if (answer.answer !== "vectors") throw new Error(`expected vectors, got ${JSON.stringify(answer)}`);
  expect(asked.filter((path) => path.endsWith(".wasm"))).toHaveLength(1);

  const encoder = await loadEncoder(inject("encoder"));
  const here = rowsOf(await encoder.encode(texts), encoder.dim);
  await encoder.close();
  expect(answer.id).toBe(encoder.id);
  const there = rowsOf(Float32Array.from(answer.vectors), encoder.dim);
  for (const [at, row] of here.entries()) expect(cosine(row, there[at])).toBeGreaterThan(0.999);
});

/** The worker and what it loads, the runtime's WebAssembly and the encoder's folder beside it. */
async function builtFiles(): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL(".", import.meta.url)),
    // The runtime's WebAssembly as a file of its own, which the worker names.
    resolve: { conditions: ["onnxruntime-web-use-extern-wasm", "module", "browser", "import"] },
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: {
        input: fileURLToPath(new URL("inworker.ts", import.meta.url)),
        output: { entryFileNames: "worker.js" },
      },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  const files = new Map<string, Uint8Array | string>(
    outputs.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]),
  );
  const runtime = fileURLToPath(new URL("../../node_modules/onnxruntime-web/dist/", import.meta.url));
  for (const name of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"]) {
    files.set(`runtime/${name}`, readFileSync(join(runtime, name)));
  }
  for (const name of ["encoder.json", "model.onnx", "tokenizer.json"]) {
    files.set(`encoder/${name}`, readFileSync(join(inject("encoder"), name)));
  }
  return files.set(
    "page.html",
    `<!doctype html><script>window.worker = new Worker("/worker.js", { type: "module" });</script>`,
  );
}

function typeOf(path: string): string {
  const types: Readonly<Record<string, string>> = { ".html": "text/html", ".wasm": "application/wasm" };
  const code = /\.m?js$/.test(path) ? "text/javascript" : "application/octet-stream";
  return types[extname(path)] ?? code;
}
