/** Light and celebration: candles, lanterns, bunting, baubles, wrapping. */
import { box, type Glyph, type Pen, round } from "../pen.ts";

const flameAt = (x: number, y: number): string =>
  `<path d="M${x} ${y - 24}c10 12 9 24 0 26-9-2-10-14 0-26Z" fill="#f3b24f"/><path d="M${x} ${y - 13}c4 6 4 12 0 13-4-1-4-7 0-13Z" fill="#fff3c9"/>`;

const pillar = (pen: Pen, x: number, top: number, width: number): string =>
  `${pen.body(box(x, top, width, 160 - top, 5)) + pen.line(`M${x + width / 2} ${top}v-7`, 2.5)}${flameAt(x + width / 2, top - 6)}`;

export const candle: Glyph = (pen) => pillar(pen, 66, 66, 68) + pen.shine("M76 84V140");

export const dinnerCandles: Glyph = (pen) =>
  [58, 92, 126].map((x, place) => pillar(pen, x, 54 + (place % 2) * 16, 16)).join("") +
  pen.trim(box(48, 112, 104, 16, 4));

export const teaLight: Glyph = (pen) =>
  pen.line("M100 88v-7", 2.5) +
  pen.body("M56 84c8 6 80 6 88 0 6 30 4 58-12 76H68c-16-18-18-46-12-76Z") +
  flameAt(100, 90) +
  pen.shine("M66 104c0 14 2 26 6 36");

export const lantern: Glyph = (pen) =>
  pen.cord("M84 44c0-24 32-24 32 0", 3) +
  pen.part("M72 66l14-22h28l14 22Z") +
  pen.part(box(66, 68, 68, 78, 3), "#fdf3d8") +
  flameAt(100, 112) +
  pen.part(box(86, 112, 28, 34, 2), "#fffaf0") +
  pen.line("M66 68V146M134 68V146M66 84l34-16 34 16", 4) +
  pen.body(box(56, 62, 88, 10, 3)) +
  pen.body(box(54, 144, 92, 16, 4));

export const paperLantern: Glyph = (pen) =>
  pen.cord("M100 48V6", 2.5, "#c9a977") +
  pen.body(round(100, 102, 56, 54)) +
  pen.line("M58 70h84M46 92h108M46 112h108M58 134h84", 1.6) +
  pen.trim(box(84, 40, 32, 12, 3)) +
  pen.trim(box(84, 152, 32, 10, 3));

export const lamp: Glyph = (pen) =>
  pen.cord("M100 100v44", 6, "#d1ab5c") +
  pen.part("M74 160c0-14 52-14 52 0Z", pen.palette.accent.base) +
  pen.body("M74 40h52l26 66c-20 10-84 10-104 0Z") +
  pen.shine("M80 56L66 94");

export const chandelier: Glyph = (pen) =>
  pen.cord("M100 60V8", 3) +
  pen.cord("M40 100c0 40 60 40 60 0V60c0 80 60 80 60 40", 4) +
  [40, 100, 160].map((x) => pen.part(box(x - 6, 78, 12, 24, 2), "#fffaf0") + flameAt(x, 76)).join("") +
  pen.flat(
    [56, 78, 100, 122, 144].map((x, i) => round(x, 138 + (i % 2) * 8, 5, 8)).join(""),
    pen.palette.accent.base,
  );

export const stringLights: Glyph = (pen) =>
  pen.line("M16 52c30 44 60 52 84 40s56 4 84-36", 3) +
  [
    [34, 78],
    [66, 98],
    [100, 94],
    [134, 94],
    [166, 78],
  ]
    .map(
      ([x, y], place) =>
        pen.line(`M${x} ${y - 6}v12`, 5) +
        (place % 2 ? pen.trim : pen.body)(`M${x - 11} ${y + 8}c-4 18 4 32 11 36 7-4 15-18 11-36Z`),
    )
    .join("");

export const incense: Glyph = (pen) =>
  pen.line("M92 128L72 40M100 128V34M108 128L128 40", 3.5) +
  `<path d="M100 32c-14-10 12-14 0-26" fill="none" stroke="#b8b0a6" stroke-width="3"/>` +
  pen.body("M58 122H142l-10 32a8 8 0 0 1-8 6H76a8 8 0 0 1-8-6Z") +
  pen.trim(box(52, 114, 96, 14, 5));

export const matches: Glyph = (pen) =>
  pen.line("M84 70L76 36M100 70V32M116 70L124 36", 5) +
  pen.flat(`${round(75, 34, 6)}${round(100, 30, 6)}${round(125, 34, 6)}`, "#c8473f") +
  pen.body(box(64, 62, 72, 98, 8)) +
  pen.part(box(76, 84, 48, 54, 4), "#fffaf0") +
  pen.trim(round(100, 111, 14));

export const bunting: Glyph = (pen) =>
  pen.line("M10 52c56 34 124 34 180 0", 3) +
  [
    [20, 57, 9],
    [58, 70, 4],
    [100, 76, 0],
    [142, 72, -5],
  ]
    .map(
      ([x, y, turn], place) =>
        `<g transform="rotate(${turn} ${x} ${y})">${(place % 2 ? pen.trim : pen.body)(`M${x - 2} ${y}h38l-19 58Z`)}</g>`,
    )
    .join("");

export const garland: Glyph = (pen) =>
  pen.line("M12 46c50 50 126 50 176 0", 3) +
  [
    [30, 64],
    [64, 84],
    [100, 90],
    [136, 84],
    [170, 64],
  ]
    .map(([x, y], place) =>
      (place % 2 ? pen.trim : pen.body)(
        `M${x} ${y + 40}c-22-16-24-26-18-34 6-6 14-4 18 6 4-10 12-12 18-6 6 8 4 18-18 34Z`,
      ),
    )
    .join("");

export const balloons: Glyph = (pen) =>
  pen.line("M74 112c4 20 24 30 26 52M130 104c-6 24-28 36-30 60", 2) +
  pen.trim("M130 40c20 0 30 16 30 34 0 20-16 32-30 32s-30-12-30-32c0-18 10-34 30-34Z") +
  pen.body("M74 46c22 0 32 16 32 34 0 22-18 34-32 34S42 102 42 80c0-18 10-34 32-34Z") +
  pen.shine("M54 78c0-10 5-16 12-19");

export const bauble: Glyph = (pen) =>
  pen.cord("M100 46V6", 2.5, "#c9a977") +
  pen.part(box(88, 40, 24, 14, 3), "#d1ab5c") +
  pen.body(round(100, 106, 54)) +
  pen.trim("M48 94c30 14 74 14 104 0 3 10 3 16 1 26-32 12-74 12-106 0-2-10-2-16 1-26Z") +
  pen.shine("M66 78c5-8 10-12 18-15");

export const tree: Glyph = (pen) =>
  pen.part(box(92, 136, 16, 26, 2), "#9c7355") +
  pen.body("M100 30l34 44h-14l28 34h-16l26 34H42l26-34H52l28-34H66Z") +
  pen.flat("M100 18l4 9 10 1-7 7 2 10-9-5-9 5 2-10-7-7 10-1Z", "#ecc95c") +
  pen.flat(
    `${round(88, 92, 5)}${round(116, 104, 5)}${round(78, 126, 5)}${round(120, 130, 5)}`,
    pen.palette.accent.base,
  );

export const stocking: Glyph = (pen) =>
  pen.cord("M70 44c-6-20 10-24 14-6", 3) +
  pen.body("M70 56h50v48c0 10 34 14 34 38 0 14-12 18-26 18-34 0-58-14-58-46Z") +
  pen.trim(box(62, 40, 66, 24, 7));

export const cracker: Glyph = (pen) =>
  `<g transform="rotate(-14 100 100)">${pen.trim("M18 74l34 18v24l-34 18 8-14-10-6 12-10-12-10 10-6ZM182 74l-34 18v24l34 18-8-14 10-6-12-10 12-10-10-6Z") + pen.body(box(50, 76, 100, 56, 10)) + pen.part(box(84, 76, 32, 56), pen.palette.accent.base)}</g>`;

export const giftBag: Glyph = (pen) =>
  pen.cord("M82 62c0-30 36-30 36 0", 3.5, pen.palette.accent.base) +
  pen.body(box(52, 60, 96, 100, 4)) +
  pen.line("M70 60v100", 1.4) +
  pen.trim("M100 96c-8-12-26-10-26 2s18 12 26 2c8 10 26 10 26-2s-18-14-26-2Z");

export const gift: Glyph = (pen) =>
  pen.body(box(50, 86, 100, 74, 4)) +
  pen.body(box(42, 66, 116, 24, 4)) +
  pen.trim(box(90, 66, 20, 94)) +
  pen.trim("M100 66c-10-26-40-24-36-8 2 10 24 10 36 8 12 2 34 2 36-8 4-16-26-18-36 8Z");

export const wrapRoll: Glyph = (pen) =>
  pen.body("M44 70c30-12 56 10 92-2 10-3 20 4 20 14v66c0 8-8 10-16 8-30-8-60 12-96 0Z") +
  pen.part(box(30, 54, 26, 106, 12), pen.palette.main.pale) +
  pen.line(round(43, 66, 6, 5), 2) +
  pen.shine("M70 84v52");

export const ribbonReel: Glyph = (pen) =>
  pen.body("M100 116c30 8 40 24 72 26v20c-40 0-50-18-78-22Z") +
  pen.body(round(92, 96, 58)) +
  pen.part(round(92, 96, 36), "#f3e2c6") +
  pen.trim(round(92, 96, 14)) +
  pen.shine("M46 80c6-14 14-21 26-26");

export const bow: Glyph = (pen) =>
  pen.body("M92 108L62 160l22-4 10 8 12-50ZM108 108l30 52-22-4-10 8-12-50Z") +
  pen.body("M100 96C80 56 34 52 34 82s42 44 66 18c24 26 66 12 66-18s-46-26-66 14Z") +
  pen.trim(round(100, 98, 13, 16));

export const paperChain: Glyph = (pen) =>
  [40, 70, 100, 130, 160]
    .map((x, place) =>
      pen.cord(
        round(x, 84 + (place % 2) * 26, 21),
        9,
        place % 2 ? pen.palette.accent.base : pen.palette.main.base,
      ),
    )
    .join("");

export const doily: Glyph = (pen) =>
  pen.part(
    Array.from({ length: 16 }, (_, i) =>
      round(
        Number((100 + 52 * Math.cos((i * Math.PI) / 8)).toFixed(1)),
        Number((102 + 52 * Math.sin((i * Math.PI) / 8)).toFixed(1)),
        11,
      ),
    ).join(""),
  ) +
  pen.body(round(100, 102, 54)) +
  pen.line(round(100, 102, 34), 2) +
  pen.line(round(100, 102, 18), 2);

export const napkins: Glyph = (pen) =>
  pen.part("M52 76L134 62l20 84-82 14Z", pen.palette.main.pale) +
  pen.body("M40 66H138V154H40Z") +
  pen.line("M40 66L138 154M52 66v0", 1.6) +
  pen.shine("M50 80v40");

export const straws: Glyph = (pen) =>
  pen.cord("M82 110L66 34l-14-8M118 110l14-80 14-6", 6, pen.palette.accent.base) +
  pen.cord("M100 110V26", 6) +
  pen.body("M62 84H138l-9 70a7 7 0 0 1-7 6H78a7 7 0 0 1-7-6Z");
