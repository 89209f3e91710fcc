/** Cloth and what is carried: bags, cushions, aprons, umbrellas, hot water bottles. */
import { box, type Glyph, round } from "../pen.ts";

export const tote: Glyph = (pen) =>
  pen.cord("M74 74V54c0-34 52-34 52 0v20", 6, pen.palette.accent.base) +
  pen.body("M44 72H156l8 82a6 6 0 0 1-6 6H42a6 6 0 0 1-6-6Z") +
  pen.line("M44 84H156", 1.6) +
  pen.shine("M52 96l-3 44");

export const lunchBag: Glyph = (pen) =>
  pen.cord("M80 54c0-22 40-22 40 0", 6, pen.palette.accent.base) +
  pen.body("M54 62H146l6 14v78a6 6 0 0 1-6 6H54a6 6 0 0 1-6-6V76Z") +
  pen.trim("M54 52H146v22H54Z") +
  pen.shine("M58 90v50");

export const handbag: Glyph = (pen) =>
  pen.cord("M64 90c0-62 72-62 72 0", 6, pen.palette.accent.base) +
  pen.body("M48 84H152c10 24 16 48 12 66-2 8-8 10-14 10H50c-6 0-12-2-14-10-4-18 2-42 12-66Z") +
  pen.trim("M48 84H152c2 20-20 34-52 34S46 104 48 84Z") +
  pen.part(round(100, 118, 7), "#e7c980");

export const purse: Glyph = (pen) =>
  pen.body("M50 84H150c14 20 18 40 14 58-2 12-10 18-22 18H58c-12 0-20-6-22-18-4-18 0-38 14-58Z") +
  pen.cord("M50 84c10-20 90-20 100 0", 4, "#e7c980") +
  pen.part(round(92, 62, 7), "#e7c980") +
  pen.part(round(108, 62, 7), "#e7c980") +
  pen.shine("M54 110c-4 10-4 20-2 28");

export const wallet: Glyph = (pen) =>
  pen.body(box(38, 70, 124, 86, 10)) +
  pen.line("M46 82H154", 1.5) +
  pen.trim("M120 100h42v28h-42a14 14 0 0 1 0-28Z") +
  pen.part(round(124, 114, 5), "#fffaf0");

export const backpack: Glyph = (pen) =>
  pen.cord("M84 52c0-20 32-20 32 0", 6, pen.palette.accent.base) +
  pen.body("M100 46c32 0 46 20 46 48v56a10 10 0 0 1-10 10H64a10 10 0 0 1-10-10V94c0-28 14-48 46-48Z") +
  pen.trim("M66 110h68v36a6 6 0 0 1-6 6H72a6 6 0 0 1-6-6Z") +
  pen.line("M66 122h68", 2) +
  pen.shine("M66 90c0-12 5-20 12-24");

export const suitcase: Glyph = (pen) =>
  pen.cord("M80 66V54c0-6 4-8 8-8h24c4 0 8 2 8 8v12", 5) +
  pen.body(box(36, 64, 128, 96, 12)) +
  pen.trim("M60 64h14v96H60ZM126 64h14v96h-14Z");

export const luggageTag: Glyph = (pen) =>
  pen.cord("M100 60C84 20 140 14 120 48", 3, pen.palette.accent.base) +
  `<g transform="rotate(10 100 110)">${
    pen.body("M84 54h32l16 18v80a8 8 0 0 1-8 8H76a8 8 0 0 1-8-8V72Z") +
    pen.part(round(100, 70, 6), "#fffaf0") +
    pen.part(box(80, 96, 40, 44, 4), "#fffaf0") +
    pen.line("M88 110h24M88 120h24M88 130h14", 2)
  }</g>`;

export const passport: Glyph = (pen) =>
  `<g transform="rotate(-6 100 104)">${
    pen.body(box(54, 44, 92, 118, 8)) +
    pen.line("M62 44V162", 1.6) +
    pen.trim(round(104, 88, 18)) +
    pen.part(box(80, 122, 48, 16, 3), "#fffaf0")
  }</g>`;

export const umbrella: Glyph = (pen) =>
  pen.cord("M100 92v56c0 18-26 18-26 2", 4, pen.palette.accent.base) +
  pen.cord("M100 30v12", 3) +
  pen.body(
    "M28 100c0-40 34-62 72-62s72 22 72 62c-8-10-28-10-36 0-8-10-28-10-36 0-8-10-28-10-36 0-8-10-28-10-36 0Z",
  ) +
  pen.line("M64 100c2-30 16-54 36-62 20 8 34 32 36 62M100 38v60", 1.8) +
  pen.shine("M44 78c5-12 12-19 22-25");

export const cushion: Glyph = (pen) =>
  pen.body(
    "M38 60c20 6 104 6 124 0 8-2 10 2 8 10-6 20-6 60 0 80 2 8 0 12-8 10-20-6-104-6-124 0-8 2-10-2-8-10 6-20 6-60 0-80-2-8 0-12 8-10Z",
  ) + pen.shine("M50 78c-2 8-2 18-2 26");

export const hotWaterBottle: Glyph = (pen) =>
  pen.trim(box(86, 28, 28, 20, 5)) +
  pen.body("M88 46h24v14c22 2 32 8 32 24v60c0 12-8 16-18 16H74c-10 0-18-4-18-16V84c0-16 10-22 32-24Z") +
  pen.shine("M68 92c0-8 2-12 8-15");

export const towel: Glyph = (pen) =>
  pen.cord("M34 48H166", 5, pen.palette.accent.base) +
  pen.body("M52 46H148V150H52Z") +
  pen.part("M52 124H148v12H52Z", pen.palette.main.pale) +
  pen.line("M58 150v8M70 150v8M82 150v8M94 150v8M106 150v8M118 150v8M130 150v8M142 150v8", 2) +
  pen.shine("M62 60v50");

export const apron: Glyph = (pen) =>
  pen.cord("M78 54c0-34 44-34 44 0", 4, pen.palette.accent.base) +
  pen.cord("M56 98c-14 4-20 10-24 20M144 98c14 4 20 10 24 20", 4, pen.palette.accent.base) +
  pen.body("M76 52h48c2 24 8 38 26 46v52a10 10 0 0 1-10 10H60a10 10 0 0 1-10-10V98c18-8 24-22 26-46Z") +
  pen.trim("M72 112h56v24a8 8 0 0 1-8 8H80a8 8 0 0 1-8-8Z");

export const mitt: Glyph = (pen) =>
  pen.body("M72 132V74c0-24 12-34 28-34s28 12 28 34v14c6-12 14-18 22-14 8 5 4 16-2 26-6 9-14 18-18 32Z") +
  pen.trim(box(64, 130, 72, 30, 7)) +
  pen.shine("M82 80c0-12 4-20 12-23");

export const doorstop: Glyph = (pen) =>
  pen.cord("M84 60c0-22 32-22 32 0", 6, pen.palette.accent.base) +
  pen.body("M70 58h60l26 92c2 7-2 10-8 10H52c-6 0-10-3-8-10Z") +
  pen.shine("M76 76l-14 54");

export const doormat: Glyph = (pen) =>
  pen.line(
    "M30 150l-8 14M46 150l-6 14M64 150l-4 14M82 150l-2 14M100 150v14M118 150l2 14M136 150l4 14M154 150l6 14M170 150l8 14",
    3,
  ) +
  pen.body("M48 84H152l24 68H24Z") +
  pen.line("M56 94h88l18 48H38Z", 2);

export const garment: Glyph = (pen) =>
  pen.body("M52 50c14-8 30-8 38 0l12 72c2 14-8 22-22 22H38c-12 0-16-16-4-20l14-6Z") +
  pen.trim("M46 44h44v18H50Z") +
  pen.body("M112 64c14-8 30-8 38 0l12 72c2 14-8 22-22 22H98c-12 0-16-16-4-20l14-6Z") +
  pen.trim("M106 58h44v18h-40Z");

export const slippers: Glyph = (pen) =>
  pen.body("M40 98c0-20 34-22 42-2l8 44c2 14-6 20-22 20s-24-6-24-20Z") +
  pen.body("M118 98c8-20 42-18 42 2l-4 40c0 14-8 20-24 20s-24-6-22-20Z") +
  pen.trim("M44 114c12-10 30-10 42-2l4 24c-12-10-36-10-44 0ZM114 112c12-8 30-8 42 2l-2 22c-8-10-32-10-44 0Z");

export const scarf: Glyph = (pen) =>
  pen.body("M62 56c20-14 56-14 76 0l-8 22c-18 10-42 10-60 0Z") +
  pen.body("M74 74l28 6-14 80H58Z") +
  pen.body("M104 78l24-8 22 80-28 4Z");
