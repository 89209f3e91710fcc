/**
 * What training knows beside the int8 rows that are published: factors at full precision and the counts
 * behind popularity, by item id. It is made of sums over crowds (or of logs the operator owns) alone, and
 * kept with each factors part so that a roll back is whole. It outlives the catalogue: an item that has left
 * is kept for a while, and comes back with what it had.
 */

import { ByteReader, ByteWriter } from "../../../core/bytes.ts";
import { jsonFromBytes, jsonToBytes } from "../../../core/json.ts";
import { seededRandomOf } from "../../../core/seeded.ts";
import type { Learned, LearnedItems, PublicItems } from "./knowledge.ts";
import { shrunkenShares } from "./smoothing.ts";
import { startingFactors } from "./startingfactors.ts";

/**
 * Share of people per item, 0..1, the noise in it shrunken by what content lets expect; 0 where nobody
 * reported.
 */
export function popularityOf(
  learned: Omit<Learned, "factors" | "dim">,
  publicItems: Pick<PublicItems, "content" | "contentDim">,
): Float32Array {
  return Float32Array.from(shrunkenShares(learned, publicItems), (share) => Math.min(1, Math.max(0, share)));
}

/**
 * Factors before anybody reported: the leading numbers of the content vectors, which say the most about them,
 * so that the first browsers already solve for something that tells people apart. Where content says nothing
 * (no text, more factors than content numbers) they are small and random, the same for the same item id.
 * Nothing is counted yet.
 */
export function unlearned(publicItems: PublicItems, dim: number): LearnedItems {
  const items = publicItems.catalogue.map(({ item }) => item);
  const learned = { ...nothingLearned(items, dim), items };
  for (const row of items.keys()) learned.factors.set(startingRow(publicItems, row, dim), row * dim);
  return learned;
}

/** The factors that the item of this row begins with. */
export function startingRow(
  { catalogue, content, contentDim }: PublicItems,
  at: number,
  dim: number,
): Float64Array {
  const row = new Float64Array(dim);
  const given = Math.min(dim, contentDim);
  for (let k = 0; k < given; k++) row[k] = content.values[at * contentDim + k] * content.scales[at];
  const empty = row.every((value) => value === 0);
  const small = startingFactors({ count: 1, dim, random: seededRandomOf(catalogue[at].item) });
  for (let k = empty ? 0 : given; k < dim; k++) row[k] = small[k];
  return row;
}

/**
 * What is known of these items: known ones first, in the order they have, then those that are new, with
 * `startOf` as their factors and nothing counted yet. What is known of others is dropped.
 */
export function learnedFor(
  items: readonly string[],
  learned: LearnedItems,
  startOf: (item: string) => Float64Array,
): LearnedItems {
  const { dim } = learned;
  const rowOf = new Map(learned.items.map((item, row) => [item, row]));
  const wanted = new Set(items);
  const all = [
    ...learned.items.filter((item) => wanted.has(item)),
    ...items.filter((item) => !rowOf.has(item)),
  ];
  const next = { ...nothingLearned(all, dim), items: all };
  for (const [at, item] of all.entries()) {
    const row = rowOf.get(item);
    if (row === undefined) {
      next.factors.set(startOf(item), at * dim);
      continue;
    }
    next.factors.set(learned.factors.subarray(row * dim, (row + 1) * dim), at * dim);
    next.counts[at] = learned.counts[row];
    next.people[at] = learned.people[row];
    next.countVariance[at] = learned.countVariance[row];
  }
  return next;
}

/** Weighted people by item, as a round on something else counted them. */
export interface CountedItems {
  readonly items: readonly string[];
  readonly counts: Float64Array;
  /** Behind each count, and the variance of the noise in it. */
  readonly people: number;
  readonly countVariance: number;
}

/** What was learned, with these counts in place of its own; counts of items that it lacks are dropped. */
export function withCounts(
  learned: LearnedItems,
  { items, counts, people, countVariance }: CountedItems,
): LearnedItems {
  const next = {
    ...learned,
    counts: learned.counts.slice(),
    people: learned.people.slice(),
    countVariance: learned.countVariance.slice(),
  };
  const rowOf = new Map(learned.items.map((item, row) => [item, row]));
  for (const [at, item] of items.entries()) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    next.counts[row] = counts[at];
    next.people[row] = people;
    next.countVariance[row] = countVariance;
  }
  return next;
}

/** Whether the crowd, or logs, have said anything at all. */
export function hasLearned({ counts }: Pick<Learned, "counts">): boolean {
  return counts.some((count) => count !== 0);
}

export function encodeLearned(learned: LearnedItems): Uint8Array {
  const { items, factors, dim, counts, people, countVariance } = learned;
  const writer = new ByteWriter().u32(magic).block(jsonToBytes(items)).u32(dim).u32(counts.length);
  for (const values of [factors, counts, people, countVariance]) {
    const view = new DataView(new ArrayBuffer(values.length * 8));
    for (let k = 0; k < values.length; k++) view.setFloat64(k * 8, values[k], true);
    writer.raw(new Uint8Array(view.buffer));
  }
  return writer.finish();
}

/** The inverse of `encodeLearned`. @throws {TypeError | RangeError} for other bytes. */
export function parseLearned(bytes: Uint8Array): LearnedItems {
  const reader = new ByteReader(bytes, "parseLearned");
  const found = reader.u32("magic");
  if (found !== magic) throw new TypeError(`parseLearned: magic must be "TCTL", got 0x${found.toString(16)}`);
  const items = jsonFromBytes(reader.block("items"), "parseLearned");
  const learned = numbersFrom(reader);
  if (!Array.isArray(items) || items.length !== learned.counts.length) {
    throw new RangeError(`parseLearned: expected ${learned.counts.length} items, got another list`);
  }
  return { items: items.map(String), ...learned };
}

/** What protocol 2 kept beside a bundle, whose rows are in the order of the bundle's catalogue. */
export function parseLearnedOfBundle(bytes: Uint8Array): Learned {
  return numbersFrom(new ByteReader(bytes, "parseLearnedOfBundle"));
}

const magic = 0x4c544354; // "TCTL"

/** Bytes from before noise was kept have none. */
function numbersFrom(reader: ByteReader): Learned {
  const dim = reader.u32("dim");
  const items = reader.u32("items");
  const numbers = (count: number, what: string): Float64Array => {
    const part = reader.raw(count * 8, what);
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    return Float64Array.from({ length: count }, (_, k) => view.getFloat64(k * 8, true));
  };
  const factors = numbers(items * dim, "factors");
  const counts = numbers(items, "counts");
  const people = numbers(items, "people");
  const countVariance = reader.left === 0 ? new Float64Array(items) : numbers(items, "countVariance");
  reader.end();
  return { factors, dim, counts, people, countVariance };
}

function nothingLearned(items: readonly string[], dim: number): Learned {
  const nothing = () => new Float64Array(items.length);
  const factors = new Float64Array(items.length * dim);
  return { factors, dim, counts: nothing(), people: nothing(), countVariance: nothing() };
}
