/** Garden, creatures, jewellery and bath. */
import { box, type Glyph, round } from "../pen.ts";

export const plantPot: Glyph = (pen) =>
  pen.part(
    "M100 96c-6-34-30-44-42-40 0 22 16 38 42 40ZM100 96c2-40 26-54 44-50 2 26-16 46-44 50ZM96 98c-2-34 2-52 8-66 10 16 8 46 0 66Z",
    "#6d9a6b",
  ) +
  pen.body("M58 104H142l-12 50a8 8 0 0 1-8 6H78a8 8 0 0 1-8-6Z") +
  pen.body(box(50, 92, 100, 18, 4)) +
  pen.shine("M70 118l5 30");

export const wateringCan: Glyph = (pen) =>
  pen.cord("M76 78c0-38 60-38 60 8", 6) +
  pen.part("M60 112L22 78l10-10 40 32Z") +
  pen.part("M14 76l22-20 6 8-20 20Z", pen.palette.accent.base) +
  pen.cord("M142 96c28-4 28 46 0 46", 5) +
  pen.body("M60 84H144l4 68a8 8 0 0 1-8 8H64a8 8 0 0 1-8-8Z") +
  pen.shine("M70 98v46");

export const birdhouse: Glyph = (pen) =>
  pen.line("M100 150v18", 8) +
  pen.body("M60 88l40-38 40 38v64H60Z") +
  pen.trim("M100 28L164 88l-12 12-52-48-52 48-12-12Z") +
  pen.flat(round(100, 100, 15), pen.palette.main.deep) +
  pen.line("M100 128v-6", 5);

export const flower: Glyph = (pen) =>
  pen.cord("M100 100c4 24 0 44-2 66", 4, "#6d9a6b") +
  pen.part("M100 138c6-18 24-22 36-18-2 14-18 24-36 18Z", "#6d9a6b") +
  Array.from(
    { length: 7 },
    (_, turn) =>
      `<g transform="rotate(${((turn * 360) / 7).toFixed(2)} 100 76)">${pen.part("M100 70c-16-14-14-36 0-40 14 4 16 26 0 40Z")}</g>`,
  ).join("") +
  pen.trim(round(100, 76, 13));

export const butterfly: Glyph = (pen) =>
  pen.body("M98 100C78 52 30 46 34 82c2 20 30 28 64 18Z") +
  pen.body("M102 100c20-48 68-54 64-18-2 20-30 28-64 18Z") +
  pen.trim("M98 102c-30 0-48 16-42 36 6 18 36 8 42-36ZM102 102c30 0 48 16 42 36-6 18-36 8-42-36Z") +
  pen.cord("M100 84v56", 4, pen.palette.main.deep) +
  pen.line("M100 82c-4-14-10-20-18-22M100 82c4-14 10-20 18-22", 2.5);

export const bird: Glyph = (pen) =>
  pen.line("M92 144v16M108 144v16", 4) +
  pen.part("M152 74l20 6-18 12Z", "#e2914a") +
  pen.body("M30 96c30 8 40-2 56-22 16-22 50-28 66-4 6 10 4 24 2 32-6 28-26 44-54 44-36 0-54-22-70-50Z") +
  pen.trim("M70 106c20-16 44-10 50 4-8 20-36 22-50-4Z") +
  pen.flat(round(136, 76, 5), pen.palette.main.deep);

export const owl: Glyph = (pen) =>
  pen.body("M58 52c14 8 24 6 42 6s28 2 42-6c10 30 12 60 4 84-6 18-22 24-46 24s-40-6-46-24c-8-24-6-54 4-84Z") +
  pen.part(round(80, 88, 19) + round(120, 88, 19), "#fffaf0") +
  pen.flat(`${round(82, 90, 8)}${round(118, 90, 8)}`, "#3c322c") +
  pen.flat("M93 102h14l-7 14Z", "#e2914a") +
  pen.trim("M78 128c8-10 36-10 44 0 4 18-12 26-22 26s-26-8-22-26Z");

export const hen: Glyph = (pen) =>
  pen.line("M92 150v12M112 150v12", 4) +
  pen.flat("M126 52c-2-12 8-14 8-4 4-8 14-4 8 4 8 0 8 8 0 10Z", "#c8473f") +
  pen.body(
    "M32 84c14 10 30 20 56 18 14-4 18-18 24-32 6-16 34-18 38 4 2 14 2 26-2 38-6 26-22 38-50 38-38 0-60-26-66-66Z",
  ) +
  pen.part("M150 76l18 6-18 8Z", "#e2914a") +
  pen.trim("M70 112c18-8 38-6 46 4-10 18-36 18-46-4Z") +
  pen.flat(round(138, 74, 4), pen.palette.main.deep);

export const rabbit: Glyph = (pen) =>
  pen.body("M84 78C70 50 70 22 82 20s18 28 18 54c0-26 6-56 18-54s12 30-2 58Z") +
  pen.body("M100 106c34 0 46 20 46 36 0 14-12 18-46 18s-46-4-46-18c0-16 12-36 46-36Z") +
  pen.body(round(100, 92, 36, 30)) +
  pen.flat(`${round(87, 88, 4)}${round(113, 88, 4)}`, pen.palette.main.deep) +
  pen.flat(round(100, 98, 5, 4), "#e59aa8") +
  pen.trim("M100 120c-8-10-24-8-24 2s16 10 24 2c8 8 24 8 24-2s-16-12-24-2Z");

export const cat: Glyph = (pen) =>
  pen.cord("M136 148c30 4 34-30 18-40", 8) +
  pen.body("M66 52l18 16h32l18-16c6 24 4 38-4 50 12 16 16 36 12 58H58c-4-22 0-42 12-58-8-12-10-26-4-50Z") +
  pen.flat(`${round(86, 86, 4.5)}${round(114, 86, 4.5)}`, pen.palette.main.deep) +
  pen.line("M94 98c4 4 8 4 12 0M64 96h14M122 96h14", 2);

export const egg: Glyph = (pen) =>
  pen.body("M100 36c28 0 48 42 48 74 0 30-20 50-48 50s-48-20-48-50c0-32 20-74 48-74Z") +
  pen.trim(
    "M54 94l16 12 15-12 15 12 15-12 15 12 16-12c2 8 3 14 2 22l-18 12-15-12-15 12-15-12-15 12-18-12c-1-8 0-14 2-22Z",
  ) +
  pen.shine("M74 78c3-10 8-17 14-22");

export const mushroom: Glyph = (pen) =>
  pen.part("M80 100h40c-2 20 4 44 8 60H72c4-16 10-40 8-60Z", "#fbf1e0") +
  pen.body("M34 104c0-36 28-62 66-62s66 26 66 62c-20 10-112 10-132 0Z") +
  pen.flat(
    `${round(74, 76, 9)}${round(112, 66, 11)}${round(138, 90, 7)}${round(100, 94, 6)}`,
    pen.palette.main.pale,
  );

export const windmill: Glyph = (pen) =>
  pen.cord("M100 92v76", 4, "#c99f70") +
  [0, 90, 180, 270]
    .map(
      (turn) =>
        `<g transform="rotate(${turn} 100 84)">${(turn % 180 ? pen.trim : pen.body)("M100 84c-4-30 16-48 44-40l-12 34Z")}</g>`,
    )
    .join("") +
  pen.part(round(100, 84, 7), "#ecc95c");

export const gnome: Glyph = (pen) =>
  pen.part("M62 112h76l10 48H52Z", pen.palette.accent.base) +
  pen.part("M66 96c4 44 22 56 34 60 12-4 30-16 34-60Z", "#fffaf0") +
  pen.part(round(100, 94, 12, 10), "#f2c4a8") +
  pen.body("M100 16l44 76c-20 10-68 10-88 0Z");

export const thermometer: Glyph = (pen) =>
  pen.body(box(70, 26, 60, 138, 20)) +
  pen.part("M92 48a8 8 0 0 1 16 0v72a16 16 0 1 1-16 0Z", "#fffaf0") +
  pen.flat("M97 84h6v38a10 10 0 1 1-6 0Z", "#c8473f");

export const gardenTools: Glyph = (pen) =>
  pen.cord("M72 30v56", 8, "#c99f70") +
  pen.body("M54 84h36v44c0 18-10 28-18 34-8-6-18-16-18-34Z") +
  pen.cord("M130 30v60", 8, "#c99f70") +
  pen.line("M112 92h36M112 92v62M124 92v66M136 92v66M148 92v62", 6);

export const birdcage: Glyph = (pen) =>
  pen.line(round(100, 30, 8), 3) +
  pen.part("M54 96c0-78 92-78 92 0v56H54Z", pen.palette.main.pale) +
  pen.line("M54 96c0-78 92-78 92 0v56M54 96v56M72 60v92M90 42v110M110 42v110M128 60v92M54 98h92", 2.5) +
  pen.trim("M78 124c12 4 16-4 24-12 8-6 20-4 22 6 0 14-10 20-22 20s-20-6-24-14Z") +
  pen.body(box(44, 148, 112, 13, 4));

export const necklace: Glyph = (pen) =>
  Array.from({ length: 15 }, (_, i) => {
    const angle = Math.PI * (1.12 + (i / 14) * 0.76) + Math.PI;
    const x = Number((100 + 66 * Math.cos(angle)).toFixed(1));
    const y = Number((54 + 78 * Math.sin(angle)).toFixed(1));
    return (i % 3 === 1 ? pen.trim : pen.body)(round(x, y, 7 + (i > 4 && i < 10 ? 2 : 0)));
  }).join("") + pen.body("M100 134c14 10 14 24 0 34-14-10-14-24 0-34Z");

export const pendant: Glyph = (pen) =>
  pen.line("M40 30c4 50 40 78 60 84 20-6 56-34 60-84", 3) +
  pen.body(
    "M100 158C72 138 66 122 74 112 82 102 94 106 100 118 106 106 118 102 126 112 134 122 128 138 100 158Z",
  ) +
  pen.part(round(100, 110, 6), "#e7c980");

export const bracelet: Glyph = (pen) =>
  Array.from({ length: 16 }, (_, i) =>
    (i % 4 === 0 ? pen.trim : pen.body)(
      round(
        Number((100 + 56 * Math.cos((i * Math.PI) / 8)).toFixed(1)),
        Number((108 + 40 * Math.sin((i * Math.PI) / 8)).toFixed(1)),
        11,
      ),
    ),
  ).join("");

export const ring: Glyph = (pen) =>
  pen.cord(round(100, 116, 40), 7, "#d9b866") +
  pen.body("M74 46h52l14 20-40 34-40-34Z") +
  pen.line("M60 66h80M88 46l-6 20 18 34 18-34-6-20", 1.8);

export const earrings: Glyph = (pen) =>
  [66, 134]
    .map(
      (x) =>
        pen.line(`M${x} 62c0-26 18-26 16-4`, 3) +
        pen.trim(round(x, 72, 8)) +
        pen.body(`M${x} 84c24 30 24 60 0 66-24-6-24-36 0-66Z`) +
        pen.shine(`M${x - 10} 124c-1 8 1 12 5 16`),
    )
    .join("");

export const hairClip: Glyph = (pen) =>
  pen.part(box(30, 112, 140, 14, 7), pen.palette.accent.base) +
  [0, 72, 144, 216, 288]
    .map(
      (turn) =>
        `<g transform="rotate(${turn} 92 96)">${pen.body("M92 90c-20-14-16-42 0-44 16 2 20 30 0 44Z")}</g>`,
    )
    .join("") +
  pen.trim(round(92, 96, 12));

export const brooch: Glyph = (pen) =>
  Array.from(
    { length: 10 },
    (_, turn) => `<g transform="rotate(${turn * 36} 100 100)">${pen.trim(round(100, 56, 12))}</g>`,
  ).join("") +
  pen.body(round(100, 100, 38)) +
  pen.shine("M76 92c3-8 8-13 15-16");

export const charm: Glyph = (pen) =>
  pen.cord("M100 76C92 40 112 30 104 8", 3, pen.palette.accent.base) +
  pen.part(round(100, 80, 8), "#e7c980") +
  pen.body("M100 156C64 132 56 112 66 98 76 86 92 92 100 108 108 92 124 86 134 98 144 112 136 132 100 156Z");

export const soap: Glyph = (pen) =>
  pen.part("M30 132H170c-6 22-28 28-46 28H76c-18 0-40-6-46-28Z", pen.palette.accent.base) +
  pen.body(box(54, 96, 92, 42, 18)) +
  pen.part(round(70, 74, 11) + round(96, 60, 15) + round(122, 78, 8), "#f4f9fa") +
  pen.shine("M66 112c4-4 8-5 14-5");

export const sponge: Glyph = (pen) =>
  pen.body("M48 84c20-16 84-16 104 0 12 14 10 50 0 64-20 14-84 14-104 0-10-14-12-50 0-64Z") +
  pen.flat(
    `${round(74, 104, 6)}${round(104, 92, 5)}${round(130, 110, 7)}${round(92, 130, 6)}${round(118, 136, 4)}`,
    pen.palette.main.deep,
  );

export const sachet: Glyph = (pen) =>
  pen.body("M66 84c-20 20-26 76-6 76h80c20 0 14-56-6-76Z") +
  pen.body("M66 84c-6-20-12-30-4-38 12 8 64 8 76 0 8 8 2 18-4 38Z") +
  pen.cord("M62 86H138", 5, pen.palette.accent.base) +
  pen.shine("M66 108c-4 12-6 22-5 32");

export const fan: Glyph = (pen) =>
  pen.body("M100 156L24 92c34-56 118-56 152 0Z") +
  pen.line("M100 156L46 72M100 156L74 58M100 156V52M100 156l26-98M100 156l54-84", 1.8) +
  pen.part(round(100, 154, 7), "#e7c980");

export const badge: Glyph = (pen) =>
  pen.body(round(74, 84, 34)) +
  pen.trim(round(132, 118, 34)) +
  pen.line(`${round(74, 84, 26)}${round(132, 118, 26)}`, 1.5) +
  pen.shine("M52 74c3-8 8-13 16-16");
