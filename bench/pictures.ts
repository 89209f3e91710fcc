/**
 * npm run bench:pictures -- --image-encoder FOLDER: what content by pictures costs, and whether Node and
 * Chromium agree. FOLDER as `npm run image-encoder -- FOLDER` makes it.
 *
 *   files      bytes of the model
 *   ms         medians over drawn pictures of 800 x 800 pixels as JPEG, one thread: decoding, encoding
 *   agreement  smallest cosine of a picture's vectors, decoded and encoded in Node and in Chromium
 *   neighbours part of drawings, in sizes, colours and margins of photographs, whose nearest other one is of the
 *              same shape, by the encoder's vectors as they are and by a content row's part. A law of the code,
 *              not a measure of any shop: no log of a shop is published with its pictures.
 *   fit        seconds that the axes of 20,000 pictures take
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { parsePictureHeader } from "../core/encoder/images/header.ts";
import { seededRandom } from "../core/seeded.ts";
import { loadImageEncoder, manifestFor } from "../server/encoders/load.ts";
import { decodedPicture } from "../server/encoders/pictures/decode.ts";
import {
  fitPictures,
  type ItemVectors,
  meaningInto,
  pictureDefaults,
} from "../server/publishing/import/meaning.ts";
import { drawn, inks, papers, shapes } from "../test/encoder/drawn.ts";
import type { Answer } from "../test/encoder/picturesinworker.ts";
import { openSite } from "../test/encoder/site.ts";
import { openBrowser } from "../test/package/browser.ts";
import { writeResults } from "./results.ts";

const { values: flags } = parseArgs({ options: { "image-encoder": { type: "string" } } });
const folder = flags["image-encoder"];
if (folder === undefined) throw new Error("pictures: expected --image-encoder FOLDER, got none");

const manifest = await manifestFor("images", folder);
const modelBytes = readFileSync(join(folder, manifest.files.model.path)).length;
const random = seededRandom(11);
const perShape = 12;
const files = await Promise.all(
  shapes.flatMap((shape) =>
    Array.from({ length: perShape }, async (_, k) => {
      const tint = 0.85 + random() * 0.3;
      const ink = inks[Math.floor(random() * inks.length)].map((value) =>
        Math.min(255, Math.floor(value * tint)),
      );
      const paper = papers[Math.floor(random() * papers.length)];
      const margin = Math.floor(random() * 150);
      const { rgb, width, height } = drawn({
        shape,
        ink: [ink[0], ink[1], ink[2]],
        paper,
        size: 800 - 2 * margin,
      });
      const [r, g, b] = paper;
      const made = sharp(rgb, { raw: { width, height, channels: 3 } })
        .extend({ top: margin, bottom: margin, left: margin, right: margin, background: { r, g, b } })
        .jpeg({ quality: 60 + Math.floor(random() * 35) });
      return { name: `${shape}${k}.jpg`, shape, bytes: new Uint8Array(await made.toBuffer()) };
    }),
  ),
);
const { width, height } = parsePictureHeader(files[0].bytes);

const median = (values: readonly number[]) => values.toSorted((one, two) => one - two)[values.length >> 1];
const dot = (one: ArrayLike<number>, two: ArrayLike<number>) =>
  Array.from(one).reduce((sum, value, k) => sum + value * two[k], 0);

const began = performance.now();
const encoder = await loadImageEncoder(folder);
const loadMs = performance.now() - began;
const decodeMs: number[] = [];
const encodeMs: number[] = [];
const vectors: Float32Array[] = [];
for (const { bytes } of files) {
  const first = performance.now();
  const picture = await decodedPicture(bytes);
  const between = performance.now();
  vectors.push(await encoder.encode([picture]));
  decodeMs.push(between - first);
  encodeMs.push(performance.now() - between);
}
await encoder.close();

const chromium = await inChromium(folder);
const agreement = Math.min(...vectors.map((vector, at) => dot(vector, chromium.vectors[at])));

const itemVectors: ItemVectors = {
  encoder: "drawn",
  dim: manifest.dim,
  count: vectors.length,
  readInto: (out, at) => {
    out.set(vectors[at]);
    return true;
  },
};
const space = fitPictures(itemVectors, pictureDefaults);
if (space === null) throw new Error("pictures: expected axes, got none");
const rows = vectors.map((vector) => {
  const row = new Float64Array(space.dim);
  meaningInto(row, 0, vector, space);
  return row;
});

const many = 20_000;
const source = Float32Array.from({ length: manifest.dim * 64 }, () => random());
const fitBegan = performance.now();
fitPictures(
  {
    encoder: "random",
    dim: manifest.dim,
    count: many,
    readInto: (out, at) => {
      const start = (at * 7) % (source.length - manifest.dim);
      out.set(source.subarray(start, start + manifest.dim));
      return true;
    },
  },
  pictureDefaults,
);
const fitSeconds = (performance.now() - fitBegan) / 1000;

const results = {
  pixels: `${width} x ${height}`,
  pictures: files.length,
  modelBytes,
  node: { loadMs, decodeMs: median(decodeMs), encodeMs: median(encodeMs) },
  chromium: { decodeMs: chromium.decodeMs, encodeMs: chromium.encodeMs },
  agreement,
  neighbours: { vectors: likeNearest(vectors), rows: likeNearest(rows) },
  fit: { pictures: many, seconds: fitSeconds },
};
console.log(
  `${manifest.name}: ${(modelBytes / 1e6).toFixed(2)} MB; ${files.length} pictures of ${width} x ${height}`,
);
console.table({
  Node: { decode: results.node.decodeMs.toFixed(1), encode: results.node.encodeMs.toFixed(1) },
  Chromium: { decode: results.chromium.decodeMs.toFixed(1), encode: results.chromium.encodeMs.toFixed(1) },
});
console.log(
  `first session in Node: ${loadMs.toFixed(0)} ms; smallest cosine of Node and Chromium: ${agreement.toFixed(6)}`,
);
console.log(
  `nearest is of the same shape: vectors ${results.neighbours.vectors.toFixed(3)}, rows ${results.neighbours.rows.toFixed(3)}, by chance ${((perShape - 1) / (files.length - 1)).toFixed(3)}`,
);
console.log(`axes of ${many} pictures: ${fitSeconds.toFixed(1)} s`);
writeResults("pictures", results);

function likeNearest(all: readonly ArrayLike<number>[]): number {
  const like = files.filter(({ shape }, at) => {
    const nearness = all.map((other, place) =>
      place === at ? Number.NEGATIVE_INFINITY : dot(all[at], other),
    );
    return files[nearness.indexOf(Math.max(...nearness))].shape === shape;
  });
  return like.length / files.length;
}

async function inChromium(encoderFolder: string): Promise<Extract<Answer, { readonly answer: "vectors" }>> {
  const more = new Map(files.map(({ name, bytes }) => [name, bytes]));
  const site = await openSite({ worker: "picturesinworker.ts", encoder: encoderFolder, more });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(site.page);
    const answer = await page.evaluate(
      (question) =>
        new Promise<Answer>((resolve, reject) => {
          const { worker } = globalThis as unknown as { readonly worker: Worker };
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(question);
        }),
      files.map(({ name }) => `/${name}`),
    );
    if (answer.answer !== "vectors")
      throw new Error(`pictures: expected vectors, got ${JSON.stringify(answer)}`);
    return answer;
  } finally {
    await browser.close();
    site.close();
  }
}
