/**
 * Part `factors`: the item vectors that the crowd (or a training on logs) has learned, in the order by which
 * tasks number their items. It may hold items that have left the feed, and the catalogue may have others that
 * wait for the next round.
 */
import * as v from "valibot";
import { dimSchema, itemCountSchema, wholeSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import type { QuantizedRows } from "./quantize.ts";
import { idSection, readIds, readRows, requireShape, rowSections } from "./sections.ts";

export const factorsKind = "factors";

export interface FactorsPart {
  readonly items: readonly string[];
  readonly dim: number;
  /** How many item steps the factors have seen; 0 before the crowd has spoken. */
  readonly round: number;
  /** Items x dim. */
  readonly rows: QuantizedRows;
}

/** @throws {TypeError | RangeError} for rows of another shape, or ids that no browser would take. */
export function encodeFactors({ items, dim, round, rows }: FactorsPart): Uint8Array<ArrayBuffer> {
  requireShape(rows, { count: items.length, dim }, "encodeFactors");
  return encodePart({
    kind: factorsKind,
    fields: { items: items.length, dim, round },
    sections: [...rowSections(rows), idSection(items)],
  });
}

const headerSchema = v.object({ items: itemCountSchema, dim: dimSchema, round: wholeSchema });

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} `parseFactors: …`
 */
export function parseFactors(bytes: Uint8Array, known?: readonly string[]): FactorsPart {
  const who = "parseFactors";
  const part = parsePart(bytes, { kind: factorsKind, who });
  const { items: count, dim, round } = headerFields(part, headerSchema, who);
  return { items: readIds(part, count, who, known), dim, round, rows: readRows(part, { count, dim }, who) };
}
