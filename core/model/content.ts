/**
 * Part `content`: public item vectors. `space` names the space they are in: rows of two parts can be compared
 * only when it is the same. An edition may list several, a base and additions; the later one wins for an item
 * in both.
 */
import { encodeItemRows, type ItemRowsPart, itemRowsOf } from "./itemrows.ts";

export const contentKind = "content";

export type ContentPart = ItemRowsPart;

/** @throws {TypeError | RangeError} for rows of another shape, or ids that no browser would take. */
export function encodeContent(part: ContentPart): Uint8Array<ArrayBuffer> {
  return encodeItemRows(part, { kind: contentKind, who: "encodeContent" });
}

/**
 * @param known its ids, when it has been read before.
 * @throws {TypeError | RangeError} `parseContent: …`
 */
export function parseContent(bytes: Uint8Array, known?: readonly string[]): ContentPart {
  return itemRowsOf(bytes, { kind: contentKind, who: "parseContent" }, known);
}
