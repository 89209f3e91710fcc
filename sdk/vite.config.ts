/**
 * One build per file the SDK ships; build.ts runs them all. `--mode` says which, by its name in `builds`.
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
  stub: { entry: "./stub.js", format: "iife", file: "stub.js" },
  tag: { entry: "./tag.ts", format: "iife", file: "tacit.js" },
  esm: { entry: "./index.ts", format: "es", file: "index.js" },
  page: { entry: "./rest/main.ts", format: "es", file: "page.js" },
  worker: { entry: "../worker/main.ts", format: "es", file: "worker.js" },
  ranking: { entry: "../worker/answers/main.ts", format: "es", file: "ranking.js" },
  contributing: { entry: "../worker/contribute/main.ts", format: "es", file: "contributing.js" },
  shown: { entry: "../worker/panel/main.ts", format: "es", file: "shown.js" },
  debug: { entry: "./debug/main.ts", format: "es", file: "debug.js" },
  tokens: { entry: "../worker/contribute/privacypass.ts", format: "es", file: "tokens.js" },
  moving: { entry: "../worker/moving/main.ts", format: "es", file: "moving.js" },
  parquet: { entry: "../worker/export/parquet.ts", format: "es", file: "parquet.js" },
  words: { entry: "../worker/texts/main.ts", format: "es", file: "words.js" },
  experiments: { entry: "../worker/experiments/main.ts", format: "es", file: "experiments.js" },
  encoder: { entry: "../worker/texts/encoder.ts", format: "es", file: "encoder.js" },
  reasons: { entry: "./reasons/reasons.ts", format: "es", file: "reasons.js" },
  bridges: { entry: "./bridges/bridges.ts", format: "es", file: "bridges.js" },
  react: { entry: "./react/react.ts", format: "es", file: "react.js" },
  vue: { entry: "./vue/vue.ts", format: "es", file: "vue.js" },
  svelte: { entry: "./svelte/svelte.ts", format: "es", file: "svelte.js" },
  firstlist: { entry: "./firstlist/firstlist.ts", format: "es", file: "firstlist.js" },
  shelf: { entry: "./widgets/shelf/shelf.ts", format: "es", file: "shelf.js" },
  "shelf-options": { entry: "./widgets/shelf/options.ts", format: "es", file: "shelf-options.js" },
  consent: { entry: "./widgets/consent/consent.ts", format: "es", file: "consent.js" },
  onboarding: { entry: "./widgets/onboarding/onboarding.ts", format: "es", file: "onboarding.js" },
  panel: { entry: "./widgets/panel/panel.ts", format: "es", file: "panel.js" },
  "panel-why": { entry: "./widgets/panel/why.ts", format: "es", file: "panel-why.js" },
  "panel-more": { entry: "./widgets/panel/more.ts", format: "es", file: "panel-more.js" },
  "panel-along": { entry: "./widgets/panel/along.ts", format: "es", file: "panel-along.js" },
  "panel-ar": { entry: "./widgets/panel/words/ar.ts", format: "es", file: "panel-ar.js" },
  "panel-de": { entry: "./widgets/panel/words/de.ts", format: "es", file: "panel-de.js" },
  "panel-es": { entry: "./widgets/panel/words/es.ts", format: "es", file: "panel-es.js" },
  "panel-fr": { entry: "./widgets/panel/words/fr.ts", format: "es", file: "panel-fr.js" },
  "panel-zh": { entry: "./widgets/panel/words/zh.ts", format: "es", file: "panel-zh.js" },
  "widgets-ar": { entry: "./widgets/words/ar.ts", format: "es", file: "widgets-ar.js" },
  "widgets-de": { entry: "./widgets/words/de.ts", format: "es", file: "widgets-de.js" },
  "widgets-es": { entry: "./widgets/words/es.ts", format: "es", file: "widgets-es.js" },
  "widgets-fr": { entry: "./widgets/words/fr.ts", format: "es", file: "widgets-fr.js" },
  "widgets-zh": { entry: "./widgets/words/zh.ts", format: "es", file: "widgets-zh.js" },
} as const;

/** What a binding shares with its site. */
const frameworks = ["react", "vue"];

/** The SDK itself is beside its bindings: a page has one. */
const sdkBeside: Plugin = {
  name: "sdk-beside",
  enforce: "pre",
  resolveId: (id, importer) =>
    id === "../index.ts" && /\/sdk\/(react|vue|svelte)\//.test(importer ?? "")
      ? { id: "./index.js", external: true }
      : null,
};

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

/**
 * What a widget loads when it is needed lies beside it, as an import that browsers follow and bundlers of sites know:
 * the words of a language, those of reasons, and what a person may ask about a card.
 */
const widgetsBeside: Plugin = {
  name: "widgets-beside",
  enforce: "pre",
  resolveId: {
    filter: { id: /^\.{1,2}\/(?:ar|de|es|fr|zh|.*reasons|options|why|more|along)\.ts$/ },
    handler: (source, importer = "") => {
      if (!/\/widgets\//.test(importer)) return null;
      const [name = ""] = /[a-z]+(?=\.ts$)/.exec(source) ?? [];
      const group = /\/panel\//.test(importer) ? "panel" : "widgets";
      const file = { reasons: "reasons.js", options: "shelf-options.js" }[name] ?? `${group}-${name}.js`;
      return { id: `./${file}`, external: true };
    },
  },
};

/**
 * The bundler of a site copies page.js and worker.js, and has to leave alone the import of an address that is
 * known when the page runs: webpack and Turbopack put an error in its place otherwise. After minification,
 * which takes comments.
 */
const importsAtRunTime: Plugin = {
  name: "imports-at-run-time",
  generateBundle: (_, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type !== "chunk") continue;
      const pieces = file.code.split(/(?<=\bimport\()(?=[\w$]+\))/);
      if (pieces.length !== 2)
        throw new Error(`sdk: expected one import of an address, got ${pieces.length - 1}`);
      file.code = pieces.join("/*webpackIgnore:true*/");
    }
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
    plugins: [wasmBeside, sdkBeside, widgetsBeside, ...(mode === "esm" ? [importsAtRunTime] : [])],
    // Libraries look there where a browser has no crypto of its own: none that Tacit runs in.
    resolve: { alias: { crypto: here("./nothing.ts") } },
    define: { __TACIT_VERSION__: JSON.stringify(version) },
    build: {
      outDir: here("../dist/sdk"),
      // The builds share the folder.
      emptyOutDir: false,
      target: ["chrome111", "firefox114", "safari16.4"],
      // The stub's text may stand in a page.
      sourcemap: mode !== "stub",
      minify: true,
      reportCompressedSize: false,
      lib: { entry: here(entry), formats: [format], name: "tacitTag", fileName: () => file },
      // One self-contained file each: a site serves the worker as it is. No comments, because a site's own
      // vite would obey the "ignore" that index.ts gives to ours, and not copy the worker. Minified here too:
      // vite leaves the white space of an es library, an eighth of the worker compressed.
      rolldownOptions: {
        external: frameworks,
        output: { codeSplitting: false, comments: false, minify: true },
      },
    },
  };
});
