/** A site of one page and its worker, with the runtime's WebAssembly and an encoder's folder beside them. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

export interface Site {
  /** Of the page, which has the worker as `window.worker`. */
  readonly page: string;
  readonly close: () => void;
}

export interface SiteParts {
  /** A file beside this one. */
  readonly worker: string;
  /** The encoder's folder. */
  readonly encoder: string;
  /** What else there is, by path. */
  readonly more?: ReadonlyMap<string, Uint8Array>;
}

export async function openSite({ worker, encoder, more = new Map() }: SiteParts): Promise<Site> {
  const files = new Map<string, Uint8Array | string>([...(await builtWorker(worker)), ...more]);
  const runtime = fileURLToPath(new URL("../../node_modules/onnxruntime-web/dist/", import.meta.url));
  for (const name of ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"]) {
    files.set(`runtime/${name}`, readFileSync(join(runtime, name)));
  }
  for (const name of readdirSync(encoder)) files.set(`encoder/${name}`, readFileSync(join(encoder, name)));
  files.set(
    "page.html",
    `<!doctype html><script>window.worker = new Worker("/worker.js", { type: "module" });</script>`,
  );
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname.slice(1);
    const bytes = files.get(path);
    if (bytes === undefined) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": typeOf(path) }).end(bytes);
  });
  await new Promise<void>((listening) => server.listen(0, listening));
  const { port } = server.address() as AddressInfo;
  return { page: `http://localhost:${port}/page.html`, close: () => server.close() };
}

async function builtWorker(worker: string): Promise<ReadonlyMap<string, Uint8Array | string>> {
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
        input: fileURLToPath(new URL(worker, import.meta.url)),
        output: { entryFileNames: "worker.js" },
      },
    },
  });
  const outputs = [built].flat().flatMap((one) => ("output" in one ? one.output : []));
  return new Map(outputs.map((file) => [file.fileName, file.type === "chunk" ? file.code : file.source]));
}

function typeOf(path: string): string {
  const types: Readonly<Record<string, string>> = { ".html": "text/html", ".wasm": "application/wasm" };
  const code = /\.m?js$/.test(path) ? "text/javascript" : "application/octet-stream";
  return types[extname(path)] ?? code;
}
