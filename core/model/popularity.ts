/**
 * Part `popularity`: which share of people, 0..1, dealt with an item, as the crowd's sums say. An item
 * outside has 0.
 */
import * as v from "valibot";
import { itemCountSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import { idSection, readIds, readShares, shareSection } from "./sections.ts";

export const popularityKind = "popularity";

export interface PopularityPart {
  readonly items: readonly string[];
  /** One an item; read to one part in 4,096. */
  readonly shares: ArrayLike<number>;
}

/** @throws {TypeError | RangeError} for shares outside 0..1, or ids that no browser would take. */
export function encodePopularity({ items, shares }: PopularityPart): Uint8Array<ArrayBuffer> {
  if (items.length !== shares.length) {
    throw new RangeError(`encodePopularity: expected ${items.length} shares, got ${shares.length}`);
  }
  return encodePart({
    kind: popularityKind,
    fields: { items: items.length },
    sections: [shareSection(shares), idSection(items)],
  });
}

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} `parsePopularity: …`
 */
export function parsePopularity(bytes: Uint8Array, known?: readonly string[]): PopularityPart {
  const who = "parsePopularity";
  const part = parsePart(bytes, { kind: popularityKind, who });
  const { items: count } = headerFields(part, v.object({ items: itemCountSchema }), who);
  return { items: readIds(part, count, who, known), shares: readShares(part, count, who) };
}
