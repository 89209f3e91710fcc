/** What was encoded is kept, whatever becomes of the file. */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seededRandom } from "../../../core/seeded.ts";
import { VectorCache } from "../../../server/encoders/vectorcache.ts";

const dim = 5;
const recordBytes = 32 + 4 + 4 + dim;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tacit-vectors-"));
  path = join(folder, "vectors.bin");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = seededRandom(3);
const texts = ["one", "two", "", "three ✓", "four"];
const vectors = Float32Array.from({ length: texts.length * dim }, () => random() - 0.5);

function read(cache: VectorCache, text: string): readonly number[] | null {
  const row = new Float32Array(dim);
  return cache.readInto(row, 0, text) ? Array.from(row) : null;
}

test("a vector is read back as it was added, up to its rounding, by whoever opens the file", () => {
  const first = new VectorCache(path, dim);
  first.add(texts, vectors);
  const second = new VectorCache(path, dim);
  for (const [at, text] of texts.entries()) {
    const row = Array.from(vectors.subarray(at * dim, (at + 1) * dim));
    const largest = Math.max(...row.map(Math.abs));
    const found = read(second, text) ?? [];
    for (const [k, value] of row.entries()) expect(Math.abs(found[k] - value)).toBeLessThan(largest / 250);
    expect(read(first, text)).toEqual(found);
  }
  expect(second.has("five")).toBe(false);
  expect(read(second, "five")).toBeNull();
});

test("a file that ends anywhere has the records that are whole, and takes new ones", () => {
  new VectorCache(path, dim).add(texts, vectors);
  const whole = readFileSync(path);
  expect(whole.length).toBe(texts.length * recordBytes);
  for (let length = 0; length <= whole.length; length += 7) {
    writeFileSync(path, whole);
    truncateSync(path, length);
    const cache = new VectorCache(path, dim);
    expect(texts.map((text) => cache.has(text))).toEqual(
      texts.map((_, at) => (at + 1) * recordBytes <= length),
    );
    cache.add(["more"], vectors.subarray(0, dim));
    const again = new VectorCache(path, dim);
    expect(read(again, "more")).toEqual(read(cache, "more"));
    expect(texts.filter((text) => again.has(text))).toEqual(texts.filter((text) => cache.has(text)));
  }
});

test("a record of which any byte changed is no vector, and the others stay", () => {
  new VectorCache(path, dim).add(texts, vectors);
  const whole = readFileSync(path);
  for (let at = 0; at < recordBytes; at++) {
    const bytes = Uint8Array.from(whole);
    bytes[2 * recordBytes + at] ^= 0x10;
    writeFileSync(path, bytes);
    const cache = new VectorCache(path, dim);
    expect(texts.map((text) => cache.has(text))).toEqual([true, true, false, true, true]);
  }
});

test("what nobody wants goes once it is more than half, and no sooner", () => {
  const cache = new VectorCache(path, dim);
  cache.add(texts, vectors);
  cache.keepOnly(["one", "two", "four"]);
  expect(statSync(path).size).toBe(5 * recordBytes);
  cache.keepOnly(["one", "four"]);
  expect(statSync(path).size).toBe(2 * recordBytes);
  const after = new VectorCache(path, dim);
  expect(texts.map((text) => after.has(text))).toEqual([true, false, false, false, true]);
  expect(read(after, "four")).toEqual(read(cache, "four"));
});
