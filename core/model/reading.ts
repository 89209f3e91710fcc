/**
 * What reading an edition's parts found out, kept by a device so that later visits need not read every card and
 * every list of ids again. It is made once all parts were read in full,
 * and says nothing that they do not.
 *
 * Part `reading`, which no server publishes: the catalogue's ids, where each card's line starts, which items
 * cannot be had, and which parts stand in the catalogue's order.
 */
import * as v from "valibot";
import { uint32FromBytes, uint32ToBytes } from "../bytes.ts";
import { jsonFromBytes, jsonToBytes } from "../json.ts";
import { issueText } from "../wire/issues.ts";
import { lineStarts } from "./card.ts";
import { type CataloguePart, catalogueText } from "./catalogue.ts";
import { itemCountSchema, modelLimits, partIdSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import { readCards } from "./readcards.ts";
import { idSection } from "./sections.ts";

const readingKind = "reading";

export interface Reading {
  /** Item ids in the catalogue's order. */
  readonly items: readonly string[];
  /** Where each card's line starts in the catalogue's text, and where the last one ends. */
  readonly starts: Uint32Array;
  /** Rows of what cannot be had, from first to last. */
  readonly unavailable: Uint32Array;
  /** Ids of the parts that are about the catalogue's items in the catalogue's order. */
  readonly inOrder: ReadonlySet<string>;
}

/** A part that is about items, with its id. */
export interface ReadPart {
  readonly id: string;
  readonly items: readonly string[];
}

/** @param bytes of the catalogue part, from which `cards` were read. */
export function readingOf(bytes: Uint8Array, { cards }: CataloguePart, parts: readonly ReadPart[]): Reading {
  const items = cards.map(({ item }) => item);
  const isInOrder = (part: ReadPart): boolean =>
    part.items.length === items.length && part.items.every((item, row) => item === items[row]);
  return {
    items,
    starts: lineStarts(catalogueText(bytes, "readingOf").text, items.length, "readingOf"),
    unavailable: Uint32Array.from(cards.flatMap(({ available }, row) => (available === false ? row : []))),
    inOrder: new Set(parts.filter(isInOrder).map(({ id }) => id)),
  };
}

/** Whether it can be the reading of this catalogue part, if it is one. */
export function isReadingOf({ items, starts }: Reading, bytes: Uint8Array | null): boolean {
  if (bytes === null) return false;
  try {
    const { items: count, text } = catalogueText(bytes, "isReadingOf");
    return count === items.length && starts[count] === text.length;
  } catch {
    // Whoever reads it in full says what is wrong.
    return false;
  }
}

/** The catalogue as it was read before: each card is read from its line when it is first looked at. */
export function catalogueAsRead(bytes: Uint8Array, { items, starts, unavailable }: Reading): CataloguePart {
  const { text } = catalogueText(bytes, "catalogueAsRead");
  return { cards: readCards(items, { text, starts }), asRead: { items, unavailable } };
}

export function encodeReading({ items, starts, unavailable, inOrder }: Reading): Uint8Array<ArrayBuffer> {
  return encodePart({
    kind: readingKind,
    fields: { items: items.length },
    sections: [
      idSection(items),
      { name: "starts", type: "u32", data: uint32ToBytes(starts) },
      { name: "unavailable", type: "u32", data: uint32ToBytes(unavailable) },
      { name: "inOrder", type: "json", data: jsonToBytes([...inOrder]) },
    ],
  });
}

const inOrderSchema = v.pipe(v.array(partIdSchema), v.maxLength(modelLimits.parts));

/** @throws {TypeError | RangeError} `parseReading: …` */
export function parseReading(bytes: Uint8Array): Reading {
  const who = "parseReading";
  const part = parsePart(bytes, { kind: readingKind, who });
  const { items: count } = headerFields(part, v.object({ items: itemCountSchema }), who);
  const numbers = (name: string, length?: number): Uint32Array =>
    uint32FromBytes(
      part.section({ name, type: "u32", ...(length === undefined ? {} : { bytes: 4 * length }) }),
    );
  const inOrder = v.safeParse(
    inOrderSchema,
    jsonFromBytes(part.section({ name: "inOrder", type: "json" }), who),
  );
  if (!inOrder.success) throw new TypeError(issueText(`${who}: inOrder`, inOrder.issues[0]));
  return {
    items: idsIn(part.section({ name: "items", type: "json" }), count, who),
    starts: numbers("starts", count + 1),
    unavailable: numbers("unavailable"),
    inOrder: new Set(inOrder.output),
  };
}

/** They were checked when the parts were read. */
function idsIn(bytes: Uint8Array, count: number, who: string): readonly string[] {
  const items = jsonFromBytes(bytes, who);
  if (Array.isArray(items) && items.length === count) return items;
  throw new RangeError(`${who}: expected ${count} item ids, got another number`);
}
