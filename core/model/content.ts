/**
 * Part `content`: public item vectors. `space` names the space they are in: rows of two parts can be compared
 * only when it is the same. An edition may list several, a base and additions; the later one wins for an item
 * in both.
 */
import * as v from "valibot";
import { dimSchema, itemCountSchema, nameSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import type { QuantizedRows } from "./quantize.ts";
import { idSection, readIds, readRows, requireShape, rowSections } from "./sections.ts";

export const contentKind = "content";

export interface ContentPart {
  readonly items: readonly string[];
  readonly dim: number;
  readonly space: string;
  /** Items x dim. */
  readonly rows: QuantizedRows;
}

/** @throws {TypeError | RangeError} for rows of another shape, or ids that no browser would take. */
export function encodeContent({ items, dim, space, rows }: ContentPart): Uint8Array<ArrayBuffer> {
  requireShape(rows, { count: items.length, dim }, "encodeContent");
  return encodePart({
    kind: contentKind,
    fields: { items: items.length, dim, space },
    sections: [...rowSections(rows), idSection(items)],
  });
}

const headerSchema = v.object({ items: itemCountSchema, dim: dimSchema, space: nameSchema });

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} `parseContent: …`
 */
export function parseContent(bytes: Uint8Array, known?: readonly string[]): ContentPart {
  const who = "parseContent";
  const part = parsePart(bytes, { kind: contentKind, who });
  const { items: count, dim, space } = headerFields(part, headerSchema, who);
  return { items: readIds(part, count, who, known), dim, space, rows: readRows(part, { count, dim }, who) };
}
