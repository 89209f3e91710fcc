/**
 * Part `meanings`: the vectors that an encoder gave a catalogue's items; its `space` is the encoder's id. An edition
 * lists one beside the encoder, and only whoever has a text for it fetches it.
 */
import { encodeItemRows, type ItemRowsPart, itemRowsOf } from "../model/itemrows.ts";
import { meaningsKind } from "./ref.ts";

export type MeaningsPart = ItemRowsPart;

/** @throws {TypeError | RangeError} for rows of another shape, or ids that no browser would take. */
export function encodeMeanings(part: MeaningsPart): Uint8Array<ArrayBuffer> {
  return encodeItemRows(part, { kind: meaningsKind, who: "encodeMeanings" });
}

/** @throws {TypeError | RangeError} `parseMeanings: …` */
export function parseMeanings(bytes: Uint8Array): MeaningsPart {
  return itemRowsOf(bytes, { kind: meaningsKind, who: "parseMeanings" });
}
