/**
 * Pictures drawn by whole numbers alone: the twin of server/encoders/export/drawn.py, of whose pictures
 * test/vectors/encoder/pictures.json has the vectors.
 */
import type { Picture } from "../../core/encoder/images/picture.ts";

export type Colour = readonly [red: number, green: number, blue: number];

export const shapes = ["disc", "square", "ring", "stripes", "checks", "cross"] as const;
export type Shape = (typeof shapes)[number];

export const inks: readonly Colour[] = [
  [200, 30, 40],
  [20, 90, 190],
  [30, 140, 60],
  [240, 190, 20],
];
export const papers: readonly Colour[] = [
  [255, 255, 255],
  [235, 225, 205],
];

export interface Drawing {
  readonly shape: Shape;
  readonly ink: Colour;
  readonly paper: Colour;
  /** Pixels along each side. */
  readonly size?: number;
}

/** A shape in the middle, the paper darker from left to right by up to 40. */
export function drawn({ shape, ink, paper, size = 224 }: Drawing): Picture {
  const rgb = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const shade = Math.floor((40 * x) / size);
      const colour = isInside(shape, { x, y, size }) ? ink : paper.map((value) => Math.max(0, value - shade));
      rgb.set(colour, 3 * (y * size + x));
    }
  }
  return { width: size, height: size, rgb };
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

function isInside(shape: Shape, { x, y, size }: Place): boolean {
  const across = Math.abs(2 * x + 1 - size);
  const down = Math.abs(2 * y + 1 - size);
  const square = across ** 2 + down ** 2;
  const isDisc = square * 4 <= Math.floor((size * 3) / 2) ** 2;
  switch (shape) {
    case "disc":
      return isDisc;
    case "square":
      return Math.max(across, down) * 5 <= size * 3;
    case "ring":
      return isDisc && square * 4 >= size ** 2;
    case "stripes":
      return Math.floor((x * 12) / size) % 2 === 0;
    case "checks":
      return (Math.floor((x * 8) / size) + Math.floor((y * 8) / size)) % 2 === 0;
    case "cross":
      return Math.min(across, down) * 5 <= size && Math.max(across, down) * 5 <= size * 4;
  }
}
