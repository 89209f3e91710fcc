/** tacit import --encoder with the exported model: what an operator does, and what is published. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { readShopCatalogue } from "../../bench/shop.ts";
import { parseMeanings } from "../../core/encoder/meanings.ts";
import { parsePublished } from "../../core/encoder/published.ts";
import { textRefs } from "../../core/encoder/ref.ts";
import type { PartRef } from "../../core/model/edition.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { keptEncoders, keptFolder } from "../../server/encoders/kept.ts";
import { encoderIdIn, loadEncoder } from "../../server/encoders/load.ts";
import { meaningDefaults } from "../../server/publishing/import/meaning.ts";
import { openParts } from "../../server/roles/leader.ts";
import { cosine, rowsOf } from "./vectors.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let titles: readonly string[];
let id: string;
let folder: string;
beforeAll(async () => {
  titles = (await readShopCatalogue()).map(({ title }) => title.replaceAll(",", " ").replaceAll('"', ""));
  id = await encoderIdIn(inject("encoder"));
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tacit-import-"));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
});

function catalogue(count: number, ...more: readonly string[]): string {
  const file = join(folder, "catalogue.csv");
  const lines = [...titles.slice(0, count), ...more].map((title, k) => `i${k},${title}`);
  writeFileSync(file, ["id,title", ...lines].join("\n"));
  return file;
}

async function imported(file: string, ...flags: readonly string[]) {
  const err: string[] = [];
  const out: string[] = [];
  const args = ["import", file, "--data", dataOf(folder), "--variants", "said", ...flags];
  const status = await runCli(args, {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out, err };
}

const dataOf = (place: string) => join(place, "data");

/** What is in force: ids of the content parts, and rows by title. */
async function published() {
  const parts = await openParts(parseConfig({ data: dataOf(folder) }));
  try {
    const { inForce } = parts.editions;
    if (inForce === null) throw new Error("expected an edition in force, got none");
    const { content, contentDim, catalogue: cards } = inForce.model;
    const rows = rowsOf(Float32Array.from(dequantizeRows(content, contentDim)), contentDim);
    const rowOf = new Map(cards.map(({ title }, at) => [title, rows[at]]));
    return { content: inForce.parts.content.map(({ ref }) => ref.id), contentDim, rowOf };
  } finally {
    await parts.close();
  }
}

const vectorsFile = (place: string) => join(keptFolder(keptEncoders(dataOf(place)), id), "vectors.bin");

test("a new item has its vector at once, by the encoder of the import before, and is near what means the like", async () => {
  const first = await imported(catalogue(300, "large sofa"), "--encoder", inject("encoder"));
  expect([
    first.status,
    first.err.filter((line) => line.includes("texts by all-MiniLM-L6-v2")).length,
  ]).toEqual([0, 2]);
  const before = await published();
  expect(before.contentDim).toBeGreaterThan(meaningDefaults.dim);
  // Of words that stand once, which the words' space does not know.
  const second = await imported(catalogue(300, "large sofa", "comfy couch", "cold soda"));
  expect(second.err).toContain("texts by all-MiniLM-L6-v2, 0 of 2");
  const { rowOf, content } = await published();
  expect(content.slice(0, before.content.length - 1)).toEqual(before.content.slice(0, -1));
  const rowNamed = (title: string) => rowOf.get(title) ?? new Float32Array(0);
  const near = cosine(rowNamed("large sofa"), rowNamed("comfy couch"));
  expect(near).toBeGreaterThan(cosine(rowNamed("large sofa"), rowNamed("cold soda")) + 0.1);
  for (const row of rowOf.values()) expect(cosine(row, row)).toBeCloseTo(1, 1);
});

test("the same file again is the same edition, in a space that is fitted again too, and encodes nothing", async () => {
  await imported(catalogue(120), "--encoder", inject("encoder"));
  for (const flags of [[], ["--refit"]]) {
    const again = await imported(catalogue(120), ...flags);
    expect(again.out[0]).toContain("with this very catalogue");
    expect(again.err.filter((line) => line.includes("texts by"))).toEqual([]);
  }
});

test("an import that is killed goes on from its last batch, and publishes what an uninterrupted one does", async () => {
  const file = catalogue(900);
  const args = ["--import", "tsx", join(root, "server/cli/tacit.ts"), "import", file, "--variants", "said"];
  const child = spawn(process.execPath, [...args, "--data", dataOf(folder), "--encoder", inject("encoder")], {
    cwd: root,
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  child.stderr.on("data", (said) => {
    if (String(said).includes("512 of")) child.kill("SIGKILL");
  });
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
  expect(statSync(vectorsFile(folder)).size).toBeGreaterThan(512 * 384);

  const resumed = await imported(file, "--encoder", inject("encoder"));
  expect(resumed.status).toBe(0);
  const left = resumed.err.find((line) => line.includes("texts by")) ?? "";
  expect(Number(/of (\d+)/.exec(left)?.[1])).toBeLessThan(900 - 511);
  const { content } = await published();
  rmSync(dataOf(folder), { recursive: true });
  expect((await imported(file, "--encoder", inject("encoder"))).status).toBe(0);
  expect((await published()).content).toEqual(content);
});

test("an encoder for browsers is a part with the catalogue's vectors beside it, which follow the catalogue until none is asked for", async () => {
  const texts = async () => {
    const parts = await openParts(parseConfig({ data: dataOf(folder) }));
    try {
      const { inForce } = parts.editions;
      if (inForce === null) throw new Error("expected an edition in force, got none");
      const { encoder } = textRefs(inForce.edition);
      const bytes = async (ref: PartRef | undefined) =>
        ref === undefined ? null : ((await parts.editions.part(ref.id))?.bytes ?? null);
      return {
        contentDim: inForce.model.contentDim,
        ref: encoder?.ref.id ?? null,
        encoder: await bytes(encoder?.ref),
        meanings: await bytes(encoder?.meanings),
      };
    } finally {
      await parts.close();
    }
  };
  expect(await imported(catalogue(40, "large sofa"))).toMatchObject({ status: 0 });
  const byWords = await texts();
  expect(byWords.encoder).toBeNull();
  expect(await imported(catalogue(40, "large sofa"), "--text-encoder", inject("encoder"))).toMatchObject({
    status: 0,
  });
  const first = await texts();
  // Content is by words still: what every browser fetches is what it was.
  expect(first.contentDim).toBe(byWords.contentDim);
  expect(parsePublished(first.encoder ?? new Uint8Array()).id).toBe(id);
  const encoder = await loadEncoder(inject("encoder"));
  const [sofa] = rowsOf(await encoder.encode(["comfy couch"]), encoder.dim);
  await encoder.close();
  const nearest = (bytes: Uint8Array | null) => {
    const { items, dim, space, rows } = parseMeanings(bytes ?? new Uint8Array());
    expect(space).toBe(id);
    const cosines = rowsOf(Float32Array.from(dequantizeRows(rows, dim)), dim).map((row) => cosine(row, sofa));
    return items[cosines.indexOf(Math.max(...cosines))];
  };
  expect(nearest(first.meanings)).toBe("i40");
  expect(await imported(catalogue(40, "cold soda", "large sofa"))).toMatchObject({ status: 0 });
  const second = await texts();
  expect(second.ref).toBe(first.ref);
  expect(nearest(second.meanings)).toBe("i41");
  expect(await imported(catalogue(40), "--text-encoder", "none")).toMatchObject({ status: 0 });
  expect(await texts()).toMatchObject({ encoder: null, meanings: null });
});

test("a running server encodes in its thread, takes the same encoder later, and refuses what is no id of one", async () => {
  const port = "5353";
  const args = ["--import", "tsx", join(root, "server/cli/tacit.ts"), "serve", "--port", port];
  const server = spawn(process.execPath, [...args, "--data", dataOf(folder)], { cwd: root, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.on("exit", () => resolve()));
  try {
    const base = `http://localhost:${port}`;
    await expect
      .poll(
        () =>
          fetch(`${base}/health/live`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
    const first = await imported(catalogue(100), "--encoder", inject("encoder"), "--port", port);
    expect([first.status, first.out.at(-1)]).toEqual([0, "edition 1 is in force: 100 items"]);
    const written = statSync(vectorsFile(folder)).size;
    const second = await imported(catalogue(101), "--port", port);
    expect(second.out.at(-1)).toBe("edition 2 is in force: 101 items");
    expect(statSync(vectorsFile(folder)).size).toBe(written + 32 + 4 + 4 + 384);
    const token = readFileSync(join(dataOf(folder), "admin-token"), "utf8").trim();
    for (const encoder of ["..", "/etc", id.toUpperCase(), ""]) {
      const refused = await fetch(`${base}/v1/admin/catalogue?encoder=${encodeURIComponent(encoder)}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: "id,title\na,b\n",
      });
      expect([refused.status, (await refused.json()).detail]).toEqual([
        400,
        "encoder must be 64 hex digits, or none",
      ]);
    }
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
});

test("--encoder none goes back to words, and without the flag nothing is encoded or kept", async () => {
  expect((await imported(catalogue(60))).status).toBe(0);
  expect(existsSync(keptEncoders(dataOf(folder)))).toBe(false);
  const words = await published();
  await imported(catalogue(60), "--encoder", inject("encoder"));
  const both = await published();
  expect(both.contentDim).toBeGreaterThan(words.contentDim);
  const back = await imported(catalogue(60), "--encoder", "none");
  expect(back.err.filter((line) => line.includes("texts by"))).toEqual([]);
  expect(await published()).toEqual(words);
});

test("an encoder that is gone is missed in one line, and what was in force stays", async () => {
  await imported(catalogue(60), "--encoder", inject("encoder"));
  const before = await published();
  rmSync(keptEncoders(dataOf(folder)), { recursive: true });
  const without = await imported(catalogue(80));
  expect(without.status).toBe(1);
  expect(without.err.at(-1)).toMatch(/^.*expected an encoder's folder.*--encoder none goes without$/);
  expect(await published()).toEqual(before);
  const nowhere = await imported(catalogue(80), "--encoder", join(folder, "nowhere"));
  expect([nowhere.status, nowhere.err.length]).toEqual([1, 1]);
});
