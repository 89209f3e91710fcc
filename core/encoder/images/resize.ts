/**
 * The middle square of a picture in so many pixels, by a triangle filter: bilinear where it grows, and where
 * it shrinks each pixel is a mean over all that it stands for, so that none is left out.
 *
 *   out_i = sum_x in_x w((x + 1/2 - c_i) / f) / sum_x w(…),   w(t) = max(0, 1 - |t|)
 *   c_i = first + (i + 1/2) s,   s = side / size,   f = max(1, s)
 *
 * along rows, then along columns. The same in every browser and on the server: none resizes as another does.
 */
import { type Picture, requirePixels } from "./picture.ts";

/**
 * Numbers 0..255, not rounded: red, green and blue of `size` x `size` pixels, row by row.
 *
 * @throws {RangeError} for pixels of another number than the picture says.
 */
export function middleSquare(picture: Picture, size: number): Float32Array {
  requirePixels(picture, "middleSquare");
  const { width, height, rgb } = picture;
  const side = Math.min(width, height);
  const across = tapsOf({ first: (width - side) / 2, side, most: width, size });
  const down = tapsOf({ first: (height - side) / 2, side, most: height, size });
  const top = down[0].from;
  const rows = down[size - 1].from + down[size - 1].weights.length - top;
  // Along rows: only those that count.
  const narrow = new Float32Array(rows * size * 3);
  for (let row = 0; row < rows; row++) {
    const start = (top + row) * width;
    for (let x = 0; x < size; x++) {
      const { from, weights } = across[x];
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let k = 0, at = 3 * (start + from); k < weights.length; k++, at += 3) {
        red += weights[k] * rgb[at];
        green += weights[k] * rgb[at + 1];
        blue += weights[k] * rgb[at + 2];
      }
      narrow.set([red, green, blue], 3 * (row * size + x));
    }
  }
  const out = new Float32Array(size * size * 3);
  const line = new Float64Array(size * 3);
  for (let y = 0; y < size; y++) {
    const { from, weights } = down[y];
    line.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const start = (from + k - top) * line.length;
      for (let at = 0; at < line.length; at++) line[at] += weights[k] * narrow[start + at];
    }
    out.set(line, y * line.length);
  }
  return out;
}

interface Taps {
  /** The first pixel that counts. */
  readonly from: number;
  /** Of it and those behind it; their sum is 1. */
  readonly weights: Float64Array;
}

interface Stretch {
  /** Where the square begins, and how long it is, in pixels of the picture. */
  readonly first: number;
  readonly side: number;
  /** Pixels that there are. */
  readonly most: number;
  /** Pixels wanted. */
  readonly size: number;
}

function tapsOf({ first, side, most, size }: Stretch): readonly Taps[] {
  const scale = side / size;
  const foot = Math.max(1, scale);
  return Array.from({ length: size }, (_, i) => {
    const centre = first + (i + 0.5) * scale;
    const from = Math.max(0, Math.ceil(centre - foot - 0.5));
    const to = Math.min(most - 1, Math.floor(centre + foot - 0.5));
    const heights = Float64Array.from({ length: to - from + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs((from + k + 0.5 - centre) / foot)),
    );
    const sum = heights.reduce((all, height) => all + height, 0);
    return { from, weights: heights.map((height) => height / sum) };
  });
}
