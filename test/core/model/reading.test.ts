/** What reading an edition found out, and a catalogue that is read by it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CatalogueCard } from "../../../core/model/card.ts";
import { encodeCatalogue, parseCatalogue } from "../../../core/model/catalogue.ts";
import {
  catalogueAsRead,
  encodeReading,
  isReadingOf,
  parseReading,
  type Reading,
  readingOf,
} from "../../../core/model/reading.ts";

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }), { maxLength: 150 });
const cardOf = (item: string, row: number) => ({
  item,
  title: `Thing ${row} – ${item}`,
  categories: row % 3 === 0 ? [] : [`shelf "${row % 5}"`, "all"],
  ...(row % 2 === 0 ? {} : { price: row / 4, url: `/p/${row}` }),
  ...(row % 7 === 3 ? { publishedAt: "2011-10-09" } : {}),
  ...(row % 4 === 1 ? { available: row % 8 === 1 } : {}),
});

/** A card with all that it says, whoever made it. */
function told(card: CatalogueCard | undefined) {
  if (card === undefined) return undefined;
  const { item, title, url, image, price, categories, publishedAt, available } = card;
  const all = Object.entries({ item, title, url, image, price, categories, publishedAt, available });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

function readingFor(items: readonly string[], parts: Parameters<typeof readingOf>[2] = []) {
  const cards = items.map(cardOf);
  const bytes = encodeCatalogue({ cards });
  return { cards, bytes, reading: readingOf(bytes, parseCatalogue(bytes), parts) };
}

test("by its reading a catalogue has the cards that it has when it is read in full, in any order of asking", () => {
  fc.assert(
    fc.property(ids, fc.infiniteStream(fc.nat()), (items, places) => {
      const { cards, bytes, reading } = readingFor(items);
      const asRead = catalogueAsRead(bytes, parseReading(encodeReading(reading)));
      expect(asRead?.cards.length).toBe(cards.length);
      for (let k = 0; k < cards.length; k++) {
        const row = (places.next().value ?? 0) % cards.length;
        expect(told(asRead?.cards[row])).toEqual(cards[row]);
      }
      expect(asRead?.asRead?.items).toEqual(items);
      const gone = cards.flatMap(({ available }, row) => (available === false ? [row] : []));
      expect(Array.from(asRead?.asRead?.unavailable ?? [])).toEqual(gone);
    }),
    { numRuns: 60 },
  );
});

test("what was kept of a reading is the reading", () => {
  const items = ["b", "a", "ü"];
  const part = (id: string, of: readonly string[]) => ({ id: id.repeat(64), items: of });
  const parts = [
    part("1", items),
    part("2", ["a", "b", "ü"]),
    part("3", items.slice(1)),
    part("4", [...items]),
  ];
  const { reading } = readingFor(items, parts);
  expect(reading.inOrder).toEqual(new Set(["1".repeat(64), "4".repeat(64)]));
  expect(parseReading(encodeReading(reading))).toEqual(reading);
});

test("another catalogue is not read by it", () => {
  const { reading } = readingFor(["a", "b", "c"]);
  expect(isReadingOf(reading, readingFor(["a", "b", "c"]).bytes)).toBe(true);
  for (const bytes of [readingFor(["a", "b"]).bytes, readingFor(["a", "b", "longer"]).bytes, null]) {
    expect(isReadingOf(reading, bytes)).toBe(false);
  }
  expect(isReadingOf(reading, new Uint8Array(9))).toBe(false);
});

test("a line that is about another item than the reading says is refused when it is looked at", () => {
  const { bytes } = readingFor(["a", "b", "c"]);
  const { reading } = readingFor(["a", "c", "b"]);
  const wrong: Reading = { ...reading, starts: readingFor(["a", "b", "c"]).reading.starts };
  const cards = catalogueAsRead(bytes, wrong)?.cards ?? [];
  expect(cards[0].title).toBe("Thing 0 – a");
  expect(() => cards[1].title).toThrow('readCards: item must be "c", got "b"');
});
