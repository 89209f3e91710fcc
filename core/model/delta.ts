/**
 * Part `catalogue-delta`: what turns one catalogue part into another, byte for byte.
 *
 * It carries the lines of cards that `from` does not have, and the new order as runs [start, length] over the
 * lines of `from` followed by those it carries; what no run names is gone. Lines are moved unread, so that
 * keys this reader does not know stay where they are. Whoever applies it compares the hash with `to`.
 */
import * as v from "valibot";
import { uint32FromBytes, uint32ToBytes } from "../bytes.ts";
import { joinLines, lineStarts } from "./card.ts";
import { catalogueLines, catalogueText, encodeCatalogueText } from "./catalogue.ts";
import { itemCountSchema, modelLimits, partIdSchema } from "./limits.ts";
import { encodePart, headerFields, parsePart } from "./part.ts";

export const deltaKind = "catalogue-delta";

export interface NamedPart {
  /** Hex SHA-256 of the bytes. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** The delta between two catalogue parts. */
export function makeDelta(from: NamedPart, to: NamedPart): Uint8Array<ArrayBuffer> {
  const old = [...catalogueLines(from.bytes, "makeDelta")];
  const wanted = [...catalogueLines(to.bytes, "makeDelta")];
  const placeOf = new Map(old.map((line, place) => [keyOf(line), place]));
  const added: Uint8Array[] = [];
  const runs: number[] = [];
  for (const line of wanted) {
    const place = placeOf.get(keyOf(line)) ?? old.length + added.push(line) - 1;
    const last = runs.length - 2;
    if (last >= 0 && runs[last] + runs[last + 1] === place) runs[last + 1] += 1;
    else runs.push(place, 1);
  }
  return encodePart({
    kind: deltaKind,
    fields: { from: from.id, to: to.id, items: wanted.length, added: added.length },
    sections: [
      { name: "cards", type: "json", data: joinLines(added) },
      { name: "order", type: "u32", data: uint32ToBytes(Uint32Array.from(runs)) },
    ],
  });
}

const headerSchema = v.object({
  from: partIdSchema,
  to: partIdSchema,
  items: itemCountSchema,
  added: itemCountSchema,
});

export interface AppliedDelta {
  /** The id that the bytes must have: compare before using them. */
  readonly to: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @throws {TypeError | RangeError} `applyDelta: …`, also when the delta is of another part than `from`. */
export function applyDelta(delta: Uint8Array, from: NamedPart): AppliedDelta {
  const who = "applyDelta";
  const part = parsePart(delta, { kind: deltaKind, who });
  const header = headerFields(part, headerSchema, who);
  if (header.from !== from.id) {
    throw new RangeError(
      `${who}: the delta must be from ${short(from.id)}, got one from ${short(header.from)}`,
    );
  }
  const old = catalogueText(from.bytes, who);
  const sources = [
    linesOf(old.text, old.items, who),
    linesOf(part.section({ name: "cards", type: "json" }), header.added, who),
  ];
  const runs = uint32FromBytes(part.section({ name: "order", type: "u32" }));
  // Twice over the runs: what they come to is known before it is made.
  let size = 0;
  let items = 0;
  for (let run = 0; run < runs.length; run += 2) {
    const [start, length = 0] = [runs[run], runs[run + 1]];
    if (start + length > old.items + header.added || items + length > header.items) {
      throw new RangeError(
        `${who}: runs must stay within ${old.items + header.added} cards and name ${header.items}, got ${length} from ${start}`,
      );
    }
    items += length;
    for (const piece of piecesOf(sources, start, length)) size += piece.length;
    if (size > modelLimits.partBytes) {
      throw new RangeError(`${who}: cards must have at most ${modelLimits.partBytes} bytes, got more`);
    }
  }
  if (items !== header.items) {
    throw new RangeError(`${who}: runs must name ${header.items} cards, got ${items}`);
  }
  const text = new Uint8Array(size);
  let at = 0;
  for (let run = 0; run < runs.length; run += 2) {
    for (const piece of piecesOf(sources, runs[run], runs[run + 1])) {
      text.set(piece, at);
      at += piece.length;
    }
  }
  return { to: header.to, bytes: encodeCatalogueText({ items, text }) };
}

interface Lines {
  readonly text: Uint8Array;
  readonly starts: Uint32Array;
}

function linesOf(text: Uint8Array, count: number, who: string): Lines {
  return { text, starts: lineStarts(text, count, who) };
}

/** The text of a run of lines, counted through all sources. */
function piecesOf(sources: readonly Lines[], start: number, length: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let first = 0;
  for (const { text, starts } of sources) {
    const count = starts.length - 1;
    const from = Math.max(start - first, 0);
    const to = Math.min(start + length - first, count);
    if (from < to) pieces.push(text.subarray(starts[from], starts[to]));
    first += count;
  }
  return pieces;
}

/** Lines are ASCII; a key of a map must be a string. */
function keyOf(line: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += 8192)
    pieces.push(String.fromCharCode(...line.subarray(at, at + 8192)));
  return pieces.join("");
}

function short(id: string): string {
  return `${id.slice(0, 8)}…`;
}
