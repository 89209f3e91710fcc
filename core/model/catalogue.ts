/** Part `catalogue`: the cards of everything the site offers, in the feed's order. */
import * as v from "valibot";
import { type CatalogueCard, encodeCard, joinLines, parseCards, splitLines } from "./card.ts";
import { itemCountSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import { requireUnique } from "./sections.ts";

export const catalogueKind = "catalogue";

export interface CataloguePart {
  readonly cards: readonly CatalogueCard[];
  /** What is known of the cards without looking at each of them. */
  readonly asRead?: AsRead;
}

export interface AsRead {
  /** Item ids by row. */
  readonly items: readonly string[];
  /** Rows of what cannot be had. */
  readonly unavailable: ArrayLike<number>;
}

/**
 * The same cards give the same bytes.
 *
 * @throws {TypeError | RangeError} for cards that no browser would take.
 */
export function encodeCatalogue({ cards }: CataloguePart): Uint8Array<ArrayBuffer> {
  requireUnique(
    cards.map(({ item }) => item),
    "encodeCatalogue",
  );
  return encodeCatalogueLines(cards.map((card) => encodeCard(card, "encodeCatalogue")));
}

/** @throws {TypeError | RangeError} `parseCatalogue: …` */
export function parseCatalogue(bytes: Uint8Array): CataloguePart {
  const who = "parseCatalogue";
  const { items, text } = catalogueText(bytes, who);
  return { cards: parseCards(text, items, who) };
}

/** From cards that are lines already, unread. */
export function encodeCatalogueLines(lines: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return encodeCatalogueText({ items: lines.length, text: joinLines(lines) });
}

/** The lines of the cards as one text, unread. */
export interface CatalogueText {
  readonly items: number;
  readonly text: Uint8Array;
}

export function encodeCatalogueText({ items, text }: CatalogueText): Uint8Array<ArrayBuffer> {
  return encodePart({
    kind: catalogueKind,
    fields: { items },
    sections: [{ name: "cards", type: "json", data: text }],
  });
}

/** The lines of the cards, unread and one at a time. */
export function catalogueLines(bytes: Uint8Array, who: string): Iterable<Uint8Array> {
  const { items, text } = catalogueText(bytes, who);
  return splitLines(text, items, who);
}

export function catalogueText(bytes: Uint8Array, who: string): CatalogueText {
  const part = parsePart(bytes, { kind: catalogueKind, who });
  const { items } = headerFields(part, v.object({ items: itemCountSchema }), who);
  return { items, text: part.section({ name: "cards", type: "json" }) };
}
