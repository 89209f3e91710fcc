/**
 * tacit import --image-encoder with the exported model and drawn pictures: what an operator does, and what is
 * published.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { openParts } from "../../server/roles/leader.ts";
import { type Colour, drawn, inks, papers, type Shape, shapes } from "./drawn.ts";
import { cosine, rowsOf } from "./vectors.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let images: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tacit-pictured-"));
  const made = folder;
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  images = join(folder, "images");
  data = join(folder, "data");
  mkdirSync(images);
});

/** A drawing as photographs of a shop differ: in size, colour, margin and loss. */
async function photograph(name: string, shape: Shape, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const near = (colour: Colour): Colour => {
    const [red, green, blue] = colour.map((value) =>
      Math.min(255, Math.floor(value * (0.85 + random() * 0.3))),
    );
    return [red, green, blue];
  };
  const ink = near(inks[Math.floor(random() * inks.length)]);
  const paper = near(papers[Math.floor(random() * papers.length)]);
  const { rgb, width, height } = drawn({ shape, ink, paper, size: 160 + Math.floor(random() * 200) });
  const margin = Math.floor(random() * 60);
  const made = sharp(rgb, { raw: { width, height, channels: 3 } })
    .extend({ left: margin, right: 60 - margin, background: { r: paper[0], g: paper[1], b: paper[2] } })
    .jpeg({ quality: 60 + Math.floor(random() * 35) });
  writeFileSync(join(images, name), await made.toBuffer());
}

/** Titles whose words stand once each: the words' space knows none of them. */
function catalogue(items: readonly string[]): string {
  const file = join(folder, "catalogue.csv");
  const lines = items.map((item) => `${item},word${item},/shop/${item}.jpg`);
  writeFileSync(file, ["id,title,image", ...lines].join("\n"));
  return file;
}

async function imported(file: string, ...flags: readonly string[]) {
  const err: string[] = [];
  const out: string[] = [];
  const status = await runCli(["import", file, "--data", data, "--variants", "said", ...flags], {
    env: {},
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out, err };
}

async function published() {
  const parts = await openParts(parseConfig({ data }));
  try {
    const { inForce } = parts.editions;
    if (inForce === null) throw new Error("expected an edition in force, got none");
    const { content, contentDim, catalogue: cards } = inForce.model;
    const rows = rowsOf(Float32Array.from(dequantizeRows(content, contentDim)), contentDim);
    return new Map(cards.map(({ item }, at) => [item, rows[at]]));
  } finally {
    await parts.close();
  }
}

const shapeOf = (item: string) => item.replace(/\d+$/, "");
const drawings = shapes.flatMap((shape) => Array.from({ length: 8 }, (_, k) => `${shape}${k}`));

async function photographed(items: readonly string[], firstSeed = 1): Promise<void> {
  for (const [at, item] of items.entries()) {
    const shape = shapes.find((one) => one === shapeOf(item));
    if (shape !== undefined) await photograph(`${item}.jpg`, shape, firstSeed + at);
  }
}

/** Of the items, those whose nearest other one is of the same drawing. */
function likeNearest(rows: ReadonlyMap<string, Float32Array>): readonly string[] {
  return drawings.filter((item) => {
    const row = rows.get(item) ?? new Float32Array(0);
    const others = [...rows].filter(([other]) => other !== item);
    const [nearest] = others.reduce((best, one) => (cosine(row, one[1]) > cosine(row, best[1]) ? one : best));
    return shapeOf(nearest) === shapeOf(item);
  });
}

test("items whose pictures are alike are near each other, a new one at once, and one without is nowhere", async () => {
  await photographed(drawings);
  const flags = ["--image-encoder", inject("imageEncoder"), "--images", images];
  const first = await imported(catalogue([...drawings, "unseen"]), ...flags);
  expect([first.status, first.err.filter((line) => line.includes("pictures by EfficientNet-Lite0"))]).toEqual(
    [0, ["pictures by EfficientNet-Lite0, 0 of 48", "pictures by EfficientNet-Lite0, 32 of 48"]],
  );
  const rows = await published();
  // By chance it is 7 of 47.
  expect(likeNearest(rows).length).toBeGreaterThan(0.9 * drawings.length);
  expect(rows.get("unseen")?.every((value) => value === 0)).toBe(true);
  for (const item of drawings) {
    const row = rows.get(item) ?? new Float32Array(0);
    expect(cosine(row, row)).toBeCloseTo(1, 1);
  }

  const more = ["disc90", "cross91"];
  await photographed(more, 500);
  const second = await imported(catalogue([...drawings, "unseen", ...more]), ...flags);
  expect(second.err).toContain("pictures by EfficientNet-Lite0, 0 of 2");
  const after = await published();
  for (const item of drawings) expect(after.get(item)).toEqual(rows.get(item));
  const nearTo = (item: string, shape: string) => {
    const alike = drawings.filter((one) => shapeOf(one) === shape);
    const [row, ...others] = [item, ...alike].map((one) => after.get(one) ?? new Float32Array(0));
    return others.reduce((sum, other) => sum + cosine(row, other), 0) / others.length;
  };
  expect(nearTo("disc90", "disc")).toBeGreaterThan(nearTo("disc90", "cross") + 0.1);
  expect(nearTo("cross91", "cross")).toBeGreaterThan(nearTo("cross91", "disc") + 0.1);
});

test("a later import needs no flag and no folder, another encodes nothing, and none goes back to words", async () => {
  await photographed(drawings);
  expect((await imported(catalogue(drawings))).status).toBe(0);
  const words = await published();
  const flags = ["--image-encoder", inject("imageEncoder"), "--images", images];
  await imported(catalogue(drawings), ...flags);
  const pictured = await published();
  expect(pictured).not.toEqual(words);
  const again = await imported(catalogue(drawings), ...flags, "--refit");
  expect([again.out[0], again.err.filter((line) => line.includes("pictures by"))]).toEqual([
    expect.stringContaining("with this very catalogue"),
    [],
  ]);
  rmSync(images, { recursive: true });
  await imported(catalogue([...drawings, "unseen"]));
  expect((await published()).get("disc0")).toEqual(pictured.get("disc0"));
  await imported(catalogue(drawings), "--image-encoder", "none");
  expect(await published()).toEqual(words);
});

test("beside an encoder of texts, pictures are a part of their own", async () => {
  const few = drawings.slice(0, 16);
  await photographed(few);
  await imported(catalogue(few), "--encoder", inject("encoder"));
  const meant = await published();
  await imported(catalogue(few), "--image-encoder", inject("imageEncoder"), "--images", images);
  const both = await published();
  const [before, after] = [meant, both].map((rows) => rows.get("disc0") ?? new Float32Array(0));
  expect(after.length).toBeGreaterThan(before.length);
  // What is by pictures stands behind, and has its part of the whole.
  const pictured = after.subarray(before.length);
  expect(cosine(pictured, pictured)).toBeGreaterThan(0.15);
  expect(cosine(after, after)).toBeCloseTo(1, 1);
});

test("what is no picture, and what is asked for by half, is refused before anything is read", async () => {
  writeFileSync(join(images, "page.jpg"), "<html>");
  const flags = ["--image-encoder", inject("imageEncoder"), "--images", images];
  const refused = await imported(catalogue(["a"]), ...flags);
  expect([refused.status, refused.err.at(-1)]).toEqual([
    1,
    expect.stringMatching(/page\.jpg: parsePictureHeader: bytes must be of JPEG, PNG or WebP, got others$/),
  ]);
  const half = await imported(catalogue(["a"]), "--images", images);
  expect(half.err.at(-1)).toContain("--images needs --image-encoder FOLDER");
  const without = await imported(catalogue(["a"]), "--image-encoder", inject("imageEncoder"));
  expect(without.err.at(-1)).toMatch(/expected pictures that were encoded \(--images DIR\), got none/);
  const texts = await imported(catalogue(["a"]), "--encoder", inject("imageEncoder"));
  expect(texts.err.at(-1)).toContain("must take texts, got one that takes images");
});

test("a running server is handed vectors alone: it needs neither the pictures nor their folder", async () => {
  const port = "5357";
  const args = ["--import", "tsx", join(root, "server/cli/tacit.ts"), "serve", "--port", port];
  const server = spawn(process.execPath, [...args, "--data", data], { cwd: root, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.on("exit", () => resolve()));
  try {
    const isLive = () =>
      fetch(`http://localhost:${port}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(isLive, { timeout: 60_000 }).toBe(true);
    await photographed(drawings);
    const flags = ["--image-encoder", inject("imageEncoder"), "--images", images, "--port", port];
    const first = await imported(catalogue(drawings), ...flags);
    expect([first.status, first.out.at(-1)]).toEqual([0, "edition 1 is in force: 48 items"]);
    rmSync(images, { recursive: true });
    const second = await imported(catalogue([...drawings, "unseen"]), "--port", port);
    expect(second.out.at(-1)).toBe("edition 2 is in force: 49 items");
    const token = readFileSync(join(data, "admin-token"), "utf8").trim();
    for (const encoder of ["..", "/etc", ""]) {
      const query = `image-encoder=${encodeURIComponent(encoder)}`;
      const refused = await fetch(`http://localhost:${port}/v1/admin/catalogue?${query}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: "id,title\na,b\n",
      });
      expect([refused.status, (await refused.json()).detail]).toEqual([
        400,
        "image-encoder must be 64 hex digits, or none",
      ]);
    }
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
  expect(likeNearest(await published()).length).toBeGreaterThan(0.9 * drawings.length);
});
