/**
 * One build per file the SDK ships; build.ts runs them all. `--mode` says which: tag, esm, worker, debug,
 * tokens, moving, parquet, words, encoder or reasons.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const { version } = JSON.parse(readFileSync(here("../package.json"), "utf8")) as {
  readonly version: string;
};

/** What each mode builds. */
export const builds = {
  tag: { entry: "./tag.ts", format: "iife", file: "tacit.js" },
  esm: { entry: "./index.ts", format: "es", file: "index.js" },
  worker: { entry: "../worker/main.ts", format: "es", file: "worker.js" },
  debug: { entry: "./debug/main.ts", format: "es", file: "debug.js" },
  tokens: { entry: "../worker/contribute/privacypass.ts", format: "es", file: "tokens.js" },
  moving: { entry: "../worker/moving/main.ts", format: "es", file: "moving.js" },
  parquet: { entry: "../worker/export/parquet.ts", format: "es", file: "parquet.js" },
  words: { entry: "../worker/texts/main.ts", format: "es", file: "words.js" },
  encoder: { entry: "../worker/texts/encoder.ts", format: "es", file: "encoder.js" },
  reasons: { entry: "./reasons/reasons.ts", format: "es", file: "reasons.js" },
} as const;

export type BuildMode = keyof typeof builds;

/**
 * The runtime names its WebAssembly beside itself, which a library build would write into the code, a third
 * larger and never compiled as it comes: the SDK ships it as encoder.wasm.
 */
const wasmBeside: Plugin = {
  name: "wasm-beside",
  enforce: "pre",
  transform: {
    filter: { id: /onnxruntime-web/ },
    handler: (code) => {
      const named = 'new URL("ort-wasm-simd-threaded.wasm",import.meta.url)';
      if (!code.includes(named)) throw new Error(`sdk: expected onnxruntime-web to have ${named}, got none`);
      const beside = 'new URL(/* @vite-ignore */"encoder.wasm",import.meta.url)';
      return { code: code.replaceAll(named, beside), map: null };
    },
  },
};

export default defineConfig(({ mode }) => {
  if (!Object.hasOwn(builds, mode)) {
    throw new TypeError(`sdk: mode must be one of ${Object.keys(builds).join(", ")}, got ${mode}`);
  }
  const { entry, format, file } = builds[mode as BuildMode];
  return {
    root: here("."),
    publicDir: false,
    plugins: [wasmBeside],
    // Libraries look there where a browser has no crypto of its own: none that Tacit runs in.
    resolve: { alias: { crypto: here("./nothing.ts") } },
    define: { __TACIT_VERSION__: JSON.stringify(version) },
    build: {
      outDir: here("../dist/sdk"),
      // The builds share the folder.
      emptyOutDir: false,
      target: ["chrome111", "firefox114", "safari16.4"],
      sourcemap: true,
      minify: true,
      reportCompressedSize: false,
      lib: { entry: here(entry), formats: [format], name: "tacitTag", fileName: () => file },
      // One self-contained file each: a site serves the worker as it is. No comments, because a site's own
      // vite would obey the "ignore" that index.ts gives to ours, and not copy the worker. Minified here too:
      // vite leaves the white space of an es library, an eighth of the worker compressed.
      rolldownOptions: { output: { codeSplitting: false, comments: false, minify: true } },
    },
  };
});
