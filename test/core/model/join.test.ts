import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHead } from "../../../core/model/head.ts";
import { joinHead, joinParts, type ModelParts } from "../../../core/model/join.ts";
import { jointRows } from "../../../core/model/joint.ts";
import type { PairsPart } from "../../../core/model/pairs.ts";
import { dequantizeRows, quantizeRows } from "../../../core/model/quantize.ts";
import { headOf, randomModel, settingsOf } from "../../model.ts";
import { numbersOf } from "../numbers.ts";
import { pairListsOf, pairsPartOf, saidBy } from "../pairparts.ts";

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

describe("pairs", () => {
  const names = Array.from({ length: 10 }, (_, k) => `${k + 1}`);
  /** A part, and a feed: of other items in another order, or the very same. */
  const listed = pairListsOf(7).chain((list) =>
    fc
      .shuffledSubarray(names, { minLength: list.count, maxLength: list.count })
      .chain((items) =>
        fc.tuple(pairsPartOf(list, items), fc.oneof(fc.shuffledSubarray(names), fc.constant(items))),
      ),
  );
  const partsWith = (feed: readonly string[], pairs: PairsPart | null): ModelParts => ({
    catalogue: { cards: feed.map(card) },
    content: [content(feed, 1)],
    ...{ factors: null, popularity: null, predicted: null, pairs },
  });
  const paired = { ...settings, pairWeight: 0.3 };

  test("say of any two items what their part says of these ids, and nothing of what one of both lacks", () => {
    fc.assert(
      fc.property(listed, ([drawn, feed]) => {
        const part = { ...drawn, round: drawn.round + 1 };
        const { pairs } = joinParts(partsWith(feed, part), paired);
        expect(pairs).toBeDefined();
        if (pairs === undefined) return;
        expect([...pairs.listed]).toEqual(feed.map((item) => part.items.indexOf(item)));
        expect([...pairs.rows]).toEqual(part.items.map((item) => feed.indexOf(item)));
        const fromFeed = (one: number, other: number) =>
          pairs.listed[one] < 0 || pairs.listed[other] < 0
            ? 0
            : saidBy(pairs, pairs.listed[one], pairs.listed[other]);
        for (const [row, item] of feed.entries()) {
          for (const [otherRow, other] of feed.entries()) {
            const [a, b] = [part.items.indexOf(item), part.items.indexOf(other)];
            expect(fromFeed(row, otherRow)).toBe(a < 0 || b < 0 ? 0 : saidBy(part, a, b));
          }
        }
      }),
    );
  });

  test("are absent before a first round, without weight, and without a part; the rest is as without them", () => {
    fc.assert(
      fc.property(listed, ([drawn, feed]) => {
        const part = { ...drawn, round: drawn.round + 1 };
        const without = joinParts(partsWith(feed, null), settings);
        expect("pairs" in without).toBe(false);
        expect(joinParts({ ...partsWith(feed, part), pairs: null }, paired)).toEqual({
          ...without,
          ...paired,
        });
        const { pairs: _, ...partsOfOld } = partsWith(feed, null);
        expect(joinParts(partsOfOld, paired)).toEqual({ ...without, ...paired });
        expect(joinParts(partsWith(feed, { ...part, round: 0 }), paired)).toEqual({ ...without, ...paired });
        const always = { ...part, recent: null };
        expect(joinParts(partsWith(feed, always), settings)).toEqual(without);
        const weightless = { ...settings, pairWeight: 0 };
        expect(joinParts(partsWith(feed, always), weightless)).toEqual({ ...without, ...weightless });
        const { pairs, recent, ...rest } = joinParts(partsWith(feed, part), paired);
        expect(pairs).toBeDefined();
        expect(recent === undefined).toBe(part.recent === null);
        expect(rest).toEqual({ ...without, ...paired });
      }),
    );
  });

  test("say what is wanted lately, with or without weight, and popularity of what they do not list", () => {
    fc.assert(
      fc.property(listed, fc.boolean(), ([drawn, feed], isWeighed) => {
        const part = { ...drawn, round: drawn.round + 1 };
        fc.pre(part.recent !== null);
        const shares = Float32Array.from(feed, (_, row) => (row + 1) / 64);
        const parts = { ...partsWith(feed, part), popularity: { items: feed, shares } };
        const joined = joinParts(parts, isWeighed ? { ...paired, recentWeight: 0.2 } : settings);
        const wanted = feed.map((item, row) => {
          const at = part.items.indexOf(item);
          return at < 0 ? shares[row] : part.recent?.shares[at];
        });
        expect([...(joined.recent?.shares ?? [])]).toEqual(wanted);
        expect(joined.recent?.floor).toBe(part.recent?.floor);
        expect(joined.popularity).toEqual(shares);
      }),
    );
  });
});
