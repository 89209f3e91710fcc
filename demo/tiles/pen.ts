/**
 * The few strokes every glyph is made of, so that all pictures share one outline, one light, one hand.
 *
 * A glyph is drawn in a square of 200 units; things stand on y = 160 or hang from the top edge. Light comes
 * from the upper left.
 */
import type { Palette } from "./palette.ts";

export interface Pen {
  readonly palette: Palette;
  /** The printed surface of the thing: colour, pattern, light, outline. */
  body(d: string): string;
  /** A plain part in the main colour, or in the given one, lit and outlined. */
  part(d: string, fill?: string): string;
  /** A plain part in the accent colour. */
  trim(d: string): string;
  /** A shape without outline. */
  flat(d: string, fill: string): string;
  /** A line in the outline's colour. */
  line(d: string, width?: number): string;
  /** A coloured line with an outline: handles, cords, wires. */
  cord(d: string, width: number, fill?: string): string;
  /** A soft highlight. */
  shine(d: string): string;
}

export type Glyph = (pen: Pen) => string;

export function penFor(palette: Palette, patternId: string | null, lightId: string): Pen {
  const { main, accent } = palette;
  const outline = (colour: string) => `stroke="${colour}" stroke-width="2.5"`;
  const lit = (d: string) => `<path d="${d}" fill="url(#${lightId})"/>`;
  return {
    palette,
    body: (d) =>
      `<path d="${d}" fill="${main.base}"/>` +
      (patternId === null ? "" : `<path d="${d}" fill="url(#${patternId})"/>`) +
      lit(d) +
      `<path d="${d}" fill="none" ${outline(main.deep)}/>`,
    part: (d, fill = main.base) =>
      `<path d="${d}" fill="${fill}"/>${lit(d)}<path d="${d}" fill="none" ${outline(main.deep)}/>`,
    trim: (d) =>
      `<path d="${d}" fill="${accent.base}"/>${lit(d)}<path d="${d}" fill="none" ${outline(accent.deep)}/>`,
    flat: (d, fill) => `<path d="${d}" fill="${fill}"/>`,
    line: (d, width = 2.5) => `<path d="${d}" fill="none" stroke="${main.deep}" stroke-width="${width}"/>`,
    cord: (d, width, fill = main.base) =>
      `<path d="${d}" fill="none" stroke="${main.deep}" stroke-width="${width + 5}"/>` +
      `<path d="${d}" fill="none" stroke="${fill}" stroke-width="${width}"/>`,
    shine: (d) => `<path d="${d}" fill="none" stroke="#fff" stroke-opacity=".6" stroke-width="4.5"/>`,
  };
}

/** Rectangle with round corners, as path data. */
export function box(x: number, y: number, width: number, height: number, r = 0): string {
  if (r === 0) return `M${x} ${y}h${width}v${height}h${-width}Z`;
  const w = width - 2 * r;
  const h = height - 2 * r;
  return `M${x + r} ${y}h${w}a${r} ${r} 0 0 1 ${r} ${r}v${h}a${r} ${r} 0 0 1 ${-r} ${r}h${-w}a${r} ${r} 0 0 1 ${-r} ${-r}v${-h}a${r} ${r} 0 0 1 ${r} ${-r}Z`;
}

/** Ellipse (or circle), as path data. */
export function round(x: number, y: number, rx: number, ry = rx): string {
  return `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0Z`;
}
