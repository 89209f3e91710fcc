/** Small files of every form of picture that is read, as a library writes them. */
import sharp, { type Sharp } from "sharp";
import type { PictureHeader } from "../../../core/encoder/images/header.ts";

const width = 33;
const height = 21;
const red = { r: 200, g: 30, b: 40 };
const opaque = () => sharp({ create: { width, height, channels: 3, background: red } });
const halfRed = { ...red, alpha: 0.5 };
const glass = () => sharp({ create: { width, height, channels: 4, background: halfRed } });

async function file(kind: PictureHeader["kind"], made: Sharp) {
  const header: PictureHeader = { kind, width, height };
  return { bytes: new Uint8Array(await made.toBuffer()), header };
}

export const pictureFiles = {
  jpeg: await file("jpeg", opaque().jpeg()),
  "a JPEG in steps, that a camera turned": await file(
    "jpeg",
    opaque().withMetadata({ orientation: 6 }).jpeg({ progressive: true }),
  ),
  png: await file("png", opaque().png()),
  "a PNG that one sees through": await file("png", glass().png()),
  webp: await file("webp", opaque().webp()),
  "a WebP without loss": await file("webp", opaque().webp({ lossless: true })),
  "a WebP that one sees through": await file("webp", glass().webp()),
};
