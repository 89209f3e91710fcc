/** Paper, play and making: cards, notebooks, pencils, toys. */
import { box, type Glyph, round } from "../pen.ts";

export const card: Glyph = (pen) =>
  `<g transform="rotate(9 120 130)">${pen.part(box(70, 78, 92, 72, 4), "#fffaf0")}${pen.line("M70 80l46 36 46-36", 2)}</g>` +
  `<g transform="rotate(-6 90 100)">${pen.body(box(46, 42, 84, 112, 5)) + pen.part(box(60, 62, 56, 56, 4), "#fffaf0") + pen.flat("M88 108C70 94 66 84 71 78 76 72 84 74 88 82 92 74 100 72 105 78 110 84 106 94 88 108Z", pen.palette.accent.base) + pen.line("M68 134h40", 3)}</g>`;

export const playingCards: Glyph = (pen) =>
  `<g transform="rotate(-14 100 160)">${pen.body(box(62, 52, 70, 100, 8))}</g>` +
  `<g transform="rotate(12 100 160)">${pen.part(box(72, 52, 70, 100, 8), "#fffaf0") + pen.flat("M107 122C88 108 86 96 92 90 97 85 104 88 107 94 110 88 117 85 122 90 128 96 126 108 107 122Z", "#c8473f")}</g>`;

export const notebook: Glyph = (pen) =>
  pen.part("M60 48H150v112H60Z", "#fffaf0") +
  pen.body("M50 42H142a6 6 0 0 1 6 6v104a6 6 0 0 1-6 6H50Z") +
  pen.trim(box(72, 66, 56, 30, 3)) +
  pen.line("M60 42V158", 2) +
  pen.line("M82 81h36", 3) +
  pen.shine("M68 112v32");

export const calendar: Glyph = (pen) =>
  pen.part(box(42, 52, 116, 106, 8), "#fffaf0") +
  pen.body("M50 52h100a8 8 0 0 1 8 8v26H42V60a8 8 0 0 1 8-8Z") +
  pen.line("M70 42v20M100 42v20M130 42v20", 5) +
  pen.flat(
    [0, 1, 2, 3, 4, 5, 6, 7]
      .map((i) => box(56 + (i % 4) * 24, 100 + Math.floor(i / 4) * 26, 14, 14, 3))
      .join(""),
    pen.palette.main.base,
  );

export const album: Glyph = (pen) =>
  pen.body(box(36, 52, 128, 108, 8)) +
  pen.line("M52 52V160", 2) +
  pen.part(box(70, 74, 76, 62, 3), "#fffaf0") +
  pen.flat("M70 136l26-34 18 20 10-10 22 24Z", pen.palette.accent.base) +
  pen.flat(round(126, 92, 7), "#ecc95c");

export const pencils: Glyph = (pen) =>
  [60, 84, 108, 132]
    .map(
      (x, i) =>
        `${pen.part(`M${x} 70l8-28 8 28v50h-16Z`, [pen.palette.accent.base, pen.palette.main.base, "#ecc95c", "#6d9a6b"][i])}${pen.flat(`M${x + 5} 53l3-11 3 11Z`, pen.palette.main.deep)}`,
    )
    .join("") + pen.body("M48 96H160v54c0 14-112 14-112 0Z");

export const pencil: Glyph = (pen) =>
  `<g transform="rotate(38 100 100)">${pen.trim(box(86, 16, 28, 20, 6)) + pen.part(box(86, 36, 28, 12), "#c9ced2") + pen.body("M86 48h28v88l-14 34-14-34Z") + pen.part("M86 136h28l-14 34Z", "#f3dfc0") + pen.flat("M95 158h10l-5 12Z", pen.palette.main.deep)}</g>`;

export const eraser: Glyph = (pen) =>
  `<g transform="rotate(-16 100 110)">${pen.body(box(40, 80, 120, 58, 12)) + pen.part("M40 92a12 12 0 0 1 12-12h30v58H52a12 12 0 0 1-12-12Z", "#fffaf0")}</g>`;

export const tape: Glyph = (pen) =>
  pen.body("M100 150h66v-18c-20 4-40 0-66-4Z") +
  pen.body(round(92, 100, 56)) +
  pen.part(round(92, 100, 30), pen.palette.main.pale) +
  pen.shine("M46 88c4-14 12-24 24-30");

export const stickers: Glyph = (pen) =>
  pen.part(box(46, 40, 108, 120, 6), "#fffaf0") +
  pen.body(round(76, 74, 19)) +
  pen.trim("M124 92c-22-16-24-26-18-34 6-6 14-4 18 6 4-10 12-12 18-6 6 8 4 18-18 34Z") +
  pen.trim("M76 106l7 14 15 2-11 11 3 15-14-7-14 7 3-15-11-11 15-2Z") +
  pen.body(box(108, 110, 34, 36, 9));

export const magnet: Glyph = (pen) =>
  pen.cord("M66 60v38a34 34 0 0 0 68 0V60", 22) +
  pen.part(box(53, 46, 26, 22, 2), "#e3e7ea") +
  pen.part(box(121, 46, 26, 22, 2), "#e3e7ea");

export const chalkboard: Glyph = (pen) =>
  pen.body(box(36, 46, 128, 96, 6)) +
  pen.part(box(48, 58, 104, 72, 2), "#40504a") +
  `<path d="M62 78c14-10 24 10 38 0s24 8 36-2M62 98h52" fill="none" stroke="#f4efe2" stroke-width="3.5"/>` +
  pen.part(box(56, 140, 88, 10, 3));

export const calculator: Glyph = (pen) =>
  pen.body(box(56, 36, 88, 124, 12)) +
  pen.part(box(68, 50, 64, 26, 4), "#e4eddc") +
  pen.trim([0, 1, 2].flatMap((r) => [0, 1, 2].map((c) => box(68 + c * 23, 88 + r * 22, 18, 14, 4))).join(""));

export const tissues: Glyph = (pen) =>
  pen.part("M74 86c-6-30 8-44 16-36 4-14 20-18 26-4 12-4 20 14 8 40Z", "#fffaf0") +
  pen.body(box(36, 84, 128, 76, 8)) +
  pen.line("M66 92c10 8 58 8 68 0", 3) +
  pen.shine("M46 98v46");

export const jigsaw: Glyph = (pen) =>
  pen.body("M48 66h34c-8-22 30-22 22 0h38v34c22-8 22 30 0 22v38H48v-38c20 6 20-30 0-22Z") +
  pen.shine("M58 78h16");

export const blocks: Glyph = (pen) =>
  pen.body(box(40, 104, 58, 56, 6)) +
  pen.trim(box(102, 104, 58, 56, 6)) +
  pen.part(box(70, 46, 58, 56, 6), "#ecc95c") +
  pen.line(
    "M60 146l9-26 9 26M63 138h12M122 120v24h10a6 6 0 0 0 0-12h-10 8a6 6 0 0 0 0-12ZM108 64a12 12 0 1 0 0 18",
    3,
  );

export const robot: Glyph = (pen) =>
  pen.line("M100 46V30M60 112H44v26M140 112h16v26", 5) +
  pen.flat(round(100, 28, 6), "#c8473f") +
  pen.body(box(66, 44, 68, 48, 10)) +
  pen.part(round(86, 66, 8) + round(114, 66, 8), "#fffaf0") +
  pen.line("M86 82h28", 3) +
  pen.body(box(60, 94, 80, 66, 8)) +
  pen.trim(box(80, 108, 40, 26, 4));

export const teddy: Glyph = (pen) =>
  pen.body(round(66, 52, 16)) +
  pen.body(round(134, 52, 16)) +
  pen.body("M52 126c-12 6-16 22-8 28s16-2 20-10M148 126c12 6 16 22 8 28s-16-2-20-10Z") +
  pen.body(round(100, 130, 38, 32)) +
  pen.body(round(100, 80, 44, 38)) +
  pen.part(round(100, 94, 17, 13), pen.palette.main.pale) +
  pen.flat(`${round(84, 74, 4.5)}${round(116, 74, 4.5)}${round(100, 88, 6, 4)}`, pen.palette.main.deep) +
  pen.line("M100 92v6c-4 4-8 4-10 2M100 98c4 4 8 4 10 2", 2);

export const babushka: Glyph = (pen) =>
  pen.body(
    "M100 34c28 0 36 22 32 42 16 12 22 34 18 56-3 18-12 28-24 28H74c-12 0-21-10-24-28-4-22 2-44 18-56-4-20 4-42 32-42Z",
  ) +
  pen.part(round(100, 72, 21), "#fbe6d3") +
  pen.flat("M80 66c4-14 36-14 40 0-10-6-14-4-20-8-6 4-10 2-20 8Z", "#6b4630") +
  pen.flat(`${round(92, 74, 2.5)}${round(108, 74, 2.5)}`, "#4a3326") +
  pen.flat(`${round(86, 81, 4)}${round(114, 81, 4)}`, "#f0b4ac") +
  pen.trim(round(100, 124, 22, 24));

export const doll: Glyph = (pen) =>
  pen.part("M58 66c0-26 18-38 42-38s42 12 42 38c0 16-4 24-10 28H68c-6-4-10-12-10-28Z", "#9c6a45") +
  pen.body("M84 96h32l26 58c2 4 0 6-4 6H62c-4 0-6-2-4-6Z") +
  pen.part(round(100, 68, 28), "#fbe6d3") +
  pen.flat("M72 62c6-20 50-20 56 0-14 0-22-4-28-10-6 6-14 10-28 10Z", "#9c6a45") +
  pen.flat(`${round(90, 70, 3)}${round(110, 70, 3)}`, "#4a3326") +
  pen.line("M94 80c4 4 8 4 12 0", 2) +
  pen.trim("M128 40c12-12 24 2 12 10 6 10-10 14-12 2Z");

export const skittles: Glyph = (pen) =>
  [48, 84, 120]
    .map((x, i) =>
      (i === 1 ? pen.trim : pen.body)(
        `M${x + 16} 46c10 0 14 10 10 22-2 8-2 12 2 22 10 26 8 62 2 70H${x + 2}c-6-8-8-44 2-70 4-10 4-14 2-22-4-12 0-22 10-22Z`,
      ),
    )
    .join("") + pen.part(round(158, 146, 14), "#ecc95c");

export const rocket: Glyph = (pen) =>
  pen.flat("M86 150c4 18 10 22 14 26 4-4 10-8 14-26Z", "#f3b24f") +
  pen.trim("M72 104l-26 38h30ZM128 104l26 38h-30Z") +
  pen.body("M100 22c24 22 34 54 32 86-1 18-6 34-10 42H78c-4-8-9-24-10-42-2-32 8-64 32-86Z") +
  pen.part(round(100, 86, 15), "#e6f0f2");

export const helicopter: Glyph = (pen) =>
  pen.line("M40 52h120M100 52v18", 5) +
  pen.trim("M134 100l44-12v20l-40 10Z") +
  pen.body("M36 112c0-26 26-42 60-42 28 0 44 16 44 36 0 24-18 36-50 36-34 0-54-10-54-30Z") +
  pen.part("M44 106c4-16 18-24 38-26v26Z", "#e6f0f2") +
  pen.line("M56 158h84M76 142v16M118 140v18", 4);

export const sewing: Glyph = (pen) =>
  pen.line("M150 44L128 150", 3) +
  pen.line(round(151, 40, 4, 7), 2.5) +
  pen.body("M60 66h56v80H60Z") +
  pen.line("M60 80h56M60 94h56M60 108h56M60 122h56M60 136h56", 1.5) +
  pen.trim(box(50, 50, 76, 18, 6)) +
  pen.trim(box(50, 144, 76, 16, 6));

export const scissors: Glyph = (pen) =>
  pen.part("M104 104L70 30c-8 2-8 14-6 20l30 60ZM96 104l34-74c8 2 8 14 6 20l-30 60Z", "#c9ced2") +
  pen.cord(`${round(72, 136, 18, 22)}${round(128, 136, 18, 22)}`, 8) +
  pen.flat(round(100, 104, 4), pen.palette.main.deep);

export const patches: Glyph = (pen) =>
  pen.body(round(72, 82, 34)) +
  `<path d="${round(72, 82, 27)}" fill="none" stroke="${pen.palette.main.pale}" stroke-width="2" stroke-dasharray="5 5"/>` +
  pen.trim("M132 156c-36-26-38-44-30-54 10-12 24-6 30 8 6-14 20-20 30-8 8 10 6 28-30 54Z");
