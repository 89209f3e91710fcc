/**
 * Which colours a product's picture has, read from the words of its title.
 *
 * Colour words come first, in the order they stand; then materials and motifs that imply a colour; then a
 * calm tone chosen by the hash of the product's id, so that a picture is the same on every device.
 */

export interface Tone {
  /** The surface of the thing. */
  readonly base: string;
  /** Outlines and shade. */
  readonly deep: string;
  /** Light marks on the surface. */
  readonly pale: string;
  /** The wall behind a thing of this tone. */
  readonly wall: string;
}

export interface Palette {
  readonly main: Tone;
  readonly accent: Tone;
}

const tones = {
  red: tone("#c8473f", "#7d2520", "#fbe9e2", "#f3dfd3"),
  pink: tone("#e59aa8", "#97475a", "#fdf0f0", "#f7e2de"),
  rose: tone("#d98489", "#8a3f47", "#fcebe6", "#f4dfd8"),
  coral: tone("#e5836a", "#96432f", "#fdeee4", "#f7e3d5"),
  orange: tone("#e2914a", "#8f4f18", "#fdf1dd", "#f7e5cc"),
  amber: tone("#d9a441", "#86601a", "#fdf3d8", "#f5e7c8"),
  yellow: tone("#ecc95c", "#917020", "#fff8df", "#f8ecca"),
  gold: tone("#d1ab5c", "#7c5f24", "#faf0d4", "#efe5d0"),
  green: tone("#6d9a6b", "#36573a", "#eef4e4", "#e2ead5"),
  mint: tone("#9cc9b3", "#47735f", "#f0f8f0", "#dfece1"),
  olive: tone("#9a9a58", "#575727", "#f5f4dd", "#e9e8d0"),
  teal: tone("#5c9f9f", "#2b5b5d", "#e8f4f0", "#d9e8e3"),
  turquoise: tone("#6cbcc0", "#2e6d72", "#ebf8f6", "#d9ebe8"),
  blue: tone("#6c93bf", "#345074", "#ecf2f7", "#dde6ee"),
  navy: tone("#3f5a80", "#22344e", "#e3ebf3", "#d7dfe9"),
  lilac: tone("#b59fcd", "#67527f", "#f6f0fa", "#e8e0ee"),
  purple: tone("#8d6ba6", "#4d3660", "#f3eaf7", "#e5dbea"),
  brown: tone("#9c7355", "#573b28", "#f6ebdd", "#ebdfd0"),
  wood: tone("#c99f70", "#77542f", "#f9eedc", "#efe4d3"),
  wicker: tone("#cfae7e", "#7d6036", "#faf1df", "#ece4d6"),
  chocolate: tone("#7d5844", "#432a1d", "#f3e5d8", "#e9dccf"),
  black: tone("#4b474b", "#232024", "#efeae6", "#e0dad5"),
  grey: tone("#a3a6a8", "#595d61", "#f4f4f2", "#e3e3df"),
  zinc: tone("#b4bcc0", "#5f6a70", "#f3f6f6", "#dfe4e3"),
  silver: tone("#c9ced2", "#6d757c", "#fbfcfc", "#e1e5e8"),
  white: tone("#fbf8f2", "#938879", "#ffffff", "#dfd8cc"),
  ivory: tone("#f4e9d2", "#937f5b", "#fffaf0", "#e2d5be"),
  cream: tone("#f6e7c6", "#957c4b", "#fffaec", "#e6d7ba"),
  glass: tone("#cfe3e4", "#5d8389", "#f7fcfb", "#e2ebe6"),
  linen: tone("#e3d3bb", "#7f6b4e", "#fbf5ea", "#ece3d3"),
} as const satisfies Readonly<Record<string, Tone>>;

export type ToneName = keyof typeof tones;

const colourWords: Readonly<Record<string, ToneName>> = {
  amber: "amber",
  amethyst: "purple",
  beige: "linen",
  black: "black",
  blue: "blue",
  bronze: "brown",
  brown: "brown",
  choc: "chocolate",
  chocolate: "chocolate",
  clear: "glass",
  copper: "coral",
  coral: "coral",
  cream: "cream",
  crimson: "red",
  fuchsia: "pink",
  gold: "gold",
  goldie: "gold",
  green: "green",
  grey: "grey",
  ivory: "ivory",
  jade: "green",
  jet: "black",
  lilac: "lilac",
  mint: "mint",
  natural: "linen",
  navy: "navy",
  olive: "olive",
  orange: "orange",
  peach: "coral",
  pink: "pink",
  purple: "purple",
  raspberry: "red",
  red: "red",
  ruby: "red",
  silver: "silver",
  topaz: "amber",
  turquoise: "turquoise",
  white: "white",
  yellow: "yellow",
};

/** Words that imply a main and an accent colour when the title names none. First met wins. */
const implied: readonly (readonly [RegExp, ToneName, ToneName])[] = [
  [/retrospot|spotty/i, "red", "white"],
  [/union|jack|london|empire|king|queen|british/i, "navy", "red"],
  [/christmas|santa|noel|holly/i, "red", "green"],
  [/skull/i, "black", "white"],
  [/strawberr|cherr|apple|poppy|poppies/i, "red", "green"],
  [/lavender|violet|babushka/i, "lilac", "pink"],
  [/woodland|forest|leaf|herb|fern|botanical|garden|holly/i, "green", "brown"],
  [/spaceboy|space|airline|airmail|sailor|seaside|beach/i, "blue", "red"],
  [/dolly|fairy|cupcake|sweetheart|love|ballerina|baby/i, "pink", "white"],
  [/regency|rose|vintage rose|rosie|paris|boudoir/i, "rose", "green"],
  [/circus|carnival|parade|toybox|tutti/i, "coral", "turquoise"],
  [/zinc|metal|wire|steel|aluminium|hammered/i, "zinc", "grey"],
  [/wicker|raffia|basket|hessian/i, "wicker", "brown"],
  [/wood|rustic|oak|bamboo|pine\b|sandalwood/i, "wood", "green"],
  [/glass|crystal|diamante|acrylic/i, "glass", "blue"],
  [/mirror/i, "silver", "blue"],
  [/jam|vintage|antique|heirloom|doily|lace/i, "ivory", "rose"],
  [/chick|easter|daffodil|sunflower|lemon|honey|bee\b/i, "yellow", "green"],
  [/ginger|pumpkin|carrot|tiger|fox/i, "orange", "green"],
  [/paisley|scandinavian|polka/i, "blue", "red"],
];

const calm: readonly (readonly [ToneName, ToneName])[] = [
  ["rose", "ivory"],
  ["teal", "amber"],
  ["mint", "coral"],
  ["blue", "ivory"],
  ["amber", "teal"],
  ["coral", "cream"],
  ["green", "cream"],
  ["linen", "rose"],
  ["lilac", "cream"],
  ["navy", "amber"],
];

/** The palette of a product: the same for the same id and title, always. */
export function paletteOf(id: string, title: string): Palette {
  const named: ToneName[] = [];
  for (const word of title.toLowerCase().split(/[^a-z]+/)) {
    if (Object.hasOwn(colourWords, word) && !named.includes(colourWords[word])) named.push(colourWords[word]);
  }
  const found = implied.find(([words]) => words.test(title));
  const [calmMain, calmAccent] = calm[hashOf(id) % calm.length];
  const main = named[0] ?? found?.[1] ?? calmMain;
  const second = named[1] ?? (found !== undefined && found[2] !== main ? found[2] : calmAccent);
  return { main: tones[main], accent: tones[second === main ? "ivory" : second] };
}

/** A small stable hash (FNV-1a, 32 bits) for choices that must not change between visits. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

/** Whether marks on this tone must be darker than it. */
export function isLight({ base }: Tone): boolean {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(base.slice(at, at + 2), 16));
  return 0.3 * red + 0.59 * green + 0.11 * blue > 205;
}

function tone(base: string, deep: string, pale: string, wall: string): Tone {
  return { base, deep, pale, wall };
}
