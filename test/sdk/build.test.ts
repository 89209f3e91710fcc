import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
  for (const mode of ["tag", "esm", "worker", "ranking", "contributing", "shown", "reasons"]) {
    await build({ configFile, mode, logLevel: "error", build: { outDir: join(folder, "sdk") } });
  }
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

describe("tacit.js", () => {
  const source = () => readFile(join(folder, "sdk/tacit.js"), "utf8");

  test("weighs less than 18.6 kB gzipped and carries nothing of the worker", async () => {
    const code = await source();
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(18_600);
    for (const sign of ["createObjectStore", "subtle", "eval(", "Function("])
      expect(code).not.toContain(sign);
  });

  test("does nothing, and breaks nothing, where there is no page", async () => {
    const warn = vi.fn();
    const global = { console: { warn }, Symbol, Map, WeakMap };
    runInNewContext(await source(), global);
    expect(warn).not.toHaveBeenCalled();
    expect(Object.keys(global)).toEqual(["console", "Symbol", "Map", "WeakMap"]);
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
    for (const file of ["tacit.js", "worker.js", "ranking.js", "contributing.js", "shown.js"]) {
      const { brotli, budget } = weightOf(file, await readFile(join(folder, "sdk", file)));
      weights.set(file, brotli);
      expect(brotli, file).toBeLessThanOrEqual(budget ?? 0);
    }
    const together = firstList.files.reduce((sum, file) => sum + (weights.get(file) ?? Infinity), 0);
    expect(together).toBeLessThanOrEqual(firstList.budget);
    const stub = fileURLToPath(new URL("../../sdk/stub.js", import.meta.url));
    expect(weightOf("stub.js", await readFile(stub)).brotli).toBeLessThanOrEqual(budgets["stub.js"] ?? 0);
  });
});

describe("reasons.js", () => {
  test("weighs less than 6.4 kB gzipped, and is in no file but its own", async () => {
    const code = await readFile(join(folder, "sdk/reasons.js"), "utf8");
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(6_400);
    expect(code).toContain("dagegen spricht");
    for (const file of ["tacit.js", "index.js", "worker.js"])
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
    const debug = /new URL\(`(\/assets\/debug-.*?\.js)`/.exec(script)?.[1] ?? "";
    expect(await readFile(join(folder, "dist", debug), "utf8")).toContain("open");
  }, 60_000);
});
