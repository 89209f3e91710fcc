/** A folder of pictures: which is an item's, what is encoded when, and what is refused. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ImageEncoder } from "../../../core/encoder/images/encoder.ts";
import type { Picture } from "../../../core/encoder/images/picture.ts";
import { keepEncoder, keptEncoders, keptFolder } from "../../../server/encoders/kept.ts";
import { encoderIdIn, loadEncoder } from "../../../server/encoders/load.ts";
import { decodedPicture } from "../../../server/encoders/pictures/decode.ts";
import { encodePictures, pictureVectors } from "../../../server/encoders/pictures/encoded.ts";
import { namesFor, picturesIn } from "../../../server/encoders/pictures/files.ts";
import { makeToyFolder } from "./toyfolder.ts";

let data: string;
let images: string;
let id: string;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "tacit-pictures-"));
  images = join(data, "images");
  mkdirSync(images);
  makeToyImages(join(data, "toy"));
  id = await keepEncoder(join(data, "toy"), data, "images");
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function makeToyImages(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "model.onnx"), "a graph");
  const manifest = {
    ...{ takes: "images", name: "toy", license: "MIT", dim: 3, size: 16, layout: "channels first" },
    ...{ mean: [0, 0, 0], deviation: [1, 1, 1], input: "in", output: "out" },
    files: { model: { path: "model.onnx", sha256: createHash("sha256").update("a graph").digest("hex") } },
  };
  writeFileSync(join(folder, "encoder.json"), JSON.stringify(manifest));
}

/** The first pixel of each, as its vector; ends at picture number `most`. */
function toy(most = Number.POSITIVE_INFINITY) {
  const asked: Picture[] = [];
  const load = async (folder: string): Promise<ImageEncoder> => ({
    id: await encoderIdIn(folder),
    name: "toy",
    dim: 3,
    encode: async (pictures) => {
      if (asked.length + pictures.length > most) throw new Error("pulled the plug");
      asked.push(...pictures);
      return Float32Array.from(pictures.flatMap(({ rgb }) => Array.from(rgb.subarray(0, 3))));
    },
    close: async () => {},
  });
  return { asked, load };
}

async function draw(name: string, [r, g, b]: readonly [number, number, number]): Promise<void> {
  const made = sharp({ create: { width: 8, height: 6, channels: 3, background: { r, g, b } } });
  writeFileSync(join(images, name), await made.png().toBuffer());
}

const kept = () => ({ encoders: keptEncoders(data), id });

test("names of a picture: the path of its address, the last part of that, the id of its item", () => {
  const image = "https://cdn.example/a%20b/c.JPG?v=1#x";
  expect(namesFor({ item: "i/7", image }).slice(0, 4)).toEqual(["a b/c.JPG", "c.JPG", "i/7.jpg", "i/7.JPG"]);
  expect(namesFor({ item: "i", image: "/p/100%.png" })[0]).toBe("p/100%.png");
  expect(namesFor({ item: "i" })).toHaveLength(8);
});

test("pictures of a folder and of those in it are found by their endings", async () => {
  mkdirSync(join(images, "p"));
  for (const name of ["b.webp", "p/a.JPEG", "notes.txt", "c.svg"]) writeFileSync(join(images, name), "x");
  expect(picturesIn(images)).toEqual(["b.webp", "p/a.JPEG"]);
  expect(() => picturesIn(join(images, "none"))).toThrow("expected a folder of pictures");
});

test("each picture is encoded once, also after a stop, and an item without one has no vector", async () => {
  const colours = Array.from({ length: 40 }, (_, k) => [k * 6, 100, 250 - k] as const);
  for (const [k, colour] of colours.entries()) await draw(`i${k}.png`, colour);
  await draw("same.png", colours[0]);
  const broken = toy(35);
  await expect(encodePictures(images, { ...kept(), load: broken.load }, () => {})).rejects.toThrow(
    "the plug",
  );
  await expect(pictureVectors([], kept())).rejects.toThrow(
    "expected pictures that were encoded (--images DIR)",
  );
  const steps: unknown[] = [];
  const second = toy();
  const count = await encodePictures(images, { ...kept(), load: second.load }, (step) => steps.push(step));
  expect([count, second.asked.length]).toEqual([41, 40 - 32]);
  expect(steps).toEqual([{ what: "reading the pictures" }, { what: "pictures by toy", done: 0, of: 8 }]);
  const again = toy();
  await encodePictures(images, { ...kept(), load: again.load }, () => {});
  expect(again.asked).toEqual([]);

  const items = [{ item: "i3" }, { item: "nothing" }, { item: "x", image: "/shop/same.png" }];
  const vectors = await pictureVectors(items, kept());
  const out = new Float32Array(3);
  expect([vectors.dim, vectors.count, vectors.readInto(out, 1)]).toEqual([3, 3, false]);
  for (const [at, colour] of [
    [0, colours[3]],
    [2, colours[0]],
  ] as const) {
    expect(vectors.readInto(out, at)).toBe(true);
    for (const [k, value] of colour.entries()) expect(Math.abs(out[k] - value)).toBeLessThan(1.1);
  }
});

test("a picture that is gone from the folder is no item's any more", async () => {
  await draw("a.png", [1, 2, 3]);
  await draw("b.png", [3, 2, 1]);
  await encodePictures(images, { ...kept(), load: toy().load }, () => {});
  rmSync(join(images, "a.png"));
  await encodePictures(images, { ...kept(), load: toy().load }, () => {});
  const { readInto } = await pictureVectors([{ item: "a" }, { item: "b" }], kept());
  expect([readInto(new Float32Array(3), 0), readInto(new Float32Array(3), 1)]).toEqual([false, true]);
});

test("what is no picture is told file by file, and nothing is encoded", async () => {
  await draw("good.png", [1, 2, 3]);
  writeFileSync(join(images, "page.jpg"), "<html>");
  const bomb = new Uint8Array(64);
  bomb.set(Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0", "latin1"));
  writeFileSync(join(images, "bomb.png"), bomb);
  const { asked, load } = toy();
  const refused = encodePictures(images, { ...kept(), load }, () => {});
  await expect(refused).rejects.toThrow(
    /bomb\.png: parsePictureHeader: pixels must be at most 50000000, got 65536 x 65536\n.*page\.jpg: parsePictureHeader: bytes must be of JPEG/,
  );
  expect(asked).toEqual([]);
  rmSync(join(images, "bomb.png"));
  // A header, and then nothing.
  writeFileSync(join(images, "page.jpg"), bomb.with(17, 0).with(21, 0).with(19, 9).with(23, 9));
  await expect(encodePictures(images, { ...kept(), load }, () => {})).rejects.toThrow(
    /page\.jpg: expected a picture that can be decoded, got /,
  );
  rmSync(join(images, "good.png"));
  rmSync(join(images, "page.jpg"));
  await expect(encodePictures(images, { ...kept(), load }, () => {})).rejects.toThrow(
    "expected pictures (.jpg",
  );
});

test("pixels are as a browser shows them: turned as the camera was, on white, of three colours", async () => {
  const halves = Buffer.from([255, 0, 0, 0, 0, 255]);
  const wide = sharp(halves, { raw: { width: 2, height: 1, channels: 3 } }).withMetadata({ orientation: 6 });
  const turned = await decodedPicture(new Uint8Array(await wide.webp({ lossless: true }).toBuffer()));
  expect([turned.width, turned.height, ...turned.rgb]).toEqual([1, 2, 255, 0, 0, 0, 0, 255]);
  const glass = sharp(Buffer.from([0, 0, 0, 51, 9, 9, 9, 0]), { raw: { width: 2, height: 1, channels: 4 } });
  const { rgb } = await decodedPicture(new Uint8Array(await glass.png().toBuffer()));
  expect(Array.from(rgb)).toEqual([204, 204, 204, 255, 255, 255]);
  const grey = sharp(Buffer.from([70]), { raw: { width: 1, height: 1, channels: 1 } });
  expect(Array.from((await decodedPicture(new Uint8Array(await grey.png().toBuffer()))).rgb)).toEqual([
    70, 70, 70,
  ]);
});

test("an encoder of images is none of texts, and none of texts is one of images", async () => {
  await expect(loadEncoder(join(data, "toy"))).rejects.toThrow(
    "toy must take texts, got one that takes images",
  );
  await expect(loadEncoder(keptFolder(keptEncoders(data), id))).rejects.toThrow("must take texts");
  makeToyFolder(join(data, "of texts"));
  await expect(keepEncoder(join(data, "of texts"), data, "images")).rejects.toThrow("must take images");
});
