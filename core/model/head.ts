/**
 * Part `head`: the first shelf before the rest is there. The most wanted and the newest items with everything
 * that ranks them, self-contained, and small whatever the catalogue.
 */
import * as v from "valibot";
import { type CatalogueCard, encodeCard, joinLines, parseCards } from "./card.ts";
import { dimSchema, itemCountSchema, modelLimits, nameSchema, wholeSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";
import { type QuantizedRows, rowsBetween } from "./quantize.ts";
import { readRows, readShares, requireShape, requireUnique, rowSections, shareSection } from "./sections.ts";

export const headKind = "head";

export interface HeadPart {
  /** Most wanted first. */
  readonly cards: readonly CatalogueCard[];
  /** Basis of the content rows; see content.ts. */
  readonly space: string;
  readonly contentDim: number;
  /** Cards x contentDim. */
  readonly content: QuantizedRows;
  readonly factorDim: number;
  /** Cards x factorDim; learned or predicted. */
  readonly factors: QuantizedRows;
  /** Shares of people, 0..1, one a card. */
  readonly shares: ArrayLike<number>;
  /** Item steps behind the factors. */
  readonly round: number;
}

/** As many of the first cards, with what belongs to them, as a head may have bytes. */
export function fittingHead(head: HeadPart): HeadPart {
  const { cards, contentDim, factorDim } = head;
  // A header, and the padding of six sections.
  let left = modelLimits.headBytes - 2048;
  let to = 0;
  while (to < cards.length) {
    left -= encodeCard(cards[to]).length + 1 + contentDim + 4 + factorDim + 4 + 2;
    if (left < 0) break;
    to += 1;
  }
  return {
    ...head,
    cards: cards.slice(0, to),
    content: rowsBetween(head.content, { from: 0, to, dim: contentDim }),
    factors: rowsBetween(head.factors, { from: 0, to, dim: factorDim }),
    shares: Array.from(head.shares).slice(0, to),
  };
}

/**
 * @throws {TypeError | RangeError} for rows of another shape, cards that no browser would take, or too many;
 * see `fittingHead`.
 */
export function encodeHead(head: HeadPart): Uint8Array<ArrayBuffer> {
  const who = "encodeHead";
  const { cards, space, contentDim, content, factorDim, factors, shares, round } = head;
  const count = cards.length;
  requireShape(content, { count, dim: contentDim }, who);
  requireShape(factors, { count, dim: factorDim }, who);
  if (shares.length !== count) throw new RangeError(`${who}: expected ${count} shares, got ${shares.length}`);
  requireUnique(
    cards.map(({ item }) => item),
    who,
  );
  const bytes = encodePart({
    kind: headKind,
    fields: { items: count, space, contentDim, factorDim, round },
    sections: [
      { name: "cards", type: "json", data: joinLines(cards.map((card) => encodeCard(card, who))) },
      ...rowSections(content, "content"),
      ...rowSections(factors, "factor"),
      shareSection(shares),
    ],
  });
  if (bytes.length > modelLimits.headBytes) {
    throw new RangeError(`${who}: expected at most ${modelLimits.headBytes} bytes, got ${bytes.length}`);
  }
  return bytes;
}

const headerSchema = v.object({
  items: itemCountSchema,
  space: nameSchema,
  contentDim: dimSchema,
  factorDim: dimSchema,
  round: wholeSchema,
});

/** @throws {TypeError | RangeError} `parseHead: …` */
export function parseHead(bytes: Uint8Array): HeadPart {
  const who = "parseHead";
  if (bytes.length > modelLimits.headBytes) {
    throw new RangeError(`${who}: expected at most ${modelLimits.headBytes} bytes, got ${bytes.length}`);
  }
  const part = parsePart(bytes, { kind: headKind, who });
  const { items: count, ...fields } = headerFields(part, headerSchema, who);
  return {
    ...fields,
    cards: parseCards(part.section({ name: "cards", type: "json" }), count, who),
    content: readRows(part, { count, dim: fields.contentDim }, who, "content"),
    factors: readRows(part, { count, dim: fields.factorDim }, who, "factor"),
    shares: readShares(part, count, who),
  };
}
