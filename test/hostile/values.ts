/**
 * JSON that was valid, made hostile: members left out, doubled and renamed, values of another type, numbers beyond
 * all bounds, nesting deeper than a stack, names that mean something to JavaScript, lone surrogates, lists of
 * thousands.
 */
import type { Chance } from "./chance.ts";

/** A text that stands in the JSON as it is. */
class Raw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A list of members may name one twice, as a text can. */
class Members {
  readonly entries: [string, Tree][];

  constructor(entries: [string, Tree][]) {
    this.entries = entries;
  }
}

type Tree = Raw | Members | Tree[];

const names = ["__proto__", "constructor", "toString", "length", "then", "toJSON", "", "0", "\ud800", "a.b"];

export const numbersInJson: readonly string[] = [
  ...["0", "-0", "1", "-1", "0.5", "255", "256", "65536", "2147483648", "4294967296", "9007199254740993"],
  ...["1e308", "1e400", "-1e400", "1e-400", "8640000000000001", "1e21", "123456789012345678901234567890"],
];

/** No JSON at all, but what a text may hold in its place. */
const noNumbers = ["NaN", "Infinity", "-", "0x10", "01", "undefined", "'a'", "1n"];

const texts: readonly string[] = [
  ...[
    "",
    " ",
    "\0",
    "\ud800",
    "\udfff\ud800",
    "é",
    "\u202e",
    "\ufeff",
    "a\r\nb",
    "%00",
    "../..",
    "__proto__",
  ],
  ...["0", "-1", "1e9", "NaN", "null", "true", "2026-13-45T99:99:99Z", "http://", "javascript:alert(1)"],
  ...["0".repeat(64), "ff".repeat(32), "ab".repeat(31), "zz".repeat(32), "FF".repeat(32), "<script>"],
];

/** The value's JSON after one change, or a few. */
export function hostileJsonText(chance: Chance, value: unknown): string {
  const root = { at: treeOf(value) };
  for (let count = 1 + chance.size(3); count > 0; count--) change(chance, root);
  return written(root.at);
}

/**
 * Likewise as a parser of values meets it: what JSON.parse makes of the text, and of the value itself where
 * it is none.
 */
export function hostileValue(chance: Chance, value: unknown): unknown {
  const text = hostileJsonText(chance, value);
  try {
    return JSON.parse(text);
  } catch {
    return chance.pick([null, text, 7, [], {}, undefined]);
  }
}

/** A text that no field expects. */
export function hostileText(chance: Chance): string {
  if (chance.happens(0.2)) return chance.pick(texts).repeat(chance.size(3000));
  if (chance.happens(0.3)) {
    return String.fromCharCode(...Array.from({ length: chance.size(40) }, () => chance.below(0x10000)));
  }
  return chance.pick(texts);
}

function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return value.map(treeOf);
  if (typeof value === "object" && value !== null)
    return new Members(Object.entries(value).map(([name, one]) => [name, treeOf(one)]));
  return new Raw(JSON.stringify(value) ?? "null");
}

function written(tree: Tree): string {
  if (tree instanceof Raw) return tree.text;
  if (Array.isArray(tree)) return `[${tree.map(written).join(",")}]`;
  return `{${tree.entries.map(([name, one]) => `${JSON.stringify(name)}:${written(one)}`).join(",")}}`;
}

interface Place {
  readonly get: () => Tree;
  readonly put: (tree: Tree) => void;
  /** Takes the place out of what it stands in. */
  readonly drop: () => void;
  /** Puts another one beside it. */
  readonly add: (tree: Tree, name: string | null) => void;
}

function placesIn(tree: Tree): readonly Place[] {
  if (tree instanceof Raw) return [];
  if (Array.isArray(tree)) {
    return tree.flatMap((one, at) => [
      {
        get: () => tree[at],
        put: (other: Tree) => void tree.splice(at, 1, other),
        drop: () => void tree.splice(at, 1),
        add: (other: Tree) => void tree.splice(at, 0, other),
      },
      ...placesIn(one),
    ]);
  }
  const { entries } = tree;
  return entries.flatMap(([name, one], at) => [
    {
      get: () => one,
      put: (other: Tree) => void entries.splice(at, 1, [name, other]),
      drop: () => void entries.splice(at, 1),
      add: (other: Tree, as: string | null) => void entries.push([as ?? name, other]),
    },
    ...placesIn(one),
  ]);
}

function change(chance: Chance, root: { at: Tree }): void {
  const places = placesIn(root.at);
  if (places.length === 0 || chance.happens(0.03)) {
    root.at = odd(chance);
    return;
  }
  const place = chance.pick(places);
  const ways: readonly (() => void)[] = [
    place.drop,
    () => place.put(odd(chance)),
    () => place.put(odd(chance)),
    () => place.put(copy(chance.pick(places).get())),
    () => place.add(copy(place.get()), null),
    () => place.add(odd(chance), chance.pick(names)),
    () => place.put([copy(place.get())]),
    () => place.put(new Members([[chance.pick(names), copy(place.get())]])),
    () => place.put(many(copy(place.get()), chance.size(3000))),
    () => place.put(cut(chance, place.get())),
  ];
  chance.pick(ways)();
}

/** What stands in one place cannot stand in itself. */
function copy(tree: Tree): Raw {
  return new Raw(written(tree));
}

const mostManyCharacters = 200_000;

function many({ text }: Raw, count: number): Raw {
  const most = Math.max(1, Math.floor(mostManyCharacters / (text.length + 1)));
  return new Raw(`[${Array.from({ length: Math.min(count, most) }, () => text).join(",")}]`);
}

/** Part of a text, or a text that goes on. */
function cut(chance: Chance, tree: Tree): Tree {
  if (!(tree instanceof Raw) || !tree.text.startsWith('"')) return odd(chance);
  const text = String(JSON.parse(tree.text));
  const at = chance.below(text.length + 1);
  const middle = chance.happens(0.5) ? hostileText(chance) : "";
  return new Raw(JSON.stringify(text.slice(0, at) + middle + text.slice(at + chance.below(3))));
}

function odd(chance: Chance): Tree {
  const ways: readonly (() => Tree)[] = [
    () => new Raw(chance.pick(numbersInJson)),
    () => new Raw(chance.pick(numbersInJson)),
    () => new Raw(chance.pick(["null", "true", "false", "{}", "[]", '""'])),
    () => new Raw(JSON.stringify(hostileText(chance))),
    () => new Raw(JSON.stringify(hostileText(chance))),
    () => nested(chance),
    () => new Members([[chance.pick(names), new Raw("1")]]),
    () => new Raw(chance.pick(noNumbers)),
  ];
  return chance.pick(ways)();
}

/** Lists or objects within each other, deeper than a function can call itself. */
function nested(chance: Chance): Raw {
  const deep = chance.size(50_000);
  return chance.happens(0.6)
    ? new Raw("[".repeat(deep) + "]".repeat(deep))
    : new Raw(`${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`);
}
