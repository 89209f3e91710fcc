import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asciiBytes } from "../../../core/json.ts";
import type { CatalogueCard } from "../../../core/model/card.ts";
import { encodeCatalogue, parseCatalogue } from "../../../core/model/catalogue.ts";
import { applyDelta, makeDelta } from "../../../core/model/delta.ts";
import { modelLimits } from "../../../core/model/limits.ts";
import { encodePart } from "../../../core/model/part.ts";
import { named } from "../../model.ts";

const card = (item: number, price: number): CatalogueCard => ({
  item: `i${item}`,
  title: `Thing ${item} – größer`,
  categories: ["a"],
  price,
});
const catalogues = fc
  .uniqueArray(fc.tuple(fc.nat(30), fc.nat(3)), { maxLength: 25, selector: ([item]) => item })
  .map((cards) => named(encodeCatalogue({ cards: cards.map(([item, price]) => card(item, price)) })));

test("a delta gives the other catalogue, byte for byte, whatever came, went, changed or moved", () => {
  fc.assert(
    fc.property(catalogues, catalogues, (from, to) => {
      const applied = applyDelta(makeDelta(from, to), from);
      expect(applied.to).toBe(to.id);
      expect(named(applied.bytes).id).toBe(to.id);
    }),
  );
});

test("a delta carries nothing of cards that stay, and a moved one costs a few bytes", () => {
  const cards = Array.from({ length: 500 }, (_, k) => card(k, 1));
  const from = named(encodeCatalogue({ cards }));
  const moved = named(encodeCatalogue({ cards: [...cards.slice(1), cards[0]] }));
  const delta = makeDelta(from, moved);
  expect(delta.length).toBeLessThan(600);
  expect(parseCatalogue(applyDelta(delta, from).bytes).cards.at(-1)).toEqual(cards[0]);
});

test("the prices of 1 % of 3,659 items take 20 kB at most", () => {
  const cards = Array.from({ length: 3659 }, (_, k) => ({
    ...card(k, 1),
    title: `LARGE HEART SHAPED LANTERN No ${k} OF SET`,
    url: `/item/${20_000 + k * 7}`,
    image: `https://shop.example/images/${20_000 + k * 7}.jpg`,
  }));
  const from = named(encodeCatalogue({ cards }));
  const cheaper = cards.map((each, k) => (k % 100 === 7 ? { ...each, price: 0.5 + k } : each));
  const delta = makeDelta(from, named(encodeCatalogue({ cards: cheaper })));
  expect(delta.length).toBeLessThanOrEqual(20_000);
  expect(gzipSync(delta).length).toBeGreaterThan(500);
});

test("cards with keys that this reader does not know are moved as they are", () => {
  const line = '{"item":"a","title":"A","categories":[],"mood":{"blue":true}}\n';
  const of = (data: string, items: number) =>
    named(
      encodePart({
        kind: "catalogue",
        fields: { items },
        sections: [{ name: "cards", type: "json", data: asciiBytes(data) }],
      }),
    );
  const other = '{"item":"b","title":"B","categories":[],"mood":null}\n';
  const [from, to] = [of(line, 1), of(`${other}${line}`, 2)];
  expect(named(applyDelta(makeDelta(from, to), from).bytes).id).toBe(to.id);
});

test("a delta from another part, or whose runs lead outside, is refused", () => {
  const from = named(encodeCatalogue({ cards: [card(1, 1), card(2, 1)] }));
  const to = named(encodeCatalogue({ cards: [card(2, 1), card(3, 1)] }));
  const delta = makeDelta(from, to);
  expect(() => applyDelta(delta, to)).toThrow(/^applyDelta: the delta must be from/);
  const withRuns = (items: number, ...runs: readonly number[]) =>
    encodePart({
      kind: "catalogue-delta",
      fields: { from: from.id, to: to.id, items, added: 0 },
      sections: [
        { name: "cards", type: "json", data: new Uint8Array(0) },
        { name: "order", type: "u32", data: new Uint8Array(Uint32Array.from(runs).buffer) },
      ],
    });
  for (const [items, ...runs] of [
    [2, 1, 2],
    [2, 0xffff_ffff, 2],
    [2, 0, 1],
    [2, 0, 1, 0],
    [1, 0, 2],
    [2_000_000, 0, 0xffff_ffff],
  ]) {
    expect(() => applyDelta(withRuns(items, ...runs), from)).toThrow(/^applyDelta: runs must/);
  }
});

describe("a delta that comes to more than a part may have is refused before it is made", () => {
  const deltaOf = (from: string, items: number, added: Uint8Array, count: number, runs: readonly number[]) =>
    encodePart({
      kind: "catalogue-delta",
      fields: { from, to: "a".repeat(64), items, added: count },
      sections: [
        { name: "cards", type: "json", data: added },
        { name: "order", type: "u32", data: new Uint8Array(Uint32Array.from(runs).buffer) },
      ],
    });

  test("the same 2 MB fifteen hundred times", () => {
    const cards = Array.from({ length: 200 }, (_, k) => ({ ...card(k, 1), title: "x".repeat(1000) }));
    const from = named(encodeCatalogue({ cards }));
    const runs = Array.from({ length: 1500 }, () => [0, 200]).flat();
    const delta = deltaOf(from.id, 300_000, new Uint8Array(0), 0, runs);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => applyDelta(delta, from)).toThrow(
      `applyDelta: cards must have at most ${modelLimits.partBytes} bytes, got more`,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
  });

  test("two million empty lines", () => {
    const from = named(encodeCatalogue({ cards: [card(1, 1)] }));
    const lines = 2_000_000;
    const delta = deltaOf(from.id, lines, new Uint8Array(lines).fill(10), lines, [1, lines]);
    expect(() => applyDelta(delta, from)).toThrow("applyDelta: a card must have 1 to 229376 bytes, got 0");
  });

  test("a run may go on from the kept lines into the added ones", () => {
    const from = named(encodeCatalogue({ cards: [card(1, 1), card(2, 1)] }));
    const added = asciiBytes('{"item":"c","title":"C","categories":[]}\n');
    const { bytes } = applyDelta(deltaOf(from.id, 2, added, 1, [1, 2]), from);
    expect(parseCatalogue(bytes).cards.map(({ item }) => item)).toEqual(["i2", "c"]);
  });
});
