import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHead } from "../../../core/model/head.ts";
import { joinHead, joinParts, type ModelParts } from "../../../core/model/join.ts";
import { jointRows } from "../../../core/model/joint.ts";
import { dequantizeRows, quantizeRows } from "../../../core/model/quantize.ts";
import { headOf, randomModel, settingsOf } from "../../model.ts";
import { numbersOf } from "../numbers.ts";

const settings = settingsOf(randomModel());
const card = (item: string) => ({ item, title: item, categories: [] });
/** A row that tells whose it is and of which part. */
const rowsFor = (items: readonly string[], mark: number) =>
  quantizeRows(
    items.flatMap((item) => [Number(item), mark]),
    items.length,
    2,
  );
const content = (items: readonly string[], mark: number) => ({
  items,
  dim: 2,
  space: "s",
  rows: rowsFor(items, mark),
});
const items = fc.shuffledSubarray(Array.from({ length: 12 }, (_, k) => `${k + 1}`));

test("every item of the catalogue has its own rows and share, wherever its parts have it, the later part winning", () => {
  fc.assert(
    fc.property(items, items, items, items, items, items, (feed, base, added, learned, guessed, known) => {
      const parts: ModelParts = {
        catalogue: { cards: feed.map(card) },
        content: [content(base, 1), content(added, 2)],
        factors: { items: learned, dim: 2, round: 5, rows: rowsFor(learned, 3) },
        popularity: { items: known, shares: known.map((item) => Number(item) / 64) },
        predicted: { items: guessed, dim: 2, rows: rowsFor(guessed, 4), shares: guessed.map(() => 1 / 128) },
      };
      const joined = joinParts(parts, settings);
      const ofContent = dequantizeRows(joined.content, 2);
      const ofFactors = dequantizeRows(joined.factors, 2);
      expect(joined.items).toBe(feed.length);
      const marks = (k: number, [first, second]: readonly (readonly [readonly string[], number])[]) =>
        first[0].includes(feed[k]) ? first[1] : second[0].includes(feed[k]) ? second[1] : 0;
      for (const [k, item] of feed.entries()) {
        const contentMark = marks(k, [
          [added, 2],
          [base, 1],
        ]);
        const factorMark = marks(k, [
          [learned, 3],
          [guessed, 4],
        ]);
        const expectNear = (got: number, wanted: number) => expect(Math.abs(got - wanted)).toBeLessThan(0.06);
        expectNear(ofContent[2 * k + 1], contentMark);
        expectNear(ofContent[2 * k], contentMark === 0 ? 0 : Number(item));
        expectNear(ofFactors[2 * k + 1], factorMark);
        expectNear(ofFactors[2 * k], factorMark === 0 ? 0 : Number(item));
        const share = known.includes(item) ? Number(item) / 64 : guessed.includes(item) ? 1 / 128 : 0;
        expect(joined.popularity[k]).toBe(share);
      }
      expect(numbersOf(jointRows(joined)).every(Number.isFinite)).toBe(true);
    }),
  );
});

test("a catalogue alone is a model, of no numbers", () => {
  const parts = {
    catalogue: { cards: [card("1")] },
    content: [],
    factors: null,
    popularity: null,
    predicted: null,
  };
  expect(joinParts(parts, settings)).toMatchObject({ items: 1, contentDim: 0, factorDim: 0, round: 0 });
});

test("parts that do not go together are refused", () => {
  const parts = {
    catalogue: { cards: [card("1")] },
    content: [content(["1"], 1)],
    factors: null,
    popularity: null,
    predicted: null,
  };
  const other = { ...content(["1"], 1), space: "t" };
  expect(() => joinParts({ ...parts, content: [...parts.content, other] }, settings)).toThrow(
    "joinParts: content must be of one space, got s (2) and t (2)",
  );
  const factors = { items: ["1"], dim: 2, round: 1, rows: rowsFor(["1"], 1) };
  const predicted = { items: [], dim: 3, rows: quantizeRows([], 0, 3), shares: [] };
  expect(() => joinParts({ ...parts, factors, predicted }, settings)).toThrow(
    "joinParts: predicted rows must have 2 numbers, got 3",
  );
});

test("a head is the model of its first items", () => {
  const model = randomModel({ items: 30 });
  const head = joinHead(parseHead(headOf(model, 10).bytes), settings);
  const whole = jointRows(model);
  const first = jointRows(head);
  expect(head.catalogue).toEqual(model.catalogue.slice(0, 10));
  expect(numbersOf(first)).toEqual(numbersOf(whole).slice(0, 10 * whole.dim));
});

test("a small part that makes large rows of a catalogue is refused before they are made", () => {
  const parts = (cards: number, dim: number): ModelParts => ({
    catalogue: { cards: Array.from({ length: cards }, (_, k) => card(`${k}`)) },
    content: [{ items: [], dim, space: "s", rows: quantizeRows([], 0, dim) }],
    factors: { items: [], dim: dim === 384 ? 64 : dim, round: 0, rows: quantizeRows([], 0, dim) },
    popularity: null,
    predicted: null,
  });
  const before = process.memoryUsage().arrayBuffers;
  for (const [cards, dim] of [
    [20_000, 1024],
    [200_000, 384],
  ]) {
    expect(() => joinParts(parts(cards, dim), settings)).toThrow(/^joinParts: joint rows must have at most/);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6);
  expect(joinParts(parts(100_000, 384), settings)).toMatchObject({ contentDim: 384, factorDim: 64 });
});
