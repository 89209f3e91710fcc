/** Pictures before and in an encoder of images: what files say, how pixels become fewer, what a graph is given. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ImageRuntime, openImageEncoder, pixelsOf } from "../../../core/encoder/images/encoder.ts";
import { parsePictureHeader } from "../../../core/encoder/images/header.ts";
import { onWhite, type Picture, pictureLimits } from "../../../core/encoder/images/picture.ts";
import { middleSquare } from "../../../core/encoder/images/resize.ts";
import { type ImageManifest, manifestTaking, parseManifest } from "../../../core/encoder/manifest.ts";
import { encoderIdOf } from "../../../core/encoder/runtime.ts";
import { jsonToBytes } from "../../../core/json.ts";
import { sha256 } from "../../../server/base/platform.ts";
import { pictureFiles } from "./picturefiles.ts";

const picture = fc
  .record({ width: fc.integer({ min: 1, max: 23 }), height: fc.integer({ min: 1, max: 23 }) })
  .chain(({ width, height }) => {
    const length = 3 * width * height;
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((rgb): Picture => ({ width, height, rgb }));
  });

/** The formula of the file's header, pixel by pixel of the whole picture. */
function plainSquare({ width, height, rgb }: Picture, size: number): number[] {
  const side = Math.min(width, height);
  const scale = side / size;
  const foot = Math.max(1, scale);
  const weight = (x: number, i: number, length: number) =>
    Math.max(0, 1 - Math.abs((x + 0.5 - ((length - side) / 2 + (i + 0.5) * scale)) / foot));
  const out: number[] = [];
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const sums = [0, 0, 0];
      let all = 0;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const one = weight(y, row, height) * weight(x, column, width);
          all += one;
          for (let k = 0; k < 3; k++) sums[k] += one * rgb[3 * (y * width + x) + k];
        }
      }
      out.push(...sums.map((sum) => sum / all));
    }
  }
  return out;
}

test("the middle square is the triangle filter's, whatever the sizes", () => {
  fc.assert(
    fc.property(picture, fc.integer({ min: 1, max: 12 }), (one, size) => {
      const plain = plainSquare(one, size);
      for (const [at, value] of middleSquare(one, size).entries()) expect(value).toBeCloseTo(plain[at], 3);
    }),
    { numRuns: 150 },
  );
});

test("a square of the size that is wanted stays as it is, and what is beside the middle is left out", () => {
  const rgb = Uint8Array.from({ length: 3 * 5 * 5 }, (_, at) => (at * 37) % 256);
  expect(Array.from(middleSquare({ width: 5, height: 5, rgb }, 5))).toEqual(Array.from(rgb));
  const wide = new Uint8Array(3 * 9 * 5).fill(7);
  for (let y = 0; y < 5; y++) wide.set(rgb.subarray(15 * y, 15 * (y + 1)), 3 * (9 * y + 2));
  expect(Array.from(middleSquare({ width: 9, height: 5, rgb: wide }, 5))).toEqual(Array.from(rgb));
});

test("every pixel of the square counts the same where one of many is made", () => {
  const mean = (one: Picture) => middleSquare(one, 4).reduce((sum, value) => sum + value, 0) / 48;
  // Edges aside, where the filter is cut off.
  for (const [x, y] of [
    [16, 23],
    [20, 17],
    [24, 19],
  ]) {
    const rgb = new Uint8Array(3 * 40 * 40);
    rgb[3 * (40 * y + x)] = 255;
    expect(mean({ width: 40, height: 40, rgb })).toBeCloseTo(255 / 4800, 6);
  }
});

test("pixels of another number than width and height say are refused", () => {
  for (const [width, height, length] of [
    [2, 2, 11],
    [0, 2, 0],
    [1.5, 2, 9],
  ]) {
    expect(() => middleSquare({ width, height, rgb: new Uint8Array(length) }, 4)).toThrow(/^middleSquare: /);
  }
});

test("what is transparent is white, and what is half so is half white", () => {
  const rgba = Uint8ClampedArray.of(10, 20, 30, 255, 10, 20, 30, 0, 0, 100, 255, 51);
  expect(Array.from(onWhite(rgba))).toEqual([10, 20, 30, 255, 255, 255, 204, 224, 255]);
});

const manifest: ImageManifest = {
  takes: "images",
  name: "made up",
  license: "MIT",
  dim: 3,
  size: 16,
  layout: "channels first",
  mean: [10, 20, 30],
  deviation: [2, 4, 8],
  input: "in",
  output: "out",
  files: { model: { path: "model.onnx", sha256: "a".repeat(64) } },
};
const plain = (red: number, green: number, blue: number): Picture => ({
  width: 20,
  height: 17,
  rgb: Uint8Array.from({ length: 3 * 340 }, (_, at) => [red, green, blue][at % 3]),
});

test("a graph is given its mean and deviation of each channel, in its own order", () => {
  const one = plain(12, 32, 6);
  const first = pixelsOf(one, manifest);
  expect([first[0], first[255], first[256], first[767]].map((x) => Math.round(x * 1e3) / 1e3)).toEqual([
    1, 1, 3, -3,
  ]);
  const last = pixelsOf(one, { ...manifest, layout: "channels last" });
  expect(Array.from(last.subarray(0, 4), (x) => Math.round(x * 1e3) / 1e3)).toEqual([1, 3, -3, 1]);
});

/** A graph that gives each channel's first number. */
function runtime(dim = 3): ImageRuntime<{ readonly data: Float32Array; readonly dims: readonly number[] }> {
  return {
    InferenceSession: {
      create: async () => ({
        inputNames: ["in"],
        outputNames: ["out"],
        run: async ({ in: { data, dims } }) => ({
          out: { data: Float32Array.from({ length: dim }, (_, k) => data[k * 256]), dims },
        }),
        release: async () => {},
      }),
    },
    Tensor: class {
      readonly data: Float32Array;
      readonly dims: readonly number[];
      constructor(_type: "float32", data: Float32Array, dims: readonly number[]) {
        this.data = data;
        this.dims = dims;
      }
    },
  };
}
const opened = async (dim = 3) => {
  const model = new Uint8Array(4);
  const found = Buffer.from(await sha256(model)).toString("hex");
  const files = { model: { path: "model.onnx", sha256: found } };
  return openImageEncoder(runtime(dim), { manifest: { ...manifest, files }, model, sha256 });
};

test("vectors have length 1 and come in the order of the pictures; what the graph gives otherwise is refused", async () => {
  const rows = Array.from(await (await opened()).encode([plain(12, 32, 6), plain(16, 20, 62)]));
  const unit = (...vector: readonly number[]) => vector.map((x) => x / Math.hypot(...vector));
  const wanted = [...unit(1, 3, -3), ...unit(3, 0, 4)];
  expect(rows).toEqual(wanted.map((x) => expect.closeTo(x, 5)));
  await expect((await opened(2)).encode([plain(1, 2, 3)])).rejects.toThrow(
    "must give vectors of 3 numbers, as its manifest says, got 2",
  );
  await expect(openImageEncoder(runtime(), { manifest, model: new Uint8Array(1), sha256 })).rejects.toThrow(
    "model.onnx must have the SHA-256",
  );
});

test("a manifest of images says what it must, has an id of its own, and is none of texts", async () => {
  expect(parseManifest(jsonToBytes(manifest))).toEqual(manifest);
  const wrongs = [
    { size: 0 },
    { size: 1e6 },
    { deviation: [0, 1, 1] },
    { mean: [1, 2] },
    { layout: "rows" },
    { takes: "sounds" },
  ];
  for (const wrong of wrongs) {
    expect(() => parseManifest(jsonToBytes({ ...manifest, ...wrong }))).toThrow(/^parseManifest: /);
  }
  expect(() => manifestTaking("texts", manifest)).toThrow(
    "openEncoder: made up must take texts, got one that takes images",
  );
  const other: ImageManifest = { ...manifest, mean: [10, 20, 31] };
  expect(await encoderIdOf(other, sha256)).not.toBe(await encoderIdOf(manifest, sha256));
});

test.each(Object.entries(pictureFiles))(
  "the size of %s is read from its first bytes",
  (_, { bytes, header }) => {
    expect(parsePictureHeader(bytes)).toEqual(header);
  },
);

test("what says that it has more pixels than are decoded is refused before it is", () => {
  const { bytes } = pictureFiles.png;
  const bomb = Uint8Array.from(bytes);
  new DataView(bomb.buffer).setUint32(16, 60_000);
  new DataView(bomb.buffer).setUint32(20, 60_000);
  expect(() => parsePictureHeader(bomb)).toThrow(
    "parsePictureHeader: pixels must be at most 50000000, got 60000 x 60000",
  );
  const none = Uint8Array.from(bytes);
  new DataView(none.buffer).setUint32(16, 0);
  expect(() => parsePictureHeader(none)).toThrow("png must have pixels, got 0 x");
  expect(() => parsePictureHeader(new Uint8Array(pictureLimits.bytes + 1))).toThrow("bytes must be at most");
});

test("what is no picture, and a picture that is cut off before its size, are refused in words", () => {
  const others = ["", "GIF89a", "<svg width='9'/>", "RIFF....WAVE", "\xff\xd8\xff"];
  for (const text of others) {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    expect(() => parsePictureHeader(bytes)).toThrow("must be of JPEG, PNG or WebP");
  }
  for (const { bytes, header } of Object.values(pictureFiles)) {
    for (let length = 0; length < bytes.length; length++) {
      let found: unknown;
      try {
        found = parsePictureHeader(bytes.subarray(0, length));
      } catch (error) {
        expect(String(error)).toMatch(/^TypeError: parsePictureHeader: /);
        continue;
      }
      expect(found).toEqual(header);
    }
  }
});
