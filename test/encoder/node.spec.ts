/** The exported model in Node, as the server loads it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Encoder } from "../../core/encoder/encoder.ts";
import { loadEncoder } from "../../server/encoders/load.ts";
import { cosine, frozen, rowsOf } from "./vectors.ts";

let encoder: Encoder;
beforeAll(async () => {
  encoder = await loadEncoder(inject("encoder"));
});
afterAll(() => encoder.close());

test("vectors are those of the model in floating point, texts beyond its length included", async () => {
  const { sentences } = frozen("sentences");
  const found = rowsOf(await encoder.encode(sentences.map(({ text }) => text)), encoder.dim);
  const agreement = found.map((vector, at) => cosine(vector, sentences[at].vector));
  for (const one of agreement) expect(one).toBeGreaterThan(0.99);
  const lengths = found.map((vector) => cosine(vector, vector));
  for (const length of lengths) expect(length).toBeCloseTo(1, 6);
});

test("a text has the same vector alone and beside any others", async () => {
  const texts = frozen("wordpiece").texts.map(({ text }) => text);
  const together = rowsOf(await encoder.encode(texts), encoder.dim);
  const backwards = rowsOf(await encoder.encode(texts.toReversed()), encoder.dim).reverse();
  const alone: Float32Array[] = [];
  for (const text of texts) alone.push(await encoder.encode([text]));
  expect(largestDifference(together, alone)).toBeLessThan(1e-3);
  expect(largestDifference(backwards, alone)).toBeLessThan(1e-3);
});

test("what means the like is nearer than what is spelled alike", async () => {
  const [sofa, couch, soda] = rowsOf(await encoder.encode(["sofa", "couch", "soda"]), encoder.dim);
  expect(cosine(sofa, couch)).toBeGreaterThan(cosine(sofa, soda) + 0.3);
});

test("nothing is encoded of no texts", async () => {
  expect(await encoder.encode([])).toEqual(new Float32Array(0));
});

test.each(["model.onnx", "tokenizer.json"])("a folder with another %s is refused", async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "tacit-encoder-"));
  try {
    cpSync(inject("encoder"), folder, { recursive: true });
    const bytes = readFileSync(join(folder, name));
    bytes[bytes.length - 2] ^= 1;
    writeFileSync(join(folder, name), bytes);
    await expect(loadEncoder(folder)).rejects.toThrow(`${name} must have the SHA-256`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function largestDifference(one: readonly Float32Array[], two: readonly Float32Array[]): number {
  return Math.max(...one.flatMap((row, at) => Array.from(row, (value, k) => Math.abs(value - two[at][k]))));
}
