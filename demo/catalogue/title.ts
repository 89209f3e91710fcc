/**
 * Readable titles from the stock list's capitals.
 *
 * "SET/3 T-LIGHT HOLDER,WHITE" becomes "Set of 3 T-Light Holder, White". Words the stock list cut off or
 * misspelt are mended where the meaning is certain; nothing else is invented.
 */

const small = new Set([
  "a",
  "and",
  "at",
  "de",
  "du",
  "for",
  "in",
  "la",
  "of",
  "on",
  "or",
  "the",
  "to",
  "with",
]);

/** Words that title case would spoil, and spellings worth mending. Keys are lower case. */
const mended: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "3d": "3D",
    aid: "Aid",
    asst: "Assorted",
    asstd: "Assorted",
    "b'day": "Birthday",
    "b'draw": "Bedroom Drawer",
    "b'fly": "Butterfly",
    bl: "Blue",
    budah: "Buddha",
    cand: "Candle",
    candl: "Candle",
    childrens: "Children's",
    childs: "Child's",
    cinammon: "Cinnamon",
    col: "Colour",
    dec: "Decoration",
    diner: "Diner",
    diy: "DIY",
    fuschia: "Fuchsia",
    i: "I",
    ii: "II",
    laquered: "Lacquered",
    led: "LED",
    ma: "Ma",
    mop: "Mother of Pearl",
    necklac: "Necklace",
    neckl: "Necklace",
    "n'lace": "Necklace",
    "p'weight": "Paperweight",
    pannetone: "Panettone",
    pc: "Piece",
    popart: "Pop Art",
    pouri: "Pourri",
    retrospot: "Retrospot",
    rnd: "Round",
    "s'heart": "Sweetheart",
    sandlewood: "Sandalwood",
    scandinavian: "Scandinavian",
    tassle: "Tassel",
    tonic: "Tonic",
    turq: "Turquoise",
    tv: "TV",
    uk: "UK",
    usa: "USA",
    vip: "VIP",
    vippassport: "VIP Passport",
    vint: "Vintage",
    w: "with",
  }),
);

/** A title as a shop would print it. */
export function readableTitle(raw: string): string {
  const text = raw
    .trim()
    .replace(/[.,\s]+$/, "")
    .replace(/\s*,\s*/g, ", ")
    .replace(/\s*\+\s*/g, " & ")
    .replace(/\bW\/\s*/gi, "with ")
    .replace(/\b(?:SET|S)\s?\/\s?(\d+)/gi, "Set of $1")
    .replace(/^SET ?(\d+)\b/i, "Set of $1")
    .replace(/\b(PACK|BOX)\/(\d+)/gi, "$1 of $2")
    .replace(/\b(?:ASS|ASSTD|ASST)\.? COL(?:OUR)?S?\b\.?/gi, "Assorted Colour")
    .replace(/\bT-LIGHT(S?)\b/gi, "T-Light$1")
    .replace(/\bFOB\b/gi, "Fob")
    .replace(/(\d)\s?(?:CM)\b/gi, "$1 cm")
    .replace(/(\S)\(/g, "$1 (")
    .replace(/\s+/g, " ");
  return text
    .split(" ")
    .map((word, place, all) => titleWord(word, place === 0 || place === all.length - 1))
    .join(" ")
    .replace(/\bAssorted Colours?\b/g, "Assorted Colours");
}

function titleWord(word: string, atEdge: boolean): string {
  const [, before = "", core = "", after = ""] = /^([^\p{L}\d]*)(.*?)([^\p{L}\d]*)$/u.exec(word) ?? [];
  const lower = core.toLowerCase();
  // Letter "W" is a letter, not an abbreviation.
  if (core.length === 1 && before.endsWith('"')) return word;
  // With a comma behind it, "a" is a letter of the alphabet.
  if (!atEdge && after === "" && small.has(lower)) return before + lower;
  if (/^\d+x\d/.test(lower) || lower === "cm") return before + lower + after;
  if (/^\d[\d.]*(?:g|ml|cm|mm|s|'s|pc|pcs)$/.test(lower)) return before + lower + after;
  const parts = mended.has(lower) ? [lower] : lower.split(/([-/&])/);
  return before + parts.map((part) => mended.get(part) ?? capital(part)).join("") + after;
}

function capital(part: string): string {
  return part.replace(/^(\p{L})/u, (letter) => letter.toUpperCase());
}
