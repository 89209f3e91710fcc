/**
 * Content parts of a catalogue: a base, and additions for what came or changed later. Rows of items that did
 * not change stay where they are, byte for byte, so that a browser that has them fetches only what is new.
 *
 * An addition that is more than half of the part before it is merged with it: a row is fetched again a few
 * times in all, and a catalogue has few parts. Once more than half of the rows are of items that are gone,
 * all parts become one.
 */
import { type ContentPart, contentKind, encodeContent } from "../../core/model/content.ts";
import { quantizeRows, rowsBetween } from "../../core/model/quantize.ts";
import { type Named, named } from "./encode.ts";
import { type EncodedItems, type ItemVectors, vectorIn } from "./import/meaning.ts";
import { type ContentSpace, projectInto, rowDim } from "./import/space.ts";
import type { ContentItem } from "./import/tokens.ts";

export interface SpaceInForce {
  readonly id: string;
  readonly space: ContentSpace;
}

export interface ContentSources {
  /** Parts in the same space, the base first; none for a new space. */
  readonly before: readonly Named<ContentPart>[];
  /** The items' vectors, where the space has a meaning. */
  readonly encoded: EncodedItems | null;
  /** The vectors of items' pictures, where the space has pictures. */
  readonly pictures?: ItemVectors | null;
}

export async function contentParts(
  items: readonly ContentItem[],
  { id, space }: SpaceInForce,
  { before, encoded, pictures = null }: ContentSources,
): Promise<readonly Named<ContentPart>[]> {
  const wanted = items.map(({ item }) => item);
  const dim = rowDim(space);
  const addition = changedRows(items, space, { before, encoded, pictures });
  const shape = { dim, space: id };
  const parts: (Named<ContentPart> | ContentPart)[] = [...before];
  if (addition.items.length > 0 || before.length === 0) parts.push({ ...shape, ...addition });
  const mostRows = Math.floor(mostBytes / (dim + bytesBesideRow));
  const isMergeable = (last: number, previous: number) => 2 * last > previous && last + previous <= mostRows;
  while (parts.length > 1 && isMergeable(sizeOf(parts[parts.length - 1]), sizeOf(parts[parts.length - 2]))) {
    parts.push(merged(parts.splice(-2).map(partOf), wanted));
  }
  const rows = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  if (rows > 2 * wanted.length) parts.splice(0, parts.length, merged(parts.map(partOf), wanted));
  return Promise.all(
    parts
      .flatMap((part): readonly (Named<ContentPart> | ContentPart)[] =>
        isNamed(part) ? [part] : split(part, mostRows),
      )
      .map((part) => (isNamed(part) ? part : named(contentKind, part, encodeContent(part)))),
  );
}

/** A part is held whole by whoever reads it; see core/model/limits.ts. */
const mostBytes = 32 * 1024 * 1024;
/** A scale, and an id of the usual length. */
const bytesBesideRow = 24;

function split(part: ContentPart, mostRows: number): readonly ContentPart[] {
  const { items, dim } = part;
  if (items.length <= mostRows) return [part];
  return Array.from({ length: Math.ceil(items.length / mostRows) }, (_, k) => {
    const from = k * mostRows;
    const to = Math.min(items.length, from + mostRows);
    return { ...part, items: items.slice(from, to), rows: rowsBetween(part.rows, { from, to, dim }) };
  });
}

/** Rows of the items that no part has, or has otherwise. */
function changedRows(
  items: readonly ContentItem[],
  space: ContentSpace,
  { before, encoded, pictures = null }: ContentSources,
): Pick<ContentPart, "items" | "rows"> {
  const dim = rowDim(space);
  const placeOf = new Map<string, { readonly part: ContentPart; readonly row: number }>();
  for (const { part } of before) {
    for (const [row, item] of part.items.entries()) placeOf.set(item, { part, row });
  }
  const changed: string[] = [];
  const values: Int8Array[] = [];
  const scales: number[] = [];
  const vector = new Float64Array(dim);
  const pictured = new Float32Array(pictures?.dim ?? 0);
  for (const [at, item] of items.entries()) {
    const meaning = encoded === null ? null : vectorIn(encoded, at);
    const picture = pictures?.readInto(pictured, at) ? pictured : null;
    projectInto(vector, item, space, { meaning, picture });
    // As the base of a new space is made, row by row: a row is the same bytes whatever stands beside it.
    const row = quantizeRows(vector, 1, dim);
    const place = placeOf.get(item.item);
    if (place !== undefined && isRow(place.part, place.row, row.values, row.scales[0])) continue;
    changed.push(item.item);
    values.push(row.values);
    scales.push(row.scales[0]);
  }
  const all = new Int8Array(changed.length * dim);
  for (const [at, row] of values.entries()) all.set(row, at * dim);
  return { items: changed, rows: { values: all, scales: Float32Array.from(scales) } };
}

function isRow({ rows, dim }: ContentPart, row: number, values: Int8Array, scale: number): boolean {
  if (rows.scales[row] !== scale) return false;
  for (let k = 0; k < dim; k++) if (rows.values[row * dim + k] !== values[k]) return false;
  return true;
}

/** One part of the wanted items of several; the later one wins. */
function merged(parts: readonly ContentPart[], wanted: readonly string[]): ContentPart {
  const [{ dim, space }] = parts;
  const placeOf = new Map<string, { readonly part: ContentPart; readonly row: number }>();
  for (const part of parts) for (const [row, item] of part.items.entries()) placeOf.set(item, { part, row });
  const items = wanted.filter((item) => placeOf.has(item));
  const values = new Int8Array(items.length * dim);
  const scales = new Float32Array(items.length);
  for (const [at, item] of items.entries()) {
    const place = placeOf.get(item);
    if (place === undefined) continue;
    const { rows } = place.part;
    values.set(rows.values.subarray(place.row * dim, (place.row + 1) * dim), at * dim);
    scales[at] = rows.scales[place.row];
  }
  return { items, dim, space, rows: { values, scales } };
}

function partOf(part: Named<ContentPart> | ContentPart): ContentPart {
  return isNamed(part) ? part.part : part;
}

function isNamed(part: Named<ContentPart> | ContentPart): part is Named<ContentPart> {
  return "ref" in part;
}

function sizeOf(part: Named<ContentPart> | ContentPart): number {
  return partOf(part).items.length;
}
