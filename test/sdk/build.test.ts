import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const configFile = fileURLToPath(new URL("../../sdk/vite.config.ts", import.meta.url));
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tacit-sdk-"));
  for (const mode of ["stub", "tag", "esm", "page", "worker", "reasons"]) {
    await build({ configFile, mode, logLevel: "error", build: { outDir: join(folder, "sdk") } });
  }
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

/** As it is served. */
const brotliOf = (code: string): number =>
  brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

describe("stub.js", () => {
  test("weighs less than 0.5 kB", async () => {
    const code = await readFile(join(folder, "sdk/stub.js"), "utf8");
    expect(brotliOf(code)).toBeLessThan(500);
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

  test("weighs less than 8.2 kB, and index.js less than 7.9 kB; neither carries anything of the worker or of page.js", async () => {
    for (const [file, most] of [
      ["tacit.js", 8_200],
      ["index.js", 7_900],
    ] as const) {
      const code = await readFile(join(folder, "sdk", file), "utf8");
      expect(brotliOf(code), file).toBeLessThan(most);
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
  test("weighs less than 14.6 kB, is a module by itself, and has what tacit.js does without", async () => {
    const code = await readFile(join(folder, "sdk/page.js"), "utf8");
    expect(brotliOf(code)).toBeLessThan(14_600);
    for (const sign of ["IntersectionObserver", "MutationObserver", "is meant?"])
      expect(code).toContain(sign);
    expect(Object.keys(await import(pathToFileURL(join(folder, "sdk/page.js")).href))).toEqual(["begin"]);
  });
});

describe("worker.js", () => {
  test("leaves what blinds tokens, what moves data and what writes Parquet to files of their own", async () => {
    const code = await readFile(join(folder, "sdk/worker.js"), "utf8");
    // Of which rules of lists have 5 kB (conditions that are read strictly, pins, quotas, wishes), what is
    // contributed to a ranker 1.3 kB, lists on trial and what is contributed of them 2 kB, and segments 2.2
    // kB: their task, their part and which of them the person is in.
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(98_800);
    for (const sign of ["RSABSSA", "partially-blind", "createTokenRequest", "tacitmov", "SNAPPY"])
      expect(code).not.toContain(sign);
  });
});

describe("reasons.js", () => {
  test("weighs less than 6.4 kB gzipped, and is in no file but its own", async () => {
    const code = await readFile(join(folder, "sdk/reasons.js"), "utf8");
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(6_400);
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
