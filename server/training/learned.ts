/**
 * What training knows beside a bundle's int8 rows: factors at full precision and the counts behind popularity. It is
 * made of sums over crowds (or of logs the operator owns) alone, and kept with each bundle so that a roll back is whole.
 */
import type { CatalogueCard } from "../../core/bundle.ts";
import { ByteReader, ByteWriter } from "../../core/bytes.ts";
import { seededRandomOf } from "../../core/seeded.ts";
import { startingFactors } from "./als.ts";

export interface Learned {
  /** Item factors, items x dim. */
  readonly factors: Float64Array;
  readonly dim: number;
  /** Weighted number of people that dealt with each item, as summed: noise may make it negative. */
  readonly counts: Float64Array;
  /** Weighted number of people behind each item's count. */
  readonly people: Float64Array;
}

/** Share of people per item, 0..1; 0 where nobody was heard. */
export function popularityOf({ counts, people }: Learned): Float32Array {
  return Float32Array.from(counts, (count, item) =>
    people[item] > 0 ? Math.min(1, Math.max(0, count / people[item])) : 0,
  );
}

/** Small random factors, the same for the same item ids whatever stands beside them; nothing counted yet. */
export function unlearned(items: readonly Pick<CatalogueCard, "item">[], dim: number): Learned {
  const factors = new Float64Array(items.length * dim);
  for (const [at, { item }] of items.entries()) {
    factors.set(startingFactors({ count: 1, dim, random: seededRandomOf(item) }), at * dim);
  }
  return {
    factors,
    dim,
    counts: new Float64Array(items.length),
    people: new Float64Array(items.length),
  };
}

/**
 * What is known about items that stay, on the rows of a new catalogue; new items start small and random. Counts stay
 * when `dim` is another one than before, factors cannot.
 */
export function carriedOver(
  learned: Learned,
  from: readonly Pick<CatalogueCard, "item">[],
  to: readonly Pick<CatalogueCard, "item">[],
  dim: number,
): Learned {
  const fresh = unlearned(to, dim);
  const rowOf = new Map(from.map(({ item }, row) => [item, row]));
  for (const [at, { item }] of to.entries()) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    if (dim === learned.dim) {
      fresh.factors.set(learned.factors.subarray(row * dim, (row + 1) * dim), at * dim);
    }
    fresh.counts[at] = learned.counts[row];
    fresh.people[at] = learned.people[row];
  }
  return fresh;
}

export function encodeLearned({ factors, dim, counts, people }: Learned): Uint8Array {
  const writer = new ByteWriter().u32(dim).u32(counts.length);
  for (const values of [factors, counts, people]) {
    const view = new DataView(new ArrayBuffer(values.length * 8));
    for (let k = 0; k < values.length; k++) view.setFloat64(k * 8, values[k], true);
    writer.raw(new Uint8Array(view.buffer));
  }
  return writer.finish();
}

/** The inverse of `encodeLearned`. @throws {RangeError} for bytes of another length. */
export function parseLearned(bytes: Uint8Array): Learned {
  const reader = new ByteReader(bytes, "parseLearned");
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
  reader.end();
  return { factors, dim, counts, people };
}
