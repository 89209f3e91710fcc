/**
 * The exported encoder of images in Chromium, in a worker: decoded and encoded there, the vectors are the
 * server's.
 */
import type { Browser } from "@playwright/test";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { loadImageEncoder } from "../../server/encoders/load.ts";
import { decodedPicture } from "../../server/encoders/pictures/decode.ts";
import { openBrowser } from "../package/browser.ts";
import { askWorker } from "./askworker.ts";
import { type PictureFile, pictureFiles } from "./picturefiles.ts";
import type { Answer, Question } from "./picturesinworker.ts";
import { openSite, type Site } from "./site.ts";
import { cosine } from "./vectors.ts";

let browser: Browser;
let site: Site;
let files: readonly PictureFile[];

beforeAll(async () => {
  files = await pictureFiles();
  const bomb = new Uint8Array(64);
  // PNG of 65,536 x 65,536 pixels.
  bomb.set(Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\0\0\0\x01\0\0", "latin1"));
  const more = new Map([...files, { name: "bomb.png", bytes: bomb }].map(({ name, bytes }) => [name, bytes]));
  site = await openSite({ worker: "picturesinworker.ts", encoder: inject("imageEncoder"), more });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
});

async function answered(question: Question): Promise<Answer> {
  const page = await browser.newPage();
  await page.goto(site.page);
  return askWorker<Answer>(page, question);
}

test("a browser's worker gives the vectors that the server gives, of files of every form", async () => {
  const answer = await answered(files.map(({ name }) => `/${name}`));
  if (answer.answer !== "vectors") throw new Error(`expected vectors, got ${JSON.stringify(answer)}`);
  const encoder = await loadImageEncoder(inject("imageEncoder"));
  expect(answer.id).toBe(encoder.id);
  const agreement: Record<string, number> = {};
  for (const [at, { name, bytes }] of files.entries()) {
    const here = await encoder.encode([await decodedPicture(bytes)]);
    agreement[name] = cosine(here, answer.vectors[at]);
  }
  await encoder.close();
  for (const one of Object.values(agreement)) expect(one).toBeGreaterThan(0.99);
});

test("a picture of more pixels than are decoded is refused there too, before it is", async () => {
  expect(await answered(["/bomb.png"])).toEqual({
    answer: "refused",
    message: "parsePictureHeader: pixels must be at most 50000000, got 65536 x 65536",
  });
});
