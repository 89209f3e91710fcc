/** A picture as its pixels, whoever decoded it, and how large one may be. */

export interface Picture {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, 0..255 as sRGB has them, row by row; what was transparent is on white. */
  readonly rgb: Uint8Array | Uint8ClampedArray;
}

/**
 * What is decoded at all: a file of a few kilobytes can say that it holds gigabytes of pixels. A photograph of
 * 50 megapixels is 150 MB once decoded.
 */
export const pictureLimits = {
  /** Of the file. */
  bytes: 32 * 1024 * 1024,
  /** Width times height. */
  pixels: 50_000_000,
} as const;

/** @throws {RangeError} `who: …` for pixels of another number than width and height say. */
export function requirePixels({ width, height, rgb }: Picture, who: string): void {
  const isSize = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (isSize && rgb.length === 3 * width * height) return;
  throw new RangeError(`${who}: rgb must be 3 numbers for each of ${width} x ${height}, got ${rgb.length}`);
}

/** Pixels on white, of red, green, blue and opacity as a canvas gives them. */
export function onWhite(rgba: Uint8ClampedArray | Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const opacity = rgba[from + 3] / 255;
    for (let k = 0; k < 3; k++) rgb[to + k] = Math.round(255 + (rgba[from + k] - 255) * opacity);
  }
  return rgb;
}
