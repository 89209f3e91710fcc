/** Drawn pictures as files of every form, as shops have them. */
import sharp, { type Sharp } from "sharp";
import { drawn, inks, papers, type Shape } from "./drawn.ts";

export interface PictureFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** By width and height: wide, tall, turned by its camera, in steps, without loss, and one that one sees through. */
export async function pictureFiles(): Promise<readonly PictureFile[]> {
  const file = async (name: string, made: Sharp): Promise<PictureFile> => ({
    name,
    bytes: new Uint8Array(await made.toBuffer()),
  });
  const of = (shape: Shape, ink: number, size: number) => {
    const { rgb, width, height } = drawn({ shape, ink: inks[ink], paper: papers[0], size });
    return sharp(rgb, { raw: { width, height, channels: 3 } });
  };
  const wide = of("disc", 0, 400).extend({ left: 90, right: 110, background: "#e8e0d0" });
  const tall = of("ring", 1, 600).extend({ top: 40, bottom: 300, background: "#406080" });
  return Promise.all([
    file("wide.jpg", wide.jpeg({ quality: 85 })),
    file("tall.webp", tall.webp({ quality: 80 })),
    file("turned.jpg", tall.clone().rotate(90).withMetadata({ orientation: 8 }).jpeg({ quality: 90 })),
    file("steps.jpg", of("cross", 2, 900).jpeg({ progressive: true })),
    file("small.png", of("square", 3, 120).png()),
    file("lossless.webp", of("stripes", 0, 300).webp({ lossless: true })),
    file("glass.png", of("checks", 1, 256).ensureAlpha(0.4).png()),
    file("grey.jpg", of("ring", 2, 350).greyscale().jpeg()),
  ]);
}
