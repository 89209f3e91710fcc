/**
 * What is printed on a thing, read from its title: spots, stripes, hearts, roses, a flag.
 *
 * Each pattern is the inside of an SVG `<pattern>` with its own repeat; colours come from the palette.
 */
import { isLight, type Palette } from "./palette.ts";

interface Print {
  readonly width: number;
  readonly height: number;
  readonly marks: string;
  /** Degrees the repeat is turned by. */
  readonly turn?: number;
}

type Draw = (ink: string, second: string) => Print;

const heart = "M0 4.6C-5 .8-4.6-3.6-1.9-3.6-.8-3.6 0-2.6 0-1.9 0-2.6.8-3.6 1.9-3.6 4.6-3.6 5 .8 0 4.6Z";
const star = "M0-5 1.3-1.6 4.8-1.5 2-.7 3 4 0 2-3 4-2-.7-4.8-1.5-1.3-1.6Z";

const spots: Draw = (ink) => print(22, 22, dot(5.5, 5.5, 4, ink) + dot(16.5, 16.5, 4, ink));
const smallDots: Draw = (ink) => print(14, 14, dot(3.5, 3.5, 2, ink) + dot(10.5, 10.5, 2, ink));
const stripes: Draw = (ink) => print(14, 14, `<path d="M0 0H6V14H0Z" fill="${ink}"/>`);
const gingham: Draw = (ink) =>
  print(16, 16, `<path d="M0 0H8V16H0Z M0 0H16V8H0Z" fill="${ink}" fill-opacity=".55"/>`);
const hearts: Draw = (ink) => print(24, 22, at(6, 6, path(heart, ink)) + at(18, 17, path(heart, ink)));
const stars: Draw = (ink) => print(26, 24, at(7, 7, path(star, ink)) + at(20, 19, path(star, ink)));
const flowers: Draw = (ink, second) =>
  print(30, 28, at(8, 8, daisy(ink, second)) + at(23, 22, daisy(ink, second)));
const roses: Draw = (ink, second) =>
  print(34, 32, at(9, 9, rosebud(ink, second)) + at(26, 25, rosebud(ink, second)));
const leaves: Draw = (ink) =>
  print(26, 26, at(7, 8, leaf(ink)) + at(20, 20, `<g transform="rotate(90)">${leaf(ink)}</g>`));
const paisley: Draw = (ink, second) =>
  print(28, 28, at(8, 9, drop(ink, second)) + at(22, 23, drop(ink, second)), 20);
const skulls: Draw = (ink) => print(26, 26, at(7, 8, skull(ink)) + at(20, 21, skull(ink)));
const fruit: Draw = (ink, second) =>
  print(26, 26, at(7, 7, berry(ink, second)) + at(20, 20, berry(ink, second)));
const lace: Draw = (ink) =>
  print(
    18,
    18,
    `<g fill="none" stroke="${ink}" stroke-width="1.3"><circle cx="9" cy="9" r="6"/><circle cx="9" cy="9" r="2"/>` +
      `<path d="M0 0 4 4M18 0 14 4M0 18 4 14M18 18 14 14"/></g>`,
  );
const lattice: Draw = (ink) =>
  print(14, 14, `<path d="M0 0H14M0 0V14" stroke="${ink}" stroke-width="2"/>`, 45);
const circles: Draw = (ink, second) =>
  print(
    28,
    28,
    `<circle cx="14" cy="14" r="9" fill="none" stroke="${ink}" stroke-width="3"/>${dot(14, 14, 4, second)}`,
  );
const flutter: Draw = (ink, second) =>
  print(28, 26, at(8, 8, butterfly(ink, second)) + at(21, 20, butterfly(ink, second)));
const flag: Draw = () =>
  print(
    100,
    60,
    `<path d="M0 0H100V60H0Z" fill="#3f5a80"/><path d="M0 0 100 60M100 0 0 60" stroke="#fbf4ea" stroke-width="13"/>` +
      `<path d="M0 0 100 60M100 0 0 60" stroke="#c8473f" stroke-width="5"/>` +
      `<path d="M50 0V60M0 30H100" stroke="#fbf4ea" stroke-width="21"/><path d="M50 0V60M0 30H100" stroke="#c8473f" stroke-width="12"/>`,
  );

const rules: readonly (readonly [RegExp, Draw])[] = [
  [/union|\bjack\b|british|king'?s choice/i, flag],
  [/retro ?spots?|spotty|\bspots?\b/i, spots],
  [/polka ?dots?|polka|dotty|\bdots\b|gumball/i, smallDots],
  [/gingham|check|tartan|plaid/i, gingham],
  [/strip(?:e|es|ey|y)\b|\blinen\b|deckchair|sailor/i, stripes],
  [/skulls?/i, skulls],
  [/strawberr|apples?|cherr|fruit|tutti|pears?/i, fruit],
  [/paisley|paisely/i, paisley],
  [/hearts?|\blove\b|sweetheart|dolly/i, hearts],
  [/stars?\b|space|snowflakes?|magic|circus|rocket/i, stars],
  [/rose\b|roses|rosie|regency|peony|boudoir/i, roses],
  [
    /flowers?|floral|dais(?:y|ies)|poppy|poppies|blossom|botani|posy|posies|suki|meadow|chrysanthemum|lily/i,
    flowers,
  ],
  [/butterfl/i, flutter],
  [/lea(?:f|ves)|woodland|forest|fern|botanical|morris|holly|jungle|tropical/i, leaves],
  [/lace|doil(?:y|ies)|crochet|filigree|baroque|damask|rococo/i, lace],
  [/lattice|trellis|quilted|wicker|basket|woven|rattan|honeycomb/i, lattice],
  [/circles?|orbit|abstract|psychedelic|retro\b|70'?s|swirl/i, circles],
];

/** The inside of `<defs>` for what is printed on a thing, or an empty string when nothing is. */
export function patternOf(title: string, { main, accent }: Palette, id: string): string {
  const draw = rules.find(([words]) => words.test(title))?.[1];
  if (draw === undefined) return "";
  const lightSurface = isLight(main);
  const ink = lightSurface ? accent.base : main.pale;
  const second = lightSurface ? accent.deep : accent.base === main.base ? main.deep : accent.base;
  const { width, height, marks, turn } = draw(ink, second);
  const turned = turn === undefined ? "" : ` patternTransform="rotate(${turn})"`;
  return `<pattern id="${id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse"${turned}>${marks}</pattern>`;
}

function print(width: number, height: number, marks: string, turn?: number): Print {
  return turn === undefined ? { width, height, marks } : { width, height, marks, turn };
}

function at(x: number, y: number, marks: string): string {
  return `<g transform="translate(${x} ${y})">${marks}</g>`;
}

function dot(x: number, y: number, r: number, fill: string): string {
  return `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
}

function path(d: string, fill: string): string {
  return `<path d="${d}" fill="${fill}"/>`;
}

function daisy(ink: string, second: string): string {
  const petals = [0, 72, 144, 216, 288].map((turn) => {
    const angle = (turn * Math.PI) / 180;
    return dot(
      Number((4.2 * Math.sin(angle)).toFixed(2)),
      Number((-4.2 * Math.cos(angle)).toFixed(2)),
      2.9,
      ink,
    );
  });
  return petals.join("") + dot(0, 0, 2.4, second);
}

function rosebud(ink: string, second: string): string {
  const leafShape = '<path d="M-8 3C-10-2-6-4-3 0ZM8 3C10-2 6-4 3 0Z" fill="#6d9a6b"/>';
  return `${leafShape + dot(0, 0, 5.4, ink)}<path d="M-3 0a3 3 0 1 1 4 2.6M-1 .6a1.4 1.4 0 1 1 2 .6" fill="none" stroke="${second}" stroke-width="1.3" stroke-linecap="round"/>`;
}

function leaf(ink: string): string {
  return `<path d="M-5 5C-6-3 0-6 6-6 6 0 3 6-5 5Z" fill="${ink}"/>`;
}

function drop(ink: string, second: string): string {
  return `<path d="M0 6C-6 5-6-3 0-5 4-6 7-4 6-2 4-3 3-2 4 1 4 4 2 6 0 6Z" fill="${ink}"/>${dot(-0.6, 1.4, 1.9, second)}`;
}

function skull(ink: string): string {
  return `<path d="M-5-1A5 5 0 0 1 5-1C5 1 4 2 3 2.6V5H-3V2.6C-4 2-5 1-5-1ZM-2.9-1.4A1.3 1.3 0 1 0-2.8 1M2.9-1.4A1.3 1.3 0 1 1 2.8 1" fill="${ink}" fill-rule="evenodd"/>`;
}

function berry(ink: string, second: string): string {
  return `<path d="M0 6C-5 3-6-3-3-4-1.600-4.500-.5-4 0-3 .5-4 1.600-4.500 3-4 6-3 5 3 0 6Z" fill="${ink}"/><path d="M0-3C0-5 2-7 4-6 3-4 2-3 0-3Z" fill="${second}"/>`;
}

function butterfly(ink: string, second: string): string {
  return `<path d="M0 0C-3-6-8-5-7-1-6.500 1-3 1.500 0 0ZM0 0C3-6 8-5 7-1 6.500 1 3 1.500 0 0ZM0 0C-3 5-6 4-5 2-4 .5-2 0 0 0ZM0 0C3 5 6 4 5 2 4 .5 2 0 0 0Z" fill="${ink}"/><path d="M0-3V3" stroke="${second}" stroke-width="1.200"/>`;
}
