/**
 * What training knows beside a bundle's int8 rows: factors at full precision and the counts behind popularity. It is
 * made of sums over crowds (or of logs the operator owns) alone, and kept with each bundle so that a roll back is whole.
 */

import { ByteReader, ByteWriter } from "../../../core/bytes.ts";
import type { CatalogueCard } from "../../../core/model/bundle.ts";
import { seededRandomOf } from "../../../core/seeded.ts";
import type { Learned, PublicItems } from "./knowledge.ts";
import { shrunkenShares } from "./smoothing.ts";
import { startingFactors } from "./startingfactors.ts";

/** Share of people per item, 0..1, the noise in it shrunken by what content lets expect; 0 where nobody was heard. */
export function popularityOf(learned: Learned, publicItems: PublicItems): Float32Array {
  return Float32Array.from(shrunkenShares(learned, publicItems), (share) => Math.min(1, Math.max(0, share)));
}

/**
 * Factors before anybody reported: the leading numbers of the content vectors, which say the most about them, so that the
 * first browsers already solve for something that tells people apart. Where content says nothing (no text, more factors
 * than content numbers) they are small and random, the same for the same item id. Nothing is counted yet.
 */
export function unlearned({ catalogue, content, contentDim }: PublicItems, dim: number): Learned {
  const count = catalogue.length;
  const factors = new Float64Array(count * dim);
  const given = Math.min(dim, contentDim);
  for (const [at, { item }] of catalogue.entries()) {
    const row = factors.subarray(at * dim, (at + 1) * dim);
    for (let k = 0; k < given; k++) row[k] = content.values[at * contentDim + k] * content.scales[at];
    const empty = row.every((value) => value === 0);
    const small = startingFactors({ count: 1, dim, random: seededRandomOf(item) });
    for (let k = empty ? 0 : given; k < dim; k++) row[k] = small[k];
  }
  const nothing = () => new Float64Array(count);
  return { factors, dim, counts: nothing(), people: nothing(), countVariance: nothing() };
}

/**
 * What is known about items that stay, on the rows of a new catalogue; new items start as `unlearned` ones. Counts stay
 * when `dim` is another one than before, factors cannot.
 */
export function carriedOver(
  learned: Learned,
  from: readonly Pick<CatalogueCard, "item">[],
  to: PublicItems,
  dim: number,
): Learned {
  const fresh = unlearned(to, dim);
  const rowOf = new Map(from.map(({ item }, row) => [item, row]));
  for (const [at, { item }] of to.catalogue.entries()) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    if (dim === learned.dim) {
      fresh.factors.set(learned.factors.subarray(row * dim, (row + 1) * dim), at * dim);
    }
    fresh.counts[at] = learned.counts[row];
    fresh.people[at] = learned.people[row];
    fresh.countVariance[at] = learned.countVariance[row];
  }
  return fresh;
}

export function encodeLearned({ factors, dim, counts, people, countVariance }: Learned): Uint8Array {
  const writer = new ByteWriter().u32(dim).u32(counts.length);
  for (const values of [factors, counts, people, countVariance]) {
    const view = new DataView(new ArrayBuffer(values.length * 8));
    for (let k = 0; k < values.length; k++) view.setFloat64(k * 8, values[k], true);
    writer.raw(new Uint8Array(view.buffer));
  }
  return writer.finish();
}

/** The inverse of `encodeLearned`; bytes from before noise was kept have none. @throws {RangeError} for bytes of another length. */
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
  const countVariance = reader.left === 0 ? new Float64Array(items) : numbers(items, "countVariance");
  reader.end();
  return { factors, dim, counts, people, countVariance };
}
