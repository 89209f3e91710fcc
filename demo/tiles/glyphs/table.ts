/** Things on a table: cups, plates, jars, cakes. */
import { box, type Glyph, round } from "../pen.ts";

export const mug: Glyph = (pen) =>
  pen.cord("M132 92h10a18 18 0 0 1 0 42h-12", 8) +
  pen.body("M58 72H134V146a14 14 0 0 1-14 14H72a14 14 0 0 1-14-14Z") +
  pen.part(round(96, 72, 38, 8), pen.palette.main.pale) +
  pen.shine("M68 92V136");

export const teacup: Glyph = (pen) =>
  pen.cord("M138 96c22-6 26 26-8 28", 6) +
  pen.part("M38 150H162c-6 10-22 12-36 12H74c-14 0-30-2-36-12Z", pen.palette.main.pale) +
  pen.body("M52 84H146c0 40-14 62-36 66H88C66 146 52 124 52 84Z") +
  pen.part(round(99, 84, 47, 8), pen.palette.main.pale) +
  pen.shine("M64 100c2 14 6 24 12 32");

export const teapot: Glyph = (pen) =>
  pen.cord("M62 98c-34-8-36 40 2 40", 7) +
  pen.part("M134 112c16 0 16-30 34-32l4 8c-12 6-8 40-36 52Z") +
  pen.body("M100 78c34 0 46 24 46 46 0 20-14 36-26 36H80c-12 0-26-16-26-36 0-22 12-46 46-46Z") +
  pen.part("M74 82c2-14 50-14 52 0-8 6-44 6-52 0Z", pen.palette.accent.base) +
  pen.part(round(100, 66, 7)) +
  pen.shine("M68 110c0 12 2 22 8 30");

export const plate: Glyph = (pen) =>
  pen.body(round(100, 104, 62)) +
  pen.part(round(100, 104, 40), pen.palette.main.pale) +
  pen.line(round(100, 104, 33), 1.5) +
  pen.shine("M52 90c6-16 16-26 30-32");

export const bowl: Glyph = (pen) =>
  pen.part("M78 150h44l6 12H72Z") +
  pen.body("M36 94H164c0 36-24 58-48 60H84C60 152 36 130 36 94Z") +
  pen.part(round(100, 94, 64, 11), pen.palette.main.pale) +
  pen.shine("M50 112c4 12 10 20 18 26");

export const jug: Glyph = (pen) =>
  pen.cord("M126 78c34-6 34 52 2 54", 7) +
  pen.body(
    "M70 56l-14-10 66 2 6 10c-4 20 10 36 10 64 0 24-10 38-22 38H80c-12 0-22-14-22-38 0-28 16-44 12-66Z",
  ) +
  pen.shine("M72 104c-4 14-2 28 4 40");

export const drinkingGlass: Glyph = (pen) =>
  `<g fill-opacity=".9">${pen.body("M66 54H134l-8 98a9 9 0 0 1-9 8H83a9 9 0 0 1-9-8Z")}</g>` +
  pen.part(round(100, 54, 34, 7), pen.palette.main.pale) +
  pen.shine("M80 74l5 66");

export const goblet: Glyph = (pen) =>
  pen.part("M96 106h8v44h22a6 6 0 0 1 0 10H74a6 6 0 0 1 0-10h22Z") +
  pen.body("M66 44H134c4 40-10 66-34 66S62 84 66 44Z") +
  pen.part(round(100, 44, 34, 7), pen.palette.main.pale) +
  pen.shine("M78 60c0 14 2 24 8 32");

export const jar: Glyph = (pen) =>
  pen.body("M62 74c-8 6-10 12-10 20v54a12 12 0 0 0 12 12h72a12 12 0 0 0 12-12V94c0-8-2-14-10-20Z") +
  pen.trim(box(58, 52, 84, 24, 6)) +
  pen.part(box(72, 98, 56, 40, 4), "#fffaf0") +
  pen.line("M84 112h32M90 124h20", 2) +
  pen.shine("M62 96v44");

export const bottle: Glyph = (pen) =>
  pen.trim(box(90, 28, 20, 18, 4)) +
  pen.body("M90 46h20v26c0 10 22 18 22 38v42a8 8 0 0 1-8 8H76a8 8 0 0 1-8-8v-42c0-20 22-28 22-38Z") +
  pen.part(box(76, 112, 48, 30, 3), "#fffaf0") +
  pen.line("M86 122h28M92 132h16", 2) +
  pen.shine("M76 106c2-8 8-14 14-20");

export const cakeStand: Glyph = (pen) =>
  pen.part("M94 96h12v50h20a7 7 0 0 1 4 14H70a7 7 0 0 1 4-14h20Z") +
  pen.body("M34 88H166c-2 14-16 18-30 18H64c-14 0-28-4-30-18Z") +
  pen.part(round(100, 88, 66, 9), pen.palette.main.pale) +
  pen.trim("M66 84c0-26 14-32 34-32s34 6 34 32c-14 8-54 8-68 0Z") +
  pen.flat("M66 78c6-22 20-26 34-26s28 4 34 26c-6 8-12-2-18 4s-12-4-18 2-14-2-18 0-10-2-14-6Z", "#fff4ea") +
  pen.flat(round(100, 48, 7), "#c8473f");

export const tieredStand: Glyph = (pen) =>
  pen.line("M100 40V150", 5) +
  pen.line(round(100, 32, 9), 4) +
  pen.body("M62 70H138c-4 12-18 14-26 14H88c-8 0-22-2-26-14Z") +
  pen.body("M48 108H152c-4 14-20 16-32 16H80c-12 0-28-2-32-16Z") +
  pen.body("M34 146H166c-4 14-24 16-38 16H72c-14 0-34-2-38-16Z");

export const cupcake: Glyph = (pen) =>
  pen.body("M56 102H144l-14 52a8 8 0 0 1-8 6H78a8 8 0 0 1-8-6Z") +
  pen.line("M74 106l8 52M91 106l4 52M109 106l-4 52M126 106l-8 52", 1.6) +
  pen.trim("M50 104c-8-18 6-28 16-28 2-20 20-30 34-30s32 10 34 30c10 0 24 10 16 28-20 6-80 6-100 0Z") +
  pen.flat(round(100, 42, 8), "#c8473f") +
  pen.shine("M70 84c4-14 10-20 20-24");

export const tin: Glyph = (pen) =>
  pen.body("M48 72H152V146c0 10-24 15-52 15s-52-5-52-15Z") +
  pen.trim("M44 64c0-20 112-20 112 0v14c0 18-112 18-112 0Z") +
  pen.line("M44 66c4 14 108 14 112 0", 2) +
  pen.shine("M58 100v44");

export const tray: Glyph = (pen) =>
  pen.cord("M28 92c-12 0-12 26 0 26M172 92c12 0 12 26 0 26", 5) +
  pen.body(box(28, 66, 144, 78, 16)) +
  pen.line(box(42, 80, 116, 50, 8), 2) +
  pen.shine("M40 92c2-8 6-12 14-14");

export const cutlery: Glyph = (pen) =>
  pen.part(
    "M66 34c-6 0-6 40-3 46 2 5 4 6 4 12l-3 60a6 6 0 0 0 12 0l-3-60c0-6 2-7 4-12 3-6 3-46-3-46v34h-3V34h-2v34h-3Z",
  ) +
  pen.part(
    "M100 32c13 0 17 18 15 32-1 10-9 16-10 22l3 66a7 7 0 0 1-14 0l2-66c-1-6-9-12-10-22-2-14 1-32 14-32Z",
  ) +
  pen.part("M134 34c12 8 12 38 8 62l-1 56a6 6 0 0 1-12 0V40c0-4 2-8 5-6Z") +
  pen.trim(box(58, 112, 88, 16, 5));

export const spoon: Glyph = (pen) =>
  `<g transform="rotate(28 100 100)">${
    pen.body(
      "M100 20c20 0 26 22 24 38-2 18-14 24-16 34l4 78a9 9 0 0 1-24 0l4-78c-2-10-14-16-16-34-2-16 4-38 24-38Z",
    ) + pen.shine("M86 42c0-6 3-10 8-12")
  }</g>`;

export const board: Glyph = (pen) =>
  pen.cord("M100 30v14", 8) +
  pen.body(
    "M84 40h32c4 0 6 3 6 8v8h14a12 12 0 0 1 12 12v80a12 12 0 0 1-12 12H64a12 12 0 0 1-12-12V68a12 12 0 0 1 12-12h14v-8c0-5 2-8 6-8Z",
  ) +
  pen.flat(round(100, 50, 4), pen.palette.main.deep) +
  pen.line("M70 90h60M70 112h60M70 134h40", 1.5);

export const scales: Glyph = (pen) =>
  pen.part("M54 60H146l-8 14H62Z") +
  pen.body("M68 74h64l20 78a7 7 0 0 1-7 8H55a7 7 0 0 1-7-8Z") +
  pen.part(round(100, 118, 27), "#fffaf0") +
  pen.line("M100 118l10-16M100 96v4M78 118h4M118 118h4", 2.5);

export const lunchBox: Glyph = (pen) =>
  pen.cord("M76 68V56c0-8 4-10 10-10h28c6 0 10 2 10 10v12", 6) +
  pen.body(box(40, 66, 120, 94, 16)) +
  pen.line("M40 100H160", 2.5) +
  pen.trim(box(88, 92, 24, 18, 4)) +
  pen.shine("M52 84c0-4 2-6 6-6h14");

export const pan: Glyph = (pen) =>
  pen.cord("M138 104H184", 9, pen.palette.accent.base) +
  pen.body("M36 92H140v44a24 24 0 0 1-24 24H60a24 24 0 0 1-24-24Z") +
  pen.part(round(88, 92, 52, 10), pen.palette.main.pale) +
  pen.shine("M46 110v24");

export const mould: Glyph = (pen) =>
  pen.body(box(36, 62, 128, 96, 16)) +
  [0, 1]
    .flatMap((row) =>
      [0, 1, 2].map((col) => pen.part(round(64 + col * 36, 88 + row * 42, 14), pen.palette.main.pale)),
    )
    .join("");

export const eggCup: Glyph = (pen) =>
  pen.part("M100 40c18 0 30 26 30 48H70c0-22 12-48 30-48Z", "#fbeedd") +
  pen.part("M92 124h16c0 14 18 20 18 30v6H74v-6c0-10 18-16 18-30Z") +
  pen.body("M62 86H138c0 28-16 44-38 44S62 114 62 86Z") +
  pen.shine("M84 60c2-4 4-7 8-9");
