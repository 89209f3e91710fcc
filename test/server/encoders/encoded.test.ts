/** Texts are encoded once, in batches that stay; a kept encoder is the one that was kept. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Encoder } from "../../../core/encoder/encoder.ts";
import { encodedTexts } from "../../../server/encoders/encoded.ts";
import { keepEncoder, keptEncoders, keptFolder } from "../../../server/encoders/kept.ts";
import { encoderIdIn } from "../../../server/encoders/load.ts";
import { makeToyFolder } from "./toyfolder.ts";

let data: string;
let model: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "tacit-encoded-"));
  model = join(data, "from elsewhere");
  makeToyFolder(model);
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Vectors that follow from the text; remembers what it was asked, and ends at text number `mostTexts`. */
function toy(mostTexts = Number.POSITIVE_INFINITY) {
  const asked: string[] = [];
  let open = 0;
  const load = async (folder: string): Promise<Encoder> => {
    open++;
    return {
      id: await encoderIdIn(folder),
      name: "toy",
      dim: 3,
      encode: async (texts) => {
        if (asked.length + texts.length > mostTexts) throw new Error("pulled the plug");
        asked.push(...texts);
        return Float32Array.from(texts.flatMap((text) => [1, text.length / 1000, text.charCodeAt(0) / 1000]));
      },
      close: async () => {
        open--;
      },
    };
  };
  return { asked, load, isOpen: () => open > 0 };
}

const texts = Array.from({ length: 1000 }, (_, k) => `text ${k % 900}`);

test("an import that was interrupted goes on where it was, and ends as one that was not", async () => {
  const id = await keepEncoder(model, data);
  const encoders = keptEncoders(data);
  const broken = toy(600);
  await expect(encodedTexts(texts, { encoders, id, load: broken.load }, () => {})).rejects.toThrow(
    "the plug",
  );
  expect(broken.isOpen()).toBe(false);
  const steps: unknown[] = [];
  const second = toy();
  const resumed = await encodedTexts(texts, { encoders, id, load: second.load }, (step) => steps.push(step));
  expect(second.asked).toEqual([...new Set(texts)].filter((text) => !broken.asked.includes(text)));
  expect(broken.asked.length).toBe(512);
  expect(steps).toEqual([
    { what: "texts by toy", done: 0, of: 388 },
    { what: "texts by toy", done: 256, of: 388 },
  ]);

  rmSync(join(keptFolder(encoders, id), "vectors.bin"));
  const whole = await encodedTexts(texts, { encoders, id, load: toy().load }, () => {});
  expect(resumed).toEqual(whole);
});

test("nothing is loaded where every text has its vector", async () => {
  const id = await keepEncoder(model, data);
  const encoders = keptEncoders(data);
  const first = await encodedTexts(texts, { encoders, id, load: toy().load }, () => {});
  const load = () => Promise.reject(new Error("loaded"));
  expect(await encodedTexts(texts, { encoders, id, load }, () => {})).toEqual(first);
  expect(first.dim).toBe(3);
  expect(first.values.length).toBe(3000);
});

test("a folder is kept whole, under its id, and once; then it may go", async () => {
  const id = await keepEncoder(model, data);
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  const kept = keptFolder(keptEncoders(data), id);
  expect(readdirSync(kept).sort()).toEqual(["encoder.json", "model.onnx", "tokenizer.json"]);
  expect(await keepEncoder(model, data)).toBe(id);
  rmSync(model, { recursive: true });
  expect(await encoderIdIn(kept)).toBe(id);
});

test.each(["model.onnx", "tokenizer.json"])(
  "a folder with another %s is refused, and not kept",
  async (name) => {
    writeFileSync(join(model, name), "{} ");
    await expect(keepEncoder(model, data)).rejects.toThrow(`${name}: must have the SHA-256`);
    expect(existsSync(keptEncoders(data)) ? readdirSync(keptEncoders(data)) : []).toEqual([]);
  },
);

test("a folder without an encoder is refused in words that say what makes one", async () => {
  rmSync(join(model, "model.onnx"));
  await expect(keepEncoder(model, data)).rejects.toThrow("export.sh FOLDER makes one");
  await expect(keepEncoder(data, data)).rejects.toThrow("export.sh FOLDER makes one");
  writeFileSync(join(model, "encoder.json"), "{}");
  await expect(keepEncoder(model, data)).rejects.toThrow("encoder.json: parseManifest: ");
});

test("an encoder that is no longer kept is missed by name", async () => {
  const encoders = keptEncoders(data);
  await expect(encodedTexts(["a"], { encoders, id: "0".repeat(64) }, () => {})).rejects.toThrow(
    "expected an encoder's folder",
  );
});
