/**
 * Whether the beginnings of item ids say what an item is. Ranges of stock numbers often do; running numbers say when
 * a row was made, and would make neighbours of what has nothing in common.
 *
 * Items that begin alike are compared with items that do not: by the words that two of them share, of all that they
 * have (Jaccard 1901). Ids carry meaning when those share half as many words again, beyond what chance does.
 */
import { seededRandomOf } from "../../../core/seeded.ts";
import { type ContentItem, tokensOf } from "./tokens.ts";

const mostPairs = 2_000;
const leastPairs = 20;
const leastRatio = 1.5;
/** Standard errors of the difference; pairs that have an item in common are not quite independent. */
const leastErrors = 5;

/** Those of the lengths at which beginnings carry meaning. */
export function tellingPrefixes(
  items: readonly ContentItem[],
  lengths: readonly number[],
): readonly number[] {
  const words = items.map((item) => new Set(tokensOf(item, { idPrefixes: [], pairs: false })));
  return lengths.filter((length) => {
    const { alike, others } = sampledPairs(items, length);
    if (alike.length < leastPairs || others.length < leastPairs) return false;
    const [one, two] = [alike, others].map((pairs) =>
      momentsOf(pairs.map(([a, b]) => sharedPart(words[a], words[b]))),
    );
    const error = Math.sqrt(one.variance / alike.length + two.variance / others.length);
    return one.mean > leastRatio * two.mean && one.mean - two.mean > leastErrors * error;
  });
}

type Pair = readonly [a: number, b: number];

/** Pairs of rows whose ids begin alike, and of rows whose ids do not. */
function sampledPairs(
  items: readonly ContentItem[],
  length: number,
): { readonly alike: readonly Pair[]; readonly others: readonly Pair[] } {
  const random = seededRandomOf(`id prefixes ${length}`);
  const groups = new Map<string, number[]>();
  for (const [row, { item }] of items.entries()) {
    if (item.length < length) continue;
    const prefix = item.slice(0, length);
    const group = groups.get(prefix);
    if (group === undefined) groups.set(prefix, [row]);
    else group.push(row);
  }
  const drawn = (rows: readonly number[]): number => rows[Math.floor(random() * rows.length)];
  const shared = [...groups.values()].filter((rows) => rows.length > 1).flat();
  // Each counts once: a few pairs drawn again and again would seem certain.
  const alike = new Map<number, Pair>();
  const others = new Map<number, Pair>();
  const put = (pairs: Map<number, Pair>, a: number, b: number): void => {
    pairs.set(Math.min(a, b) * items.length + Math.max(a, b), [a, b]);
  };
  for (let draw = 0; draw < mostPairs && shared.length > 0; draw++) {
    const a = drawn(shared);
    const b = drawn(groups.get(items[a].item.slice(0, length)) ?? []);
    if (a !== b) put(alike, a, b);
    const c = Math.floor(random() * items.length);
    if (items[c].item.slice(0, length) !== items[a].item.slice(0, length)) put(others, a, c);
  }
  return { alike: [...alike.values()], others: [...others.values()] };
}

function sharedPart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const word of a) if (b.has(word)) both += 1;
  const all = a.size + b.size - both;
  return all === 0 ? 0 : both / all;
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}
