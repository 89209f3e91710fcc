/**
 * Part `predicted`: for items of the catalogue that nobody has learned yet, factors and shares predicted from
 * their content. They rank, and nothing else: contributions are about learned factors alone.
 */
import * as v from "valibot";
import { dimSchema, itemCountSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import type { QuantizedRows } from "./quantize.ts";
import {
  idSection,
  readIds,
  readRows,
  readShares,
  requireShape,
  rowSections,
  shareSection,
} from "./sections.ts";

export const predictedKind = "predicted";

export interface PredictedPart {
  readonly items: readonly string[];
  /** That of the factors it was predicted for. */
  readonly dim: number;
  /** Items x dim. */
  readonly rows: QuantizedRows;
  /** Shares of people, 0..1, one an item. */
  readonly shares: ArrayLike<number>;
}

/**
 * @throws {TypeError | RangeError} for rows of another shape, or ids and shares that no browser would take.
 */
export function encodePredicted({ items, dim, rows, shares }: PredictedPart): Uint8Array<ArrayBuffer> {
  requireShape(rows, { count: items.length, dim }, "encodePredicted");
  if (items.length !== shares.length) {
    throw new RangeError(`encodePredicted: expected ${items.length} shares, got ${shares.length}`);
  }
  return encodePart({
    kind: predictedKind,
    fields: { items: items.length, dim },
    sections: [...rowSections(rows), shareSection(shares), idSection(items)],
  });
}

const headerSchema = v.object({ items: itemCountSchema, dim: dimSchema });

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} `parsePredicted: …`
 */
export function parsePredicted(bytes: Uint8Array, known?: readonly string[]): PredictedPart {
  const who = "parsePredicted";
  const part = parsePart(bytes, { kind: predictedKind, who });
  const { items: count, dim } = headerFields(part, headerSchema, who);
  return {
    items: readIds(part, count, who, known),
    dim,
    rows: readRows(part, { count, dim }, who),
    shares: readShares(part, count, who),
  };
}
