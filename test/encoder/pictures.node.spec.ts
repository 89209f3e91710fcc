/** The exported encoder of images in Node, as the server loads it. */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { ImageEncoder } from "../../core/encoder/images/encoder.ts";
import { loadImageEncoder } from "../../server/encoders/load.ts";
import { drawn, inks, papers, shapes } from "./drawn.ts";
import { cosine, frozen, rowsOf } from "./vectors.ts";

let encoder: ImageEncoder;
beforeAll(async () => {
  encoder = await loadImageEncoder(inject("imageEncoder"));
});
afterAll(() => encoder.close());

test("vectors are those of the network in floating point", async () => {
  const { pictures } = frozen("pictures");
  const drawings = pictures.map(({ shape, ink, paper }) =>
    drawn({ shape, ink: inks[ink], paper: papers[paper] }),
  );
  const hashes = drawings.map(({ rgb }) => createHash("sha256").update(rgb).digest("hex"));
  expect(hashes).toEqual(pictures.map(({ sha256 }) => sha256));
  const found = rowsOf(await encoder.encode(drawings), encoder.dim);
  for (const [at, vector] of found.entries()) {
    expect(cosine(vector, pictures[at].vector)).toBeGreaterThan(0.99);
    expect(cosine(vector, vector)).toBeCloseTo(1, 5);
  }
});

test("a picture has the same vector alone and beside any others, to the last bit", async () => {
  const drawings = shapes.map((shape) => drawn({ shape, ink: inks[0], paper: papers[0], size: 97 }));
  const together = rowsOf(await encoder.encode(drawings), encoder.dim);
  const backwards = rowsOf(await encoder.encode(drawings.toReversed()), encoder.dim).reverse();
  for (const [at, drawing] of drawings.entries()) {
    const alone = await encoder.encode([drawing]);
    expect([together[at], backwards[at]]).toEqual([alone, alone]);
  }
  expect(await encoder.encode([])).toEqual(new Float32Array(0));
});

test("the same drawing in other sizes is nearer than another drawing of the same colours", async () => {
  const at = async (shape: (typeof shapes)[number], size: number) =>
    encoder.encode([drawn({ shape, ink: inks[1], paper: papers[0], size })]);
  for (const shape of shapes) {
    const large = await at(shape, 500);
    const small = await at(shape, 180);
    const others = await Promise.all(shapes.filter((one) => one !== shape).map((one) => at(one, 500)));
    const nearest = Math.max(...others.map((other) => cosine(large, other)));
    expect(cosine(large, small)).toBeGreaterThan(nearest);
  }
});

test("a folder with another model is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tacit-image-encoder-"));
  try {
    cpSync(inject("imageEncoder"), folder, { recursive: true });
    writeFileSync(join(folder, "model.onnx"), "a graph");
    await expect(loadImageEncoder(folder)).rejects.toThrow("model.onnx must have the SHA-256");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
