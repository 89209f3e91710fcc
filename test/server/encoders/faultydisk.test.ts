/** What is kept of encoders is whole, or made again, on a disk that is full, breaks, or takes a part. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { encodeWordFile } from "../../../core/encoder/words/wordfile.ts";
import { keepEncoder, keptEncoders, keptFolder } from "../../../server/encoders/kept.ts";
import { encoderIdIn } from "../../../server/encoders/load.ts";
import { VectorCache } from "../../../server/encoders/vectorcache.ts";
import { keepWordFile, keptWordFile, keptWordFiles } from "../../../server/encoders/words/kept.ts";
import { disk, type Fault } from "../base/faultydisk.ts";
import { temporaryDirectory } from "../harness.ts";
import { makeToyFolder } from "./toyfolder.ts";

// Hoisted above the imports, so it imports what it needs itself.
vi.mock("node:fs", async (original) => {
  const { faulty } = await import("../base/faultydisk.ts");
  return faulty(await original());
});

beforeEach(() => {
  disk.fault = null;
});

const whileAdding: readonly Fault[] = [
  { at: "open", code: "ENOSPC" },
  { at: "write", code: "ENOSPC" },
  ...[0, 0.3, 0.7, 1].map((share): Fault => ({ at: "short write", share })),
  { at: "no write" },
  { at: "sync", code: "EIO" },
  { at: "close", code: "EIO" },
];
const whileWriting: readonly Fault[] = [
  ...whileAdding,
  { at: "rename", code: "ENOSPC" },
  { at: "sync folder", code: "EIO" },
];
const named = (faults: readonly Fault[]) =>
  faults.map((fault) => ({ name: Object.values(fault).join(" "), fault }));

test.each(named(whileWriting))(
  "a folder that met $name is kept at the next try, whole",
  async ({ fault }) => {
    const data = temporaryDirectory();
    const folder = join(data, "from elsewhere");
    makeToyFolder(folder);
    disk.fault = fault;
    disk.met = 0;
    await expect(keepEncoder(folder, data)).rejects.toThrow();
    expect(disk.met).toBeGreaterThan(0);
    disk.fault = null;
    const id = await keepEncoder(folder, data);
    const kept = keptFolder(keptEncoders(data), id);
    expect(await encoderIdIn(kept)).toBe(id);
    for (const name of ["encoder.json", "model.onnx", "tokenizer.json"]) {
      expect(readFileSync(join(kept, name))).toEqual(readFileSync(join(folder, name)));
      expect(statSync(join(kept, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(kept).mode & 0o777).toBe(0o700);
  },
);

test.each(named(whileWriting))("a word file that met $name is kept at the next try, whole", ({ fault }) => {
  const data = temporaryDirectory();
  const path = join(data, "from-elsewhere");
  const bytes = encodeWordFile({ source: "x", words: ["mug"], dim: 2, vectors: Int8Array.of(127, 3) });
  writeFileSync(path, bytes);
  disk.fault = fault;
  disk.met = 0;
  expect(() => keepWordFile(path, data)).toThrow();
  expect(disk.met).toBeGreaterThan(0);
  disk.fault = null;
  const id = keepWordFile(path, data);
  expect(Buffer.compare(keptWordFile(keptWordFiles(data), id), bytes)).toBe(0);
  expect(statSync(join(keptWordFiles(data), id)).mode & 0o777).toBe(0o600);
});

test.each(named(whileAdding))("a batch that met $name throws, and is added at the next try", ({ fault }) => {
  const path = join(temporaryDirectory(), "vectors.bin");
  const vectors = Float32Array.of(0.5, -0.25, 0.125, 1, 0.5, 0);
  new VectorCache(path, 3).add(["old", "older"], vectors);
  disk.fault = fault;
  disk.met = 0;
  expect(() => new VectorCache(path, 3).add(["new", "newer"], vectors)).toThrow();
  expect(disk.met).toBeGreaterThan(0);
  disk.fault = null;
  const after = new VectorCache(path, 3);
  expect([after.has("old"), after.has("older")]).toEqual([true, true]);
  after.add(["new", "newer"], vectors);
  const again = new VectorCache(path, 3);
  const rowOf = (text: string) => {
    const row = new Float32Array(3);
    expect(again.readInto(row, 0, text)).toBe(true);
    return row;
  };
  expect([rowOf("new"), rowOf("newer")]).toEqual([rowOf("old"), rowOf("older")]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
