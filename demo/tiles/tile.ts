/**
 * A product's picture: an SVG drawn from its words, the same on every device.
 *
 * The palette comes from colours and materials, the print from motifs, the glyph from nouns. The dim layer is
 * transparent by day; the style sheet raises it in the dark, so that only the wall darkens and the thing
 * stays.
 */
import type { Family } from "../catalogue/family.ts";
import { glyphOf } from "./glyph.ts";
import { hashOf, paletteOf } from "./palette.ts";
import { patternOf } from "./pattern.ts";
import { penFor } from "./pen.ts";

export interface Pictured {
  readonly id: string;
  readonly title: string;
  readonly family: Family;
}

/** SVG markup of a product's tile, `viewBox` 200 by 200, without size: the style sheet gives it one. */
export function tileSvg({ id, title, family }: Pictured): string {
  const name = `t${id.replace(/\W/g, "")}`;
  const palette = paletteOf(id, title);
  const print = patternOf(title, palette, `${name}p`);
  const pen = penFor(palette, print === "" ? null : `${name}p`, `${name}l`);
  const thing = glyphOf(title, family)(pen);
  const several = /\b(?:sets? of|packs? of|box of|pair)\b/i.test(title);
  const lean = (hashOf(id) % 5) - 2;
  const placed = several
    ? `<g transform="translate(-14 2) scale(.86)" opacity=".62">${thing}</g><g transform="translate(34 20) scale(.88)">${thing}</g>`
    : `<g transform="translate(10 10) scale(.9) rotate(${lean} 100 160)">${thing}</g>`;
  return (
    `<svg viewBox="0 0 200 200" aria-hidden="true" focusable="false" stroke-linecap="round" stroke-linejoin="round"><defs>` +
    `<linearGradient id="${name}l" x1="0" y1="0" x2="1" y2=".35"><stop offset="0" stop-color="#fff" stop-opacity=".34"/><stop offset=".45" stop-color="#fff" stop-opacity="0"/>` +
    `<stop offset="1" stop-color="${palette.main.deep}" stop-opacity=".24"/></linearGradient>${print}</defs>` +
    `<path d="M0 0H200V200H0Z" fill="${palette.main.wall}"/><path d="M0 138H200V200H0Z" fill="${palette.main.deep}" fill-opacity=".09"/>` +
    `<path d="M0 0H200V200H0Z" class="tile-dim"/><ellipse cx="106" cy="156" rx="66" ry="9" fill="#3b2a20" fill-opacity=".13"/>${placed}</svg>`
  );
}
