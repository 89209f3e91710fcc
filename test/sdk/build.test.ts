import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { budgets, firstList, weightOf } from "../../sdk/budgets.ts";

const configFile = fileURLToPath(new URL("../../sdk/vite.config.ts", import.meta.url));
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tacit-sdk-"));
  const modes = [
    "stub",
    "tag",
    "esm",
    "page",
    "worker",
    "ranking",
    "contributing",
    "shown",
    "reasons",
    "bridges",
  ];
  for (const mode of [...modes, "shelf", "shelf-options", "consent", "onboarding", "panel", "panel-why"]) {
    await build({ configFile, mode, logLevel: "error", build: { outDir: join(folder, "sdk") } });
  }
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe("stub.js", () => {
  test("names no file of sources", async () => {
    const code = await readFile(join(folder, "sdk/stub.js"), "utf8");
    // Its text may stand in a page.
    expect(code).not.toContain("sourceMappingURL");
  });

  test("as it is shipped remembers calls", async () => {
    const window: { tacit?: { calls: unknown[]; track(...args: unknown[]): unknown } } = {};
    const code = await readFile(join(folder, "sdk/stub.js"), "utf8");
    runInNewContext(code, { window, setTimeout: () => 0 });
    window.tacit?.track("view", { item: "a" });
    expect(window.tacit?.calls).toMatchObject([{ name: "track", args: ["view", { item: "a" }] }]);
  });
});

describe("tacit.js", () => {
  const source = () => readFile(join(folder, "sdk/tacit.js"), "utf8");

  test("carries nothing of the worker or of page.js, and neither does index.js", async () => {
    for (const file of ["tacit.js", "index.js"]) {
      const code = await readFile(join(folder, "sdk", file), "utf8");
      for (const sign of ["createObjectStore", "subtle", "eval(", "Function("])
        expect(code).not.toContain(sign);
      for (const sign of [
        "IntersectionObserver",
        "MutationObserver",
        "must be one of impression",
        "navigator.locks",
      ])
        expect(code, file).not.toContain(sign);
    }
  });

  test("does nothing, and breaks nothing, where there is no page", async () => {
    const warn = vi.fn();
    const global = { console: { warn }, Symbol, Map, WeakMap };
    runInNewContext(await source(), global);
    expect(warn).not.toHaveBeenCalled();
    expect(Object.keys(global)).toEqual(["console", "Symbol", "Map", "WeakMap"]);
  });
});

describe("page.js", () => {
  test("is a module by itself, and has what tacit.js does without", async () => {
    const code = await readFile(join(folder, "sdk/page.js"), "utf8");
    for (const sign of ["IntersectionObserver", "MutationObserver", "is meant?"])
      expect(code).toContain(sign);
    expect(Object.keys(await import(pathToFileURL(join(folder, "sdk/page.js")).href))).toEqual(["begin"]);
  });
});

describe("worker.js", () => {
  test("leaves what ranks, contributes, shows, moves data and writes Parquet to files of their own", async () => {
    const code = await readFile(join(folder, "sdk/worker.js"), "utf8");
    const others = [
      ...["RSABSSA", "partially-blind", "createTokenRequest", "tacitmov", "SNAPPY"],
      // Of the edition's parts, of HPKE, of reports, of the export.
      ...["/v1/parts/", "HPKE-v1", "/v1/reports", "tacit-export"],
    ];
    for (const sign of others) expect(code).not.toContain(sign);
    expect(code).toContain("createObjectStore");
  });

  test("has its parts beside it: no file has what is another's", async () => {
    const codeOf = (file: string) => readFile(join(folder, "sdk", file), "utf8");
    const signs = {
      "ranking.js": "/v1/parts/",
      "contributing.js": "/v1/reports",
      "shown.js": "tacit-export",
    };
    for (const [file, sign] of Object.entries(signs)) {
      for (const other of Object.keys(signs))
        expect((await codeOf(other)).includes(sign), `${sign} in ${other}`).toBe(other === file);
      // Itself whole, as a site serves it: it names no other file to load.
      expect(await codeOf(file)).not.toMatch(/\bfrom\s*["'`]|\bimport\s*["'`(]/);
    }
  });
});

describe("every file", () => {
  test("with a budget weighs no more than that by brotli, and so do together those that a page with one list loads", async () => {
    const weights = new Map<string, number>();
    for (const file of Object.keys(budgets)) {
      const { brotli, budget } = weightOf(file, await readFile(join(folder, "sdk", file)));
      weights.set(file, brotli);
      expect(brotli, file).toBeLessThanOrEqual(budget ?? 0);
    }
    const together = firstList.files.reduce((sum, file) => sum + (weights.get(file) ?? Infinity), 0);
    expect(together).toBeLessThanOrEqual(firstList.budget);
  });
});

describe("reasons.js", () => {
  test("weighs less than 8.7 kB gzipped, and is in no file but its own", async () => {
    const code = await readFile(join(folder, "sdk/reasons.js"), "utf8");
    // Of which Arabic and Chinese have 2.3 kB.
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(8_700);
    expect(code).toContain("dagegen spricht");
    for (const file of ["tacit.js", "index.js", "page.js", "worker.js"])
      expect(await readFile(join(folder, "sdk", file), "utf8")).not.toContain("dagegen spricht");
  });

  test("is a module by itself, as a page without a bundler imports it", async () => {
    const { reasonInWords } = await import(pathToFileURL(join(folder, "sdk/reasons.js")).href);
    const reason = { why: "similar", item: "1", title: "Red Mug", contribution: 1 };
    expect(reasonInWords(reason, { language: "fr" })).toBe("ressemble à «\u00a0Red Mug\u00a0»");
  });
});

describe("bridges.js", () => {
  test("weighs less than 3.9 kB gzipped, and is in no file but its own", async () => {
    const code = await readFile(join(folder, "sdk/bridges.js"), "utf8");
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(3_900);
    expect(code).toContain("view_item_list");
    for (const file of ["tacit.js", "index.js", "worker.js"])
      expect(await readFile(join(folder, "sdk", file), "utf8")).not.toContain("view_item_list");
  });
});

describe("a widget", () => {
  const widgets = ["shelf.js", "consent.js", "onboarding.js", "panel.js"];
  const code = (file: string) => readFile(join(folder, "sdk", file), "utf8");

  test.each(widgets)("%s carries no SDK, reasons or other languages", async (file) => {
    const text = await code(file);
    for (const sign of [
      "Worker(",
      "indexedDB",
      "innerHTML",
      "dagegen spricht",
      "Für Sie",
      "Ihre Wahl",
      "Was mögen",
      "über Sie weiß",
    ])
      expect(text).not.toContain(sign);
  });

  test.each([...widgets, "shelf-options.js", "panel-why.js"])(
    "%s imports nothing at once, and later what lies beside it",
    async (file) => {
      const text = await code(file);
      expect(text).not.toMatch(/^import\s*[^(]|from\s*["`']/m);
      const later = [...text.matchAll(/import\(`([^`]+)`\)/g)].map(([, name]) => name);
      const languages = ["ar", "de", "es", "fr", "zh"].map((language) => `./widgets-${language}.js`);
      const beside = {
        "shelf.js": [...languages, "./shelf-options.js"],
        "shelf-options.js": ["./reasons.js"],
        "panel-why.js": ["./reasons.js"],
        "panel.js": ["ar", "de", "es", "fr", "zh", "why", "more", "more", "along"].map(
          (name) => `./panel-${name}.js`,
        ),
      };
      expect(later).toEqual(Object.hasOwn(beside, file) ? Reflect.get(beside, file) : languages);
    },
  );

  test("in a site bundled with vite has its languages and options as chunks, and is there though nothing of it is used", async () => {
    const site = join(folder, "widgetsite");
    await mkdir(site);
    for (const language of ["ar", "de", "es", "fr", "zh"])
      await writeFile(
        join(folder, `sdk/widgets-${language}.js`),
        `export const shelf = "words of ${language}";`,
      );
    await writeFile(join(site, "index.html"), `<script type="module" src="./site.js"></script>`);
    await writeFile(join(site, "site.js"), `import "../sdk/shelf.js";`);
    await build({ configFile: false, root: site, logLevel: "error" });
    const files = await readdir(join(site, "dist/assets"));
    const texts = await Promise.all(files.map((file) => readFile(join(site, "dist/assets", file), "utf8")));
    const [entry] = texts.filter((text) => text.includes("tacit-shelf"));
    expect(entry).not.toContain("words of");
    for (const sign of ["words of ar", "words of zh", "dagegen spricht", "ArrowDown"])
      expect(texts.filter((text) => text.includes(sign))).toHaveLength(1);
  });

  test("does nothing where there is no page, as on a server", async () => {
    for (const file of widgets) await import(pathToFileURL(join(folder, "sdk", file)).href);
    expect(Object.keys(globalThis)).not.toContain("customElements");
  });
});

describe("index.js", () => {
  test("in a site bundled with vite brings its worker, what it loads and the overlay along", async () => {
    await writeFile(join(folder, "sdk/worker.js"), `self.worker = "${"x".repeat(5000)}";`);
    await writeFile(join(folder, "sdk/page.js"), `export const begin = "${"y".repeat(5000)}";`);
    await writeFile(join(folder, "sdk/tokens.js"), `export const begin = "${"x".repeat(5000)}";`);
    await writeFile(join(folder, "sdk/moving.js"), `export const move = "${"x".repeat(5000)}";`);
    await writeFile(join(folder, "sdk/parquet.js"), `export const parquetFiles = "${"x".repeat(5000)}";`);
    await writeFile(join(folder, "sdk/words.js"), `export const readWords = "${"x".repeat(5000)}";`);
    await writeFile(join(folder, "sdk/debug.js"), `export const open = "${"x".repeat(5000)}";`);
    await writeFile(join(folder, "index.html"), `<script type="module" src="./site.js"></script>`);
    await writeFile(join(folder, "site.js"), `import { tacit } from "./sdk/index.js"; tacit.init();`);
    await build({ configFile: false, root: folder, logLevel: "error" });
    const page = await readFile(join(folder, "dist/index.html"), "utf8");
    const script = await readFile(join(folder, "dist", /src="(.*?)"/.exec(page)?.[1] ?? ""), "utf8");
    const worker = /new URL\(`(\/assets\/worker-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", worker), "utf8")).toContain("self.worker");
    for (const [part, sign] of [
      ["ranking", "openRanking"],
      ["contributing", "openContributing"],
      ["shown", "panelNow"],
    ]) {
      const path = new RegExp(`new URL\\(\`(/assets/${part}-.*?\\.js)\``).exec(script)?.[1] ?? "";
      expect(await readFile(join(folder, "dist", path), "utf8"), part).toContain(sign);
    }
    const tokens = /new URL\(`(\/assets\/tokens-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", tokens), "utf8")).toContain("begin");
    const moving = /new URL\(`(\/assets\/moving-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", moving), "utf8")).toContain("move");
    const parquet = /new URL\(`(\/assets\/parquet-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", parquet), "utf8")).toContain("parquetFiles");
    const rest = /new URL\(`(\/assets\/page-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", rest), "utf8")).toContain("yyyy");
    const debug = /new URL\(`(\/assets\/debug-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", debug), "utf8")).toContain("open");
  }, 60_000);
});
