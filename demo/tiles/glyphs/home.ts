/** Things about the house: clocks, frames, signs, boxes, cabinets. */
import { box, type Glyph, round } from "../pen.ts";

const heartPath =
  "M100 158C44 116 32 86 46 64 60 44 88 48 100 74 112 48 140 44 154 64 168 86 156 116 100 158Z";

export const clock: Glyph = (pen) =>
  pen.body(round(100, 102, 60)) +
  pen.part(round(100, 102, 44), "#fffaf0") +
  pen.line("M100 66v6M100 132v6M64 102h6M130 102h6", 3) +
  pen.line("M100 102V78M100 102l18 12", 4) +
  pen.flat(round(100, 102, 4), pen.palette.main.deep) +
  pen.shine("M54 84c5-14 13-23 24-28");

export const alarmClock: Glyph = (pen) =>
  pen.part("M52 62c-8-14 10-30 24-20ZM148 62c8-14-10-30-24-20Z") +
  pen.line("M68 148l-10 14M132 148l10 14", 7) +
  clock(pen);

export const frame: Glyph = (pen) =>
  pen.body(box(48, 40, 104, 120, 6)) +
  pen.part(box(66, 58, 68, 84, 2), "#fffaf0") +
  pen.flat("M66 142l22-34 16 20 10-12 20 26Z", pen.palette.accent.base) +
  pen.flat(round(116, 82, 8), "#ecc95c") +
  pen.shine("M57 60V110");

export const mirror: Glyph = (pen) =>
  pen.cord("M84 52L100 30L116 52", 2) +
  pen.body(round(100, 104, 52, 58)) +
  pen.part(round(100, 104, 38, 44), "#e6f0f2") +
  pen.shine("M78 112l34-40M90 126l34-40");

export const handMirror: Glyph = (pen) =>
  pen.part(box(92, 116, 16, 46, 8)) +
  pen.body(round(100, 82, 46)) +
  pen.part(round(100, 82, 33), "#e6f0f2") +
  pen.shine("M82 90l24-28M94 100l24-28");

export const sign: Glyph = (pen) =>
  pen.cord("M60 64L100 30L140 64", 2, "#c9a977") +
  pen.body(box(36, 62, 128, 84, 8)) +
  pen.part(box(50, 78, 100, 52, 4), "#fffaf0") +
  pen.line("M64 92h72M64 104h72M80 116h40", 3.5) +
  pen.flat(round(44, 70, 2.5), pen.palette.main.deep) +
  pen.flat(round(156, 70, 2.5), pen.palette.main.deep);

export const heart: Glyph = (pen) =>
  pen.cord("M100 72C100 50 88 40 100 8", 2.5, "#c9a977") +
  pen.body(heartPath) +
  pen.shine("M56 88c-1-10 5-18 15-20");

export const star: Glyph = (pen) =>
  pen.cord("M100 50V6", 2.5, "#c9a977") +
  pen.body("M100 44L117 84L160 88L127 116L137 158L100 136L63 158L73 116L40 88L83 84Z") +
  pen.line("M100 44V104M160 88L100 104M137 158L100 104M63 158L100 104M40 88L100 104", 1.4);

export const bell: Glyph = (pen) =>
  pen.cord("M100 46V6", 2.5, "#c9a977") +
  pen.part(round(100, 150, 10), pen.palette.accent.base) +
  pen.body("M100 44c28 0 36 26 38 54 1 18 8 28 18 38v10H44v-10c10-10 17-20 18-38 2-28 10-54 38-54Z") +
  pen.shine("M74 88c2-14 6-22 14-28");

export const hook: Glyph = (pen) =>
  pen.body(box(78, 40, 44, 76, 20)) +
  pen.cord("M100 96v38c0 26 36 24 36-2", 8, pen.palette.accent.base) +
  pen.flat(round(100, 56, 4), pen.palette.main.deep) +
  pen.shine("M88 62v30");

export const coatRack: Glyph = (pen) =>
  pen.body(box(28, 66, 144, 40, 8)) +
  [56, 100, 144].map((x) => pen.cord(`M${x} 88v34c0 16 20 14 20 0`, 5, pen.palette.accent.base)).join("");

export const hanger: Glyph = (pen) =>
  pen.cord("M100 84V74c0-8 14-10 14-22s-20-18-26-4", 4, "#b4bcc0") +
  pen.body("M100 82c10 0 68 36 68 48s-12 12-22 12H54c-10 0-22 0-22-12s58-48 68-48Z");

export const knob: Glyph = (pen) =>
  pen.part(round(100, 112, 34, 40), pen.palette.accent.base) +
  pen.body(round(100, 100, 48)) +
  pen.line(round(100, 100, 30), 1.6) +
  pen.shine("M66 88c4-12 10-18 20-22");

export const key: Glyph = (pen) =>
  pen.cord(round(100, 48, 20), 4, "#d1ab5c") +
  `<g transform="rotate(8 100 70)">${pen.body("M100 66c20 0 30 12 30 30 0 14-8 22-14 28v30c0 8-32 8-32 0v-30c-6-6-14-14-14-28 0-18 10-30 30-30Z") + pen.part(round(100, 92, 8), "#fffaf0")}</g>`;

export const wreath: Glyph = (pen) =>
  pen.cord(round(100, 100, 46), 16) +
  Array.from(
    { length: 12 },
    (_, turn) =>
      `<g transform="rotate(${turn * 30} 100 100)">${pen.part("M92 44c4-14 18-16 24-12 0 10-8 20-20 20Z")}</g>`,
  ).join("") +
  pen.trim("M100 146c-10-14-30-12-30 4s20 14 30 2c10 12 30 14 30-2s-20-18-30-4Z");

export const storageBox: Glyph = (pen) =>
  pen.body("M46 86H154V152a8 8 0 0 1-8 8H54a8 8 0 0 1-8-8Z") +
  pen.trim(box(38, 62, 124, 28, 6)) +
  pen.part(box(82, 108, 36, 20, 3), "#fffaf0") +
  pen.shine("M56 102v44");

export const trinketBox: Glyph = (pen) =>
  pen.body("M44 106H156v36a18 18 0 0 1-18 18H62a18 18 0 0 1-18-18Z") +
  pen.body("M44 106c0-32 22-50 56-50s56 18 56 50Z") +
  pen.trim(box(90, 98, 20, 18, 4)) +
  pen.shine("M60 90c4-10 10-16 20-19");

export const drawers: Glyph = (pen) =>
  pen.line("M56 156v10M144 156v10", 8) +
  pen.body(box(42, 40, 116, 118, 8)) +
  [0, 1, 2]
    .map(
      (row) =>
        pen.part(box(54, 52 + row * 34, 92, 27, 4), pen.palette.main.pale) +
        pen.flat(round(100, 65 + row * 34, 5), pen.palette.accent.deep),
    )
    .join("");

export const cabinet: Glyph = (pen) =>
  pen.line("M58 156v10M142 156v10", 8) +
  pen.body(box(46, 34, 108, 124, 8)) +
  pen.part(box(58, 48, 38, 96, 4), pen.palette.main.pale) +
  pen.part(box(104, 48, 38, 96, 4), pen.palette.main.pale) +
  pen.flat(`${round(90, 96, 4)}${round(110, 96, 4)}`, pen.palette.accent.deep);

export const shelf: Glyph = (pen) =>
  pen.part("M52 112h12v34c-8 0-12-6-12-34ZM136 112h12c0 28-4 34-12 34Z") +
  pen.body(box(30, 98, 140, 16, 4)) +
  pen.trim("M54 98V66h24v32Z") +
  pen.part("M88 98c-6-24 30-24 24 0Z", "#6d9a6b") +
  pen.part(box(122, 54, 16, 44, 3), "#fffaf0");

export const basket: Glyph = (pen) =>
  pen.cord("M56 92c0-68 88-68 88 0", 6) +
  pen.body("M36 90H164l-14 62a10 10 0 0 1-10 8H60a10 10 0 0 1-10-8Z") +
  pen.line("M40 108H160M44 126H156M49 144H151M76 92l6 66M100 92v66M124 92l-6 66", 1.8);

export const moneyBox: Glyph = (pen) =>
  pen.line("M74 150v12M126 150v12", 10) +
  pen.body(
    "M62 80c10-10 30-14 48-12 8-10 18-12 24-10l-4 18c10 8 14 16 16 24h14v26h-16c-8 16-24 28-44 28-32 0-54-16-54-40 0-14 6-26 16-34Z",
  ) +
  pen.line("M84 78h26", 5) +
  pen.flat(round(132, 100, 4), pen.palette.main.deep);

export const stool: Glyph = (pen) =>
  pen.line("M68 96L58 162M132 96L142 162M66 132h68", 8) +
  pen.body("M52 78c0-22 96-22 96 0v14c0 16-96 16-96 0Z");

export const radio: Glyph = (pen) =>
  pen.cord("M76 66c0-26 48-26 48 0", 5) +
  pen.body(box(36, 66, 128, 94, 16)) +
  pen.part(round(78, 114, 28), "#fffaf0") +
  pen.line("M62 106h32M58 116h40M64 126h28", 2) +
  pen.trim(round(134, 96, 12)) +
  pen.line("M122 124h24M122 136h24", 3);

export const telephone: Glyph = (pen) =>
  pen.body("M60 100c4-10 10-12 20-12h40c10 0 16 2 20 12l16 48c2 8-2 12-8 12H52c-6 0-10-4-8-12Z") +
  pen.part(round(100, 126, 22), "#fffaf0") +
  pen.flat(round(100, 126, 7), pen.palette.main.deep) +
  pen.trim(
    "M40 72c20-24 100-24 120 0 6 8 4 22-4 22h-16c-8 0-6-14-14-16-16-4-36-4-52 0-8 2-6 16-14 16H44c-8 0-10-14-4-22Z",
  );

export const magnifier: Glyph = (pen) =>
  pen.cord("M124 124l34 34", 10, pen.palette.accent.base) +
  pen.cord(round(92, 92, 42), 7) +
  pen.flat(round(92, 92, 38), "#e6f0f2") +
  pen.shine("M70 96c0-12 8-22 20-24");
