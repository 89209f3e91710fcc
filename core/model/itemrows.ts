/** Parts that hold a row of numbers for each of their items, all in one space. */
import * as v from "valibot";
import { dimSchema, itemCountSchema, nameSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import type { QuantizedRows } from "./quantize.ts";
import { idSection, readIds, readRows, requireShape, rowSections } from "./sections.ts";

export interface ItemRowsPart {
  readonly items: readonly string[];
  readonly dim: number;
  /** Rows of two parts can be compared only when it is the same. */
  readonly space: string;
  /** Items x dim. */
  readonly rows: QuantizedRows;
}

export interface ItemRowsKind {
  /** Of the part. */
  readonly kind: string;
  /** Who reads or writes it, for what went wrong. */
  readonly who: string;
}

/** @throws {TypeError | RangeError} for rows of another shape, or ids that no browser would take. */
export function encodeItemRows(
  { items, dim, space, rows }: ItemRowsPart,
  { kind, who }: ItemRowsKind,
): Uint8Array<ArrayBuffer> {
  requireShape(rows, { count: items.length, dim }, who);
  return encodePart({
    kind,
    fields: { items: items.length, dim, space },
    sections: [...rowSections(rows), idSection(items)],
  });
}

const headerSchema = v.object({ items: itemCountSchema, dim: dimSchema, space: nameSchema });

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} beginning with `who`.
 */
export function itemRowsOf(
  bytes: Uint8Array,
  { kind, who }: ItemRowsKind,
  known?: readonly string[],
): ItemRowsPart {
  const part = parsePart(bytes, { kind, who });
  const { items: count, dim, space } = headerFields(part, headerSchema, who);
  return { items: readIds(part, count, who, known), dim, space, rows: readRows(part, { count, dim }, who) };
}
