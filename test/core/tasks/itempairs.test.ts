/** What a person contributes to sums over a public list of pairs, and the shape of the task that asks for it. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { patternOfPairs } from "../../../core/model/pairlist.ts";
import { pairLimits } from "../../../core/model/pairs.ts";
import {
  basketContributionOf,
  pairContributionOf,
  pairLayout,
} from "../../../core/tasks/itempairs/contribution.ts";
import { type ItemPairsSettings, itemPairs } from "../../../core/tasks/itempairs/kind.ts";
import { taskKinds } from "../../../core/tasks/registry.ts";
import { parseSettings, parseTask, settingsOf, type Task } from "../../../core/tasks/task.ts";
import { pairListsOf } from "../pairparts.ts";

describe("a contribution", () => {
  const pattern = patternOfPairs(
    [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
    ],
    6,
  );
  const scales = fc.record({
    clipL2: fc.double({ min: 0.1, max: 3, noNaN: true }),
    countScale: fc.double({ min: 0.1, max: 2, noNaN: true }),
    recentScale: fc.double({ min: 0.1, max: 3, noNaN: true }),
    weightScale: fc.double({ min: 0.05, max: 1, noNaN: true }),
  });

  const had = fc
    .uniqueArray(fc.nat({ max: 5 }))
    .chain((items) => fc.record({ items: fc.constant(items), recent: fc.shuffledSubarray(items) }));

  test("says of pairs, items, those of lately and weight what it must, all scaled alike, within its bound", () => {
    fc.assert(
      fc.property(had, scales, ({ items, recent }, by) => {
        const { places, values, weight } = pairContributionOf(pattern, { items, recent }, by);
        const dense = new Float64Array(pairLayout(pattern).length);
        places.forEach((place, at) => {
          dense[place] = values[at];
        });
        const pairs = [
          [0, 1],
          [0, 2],
          [1, 3],
          [2, 3],
          [3, 4],
        ];
        const plain = [
          ...pairs.map(([a, b]) => Number(items.includes(a) && items.includes(b))),
          ...Array.from({ length: 6 }, (_, item) => (items.includes(item) ? by.countScale : 0)),
          ...Array.from({ length: 6 }, (_, item) => (recent.includes(item) ? by.recentScale : 0)),
        ];
        const norm = Math.hypot(...plain);
        expect(weight).toBeCloseTo(Math.min(1, by.clipL2 / norm || 1), 12);
        const wanted = [...plain.map((value) => value * weight), weight * by.weightScale];
        for (const [at, value] of dense.entries()) expect(value).toBeCloseTo(wanted[at], 12);
        expect(Math.hypot(...dense.subarray(0, -1))).toBeLessThanOrEqual(by.clipL2 * (1 + 1e-12));
        expect([...places]).toEqual([...places].sort((a, b) => a - b));
      }),
    );
  });

  test("of baskets has a pair once if one of them has both items, and each item once, within the same bound", () => {
    const baskets = fc.array(fc.uniqueArray(fc.nat({ max: 5 })), { maxLength: 4 });
    const listed = [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
      [3, 4],
    ];
    fc.assert(
      fc.property(baskets, scales, (theirs, by) => {
        const { places, values, weight } = basketContributionOf(pattern, theirs, by);
        const { counts, weight: last } = pairLayout(pattern);
        const together = listed.flatMap(([a, b], pair) =>
          theirs.some((basket) => basket.includes(a) && basket.includes(b)) ? [pair] : [],
        );
        const items = [0, 1, 2, 3, 4, 5].filter((item) => theirs.flat().includes(item));
        expect([...places]).toEqual([...together, ...items.map((item) => counts + item), last]);
        const norm = Math.sqrt(together.length + items.length * by.countScale ** 2);
        expect(weight).toBeCloseTo(Math.min(1, by.clipL2 / norm || 1), 12);
        for (const [at, place] of places.entries()) {
          const scale = place < counts ? 1 : place < last ? by.countScale : by.weightScale;
          expect(values[at]).toBeCloseTo(weight * scale, 12);
        }
        expect(Math.hypot(...values.subarray(0, -1))).toBeLessThanOrEqual(by.clipL2 * (1 + 1e-12));
      }),
    );
  });

  const some = { clipL2: 1, countScale: 0.5, recentScale: 2, weightScale: 0.1 };
  test.each([6, 7, -1, 0.5, Number.NaN])("of item %d, which the list does not have, is refused", (item) => {
    expect(() => pairContributionOf(pattern, { items: [0, item] }, some)).toThrow(RangeError);
  });

  test("of an item had lately and not had is refused", () => {
    expect(() => pairContributionOf(pattern, { items: [0, 1], recent: [1, 4] }, some)).toThrow(
      "pairContributionOf: item 4 is had lately, and not had",
    );
  });

  test("is the same in whatever order the items come", () => {
    expect(pairContributionOf(pattern, { items: [4, 0, 3, 1], recent: [3, 0] }, some)).toEqual(
      pairContributionOf(pattern, { items: [0, 1, 3, 4], recent: [0, 3] }, some),
    );
  });
});

describe("the kind", () => {
  const settings: ItemPairsSettings = {
    pairs: "ab".repeat(32),
    ...{ items: 3659, pairCount: 48_144 },
    ...{ clipL2: 3, countScale: 0.4, recentDays: 14, recentScale: 2, weightScale: 0.25 },
  };
  const taskWith = (change: Partial<ItemPairsSettings> = {}): Task => ({
    version: 3,
    kind: "item-pairs",
    settings: { ...settings, ...change },
    round: 2,
    ...itemPairs.layoutOf({ ...settings, ...change }),
    ...{ sigma: 5, fractionBits: 15, minBatch: 50, maxBatch: 5000, lanes: 4 },
    laneCommitment: "cd".repeat(32),
    ...{ tokenKey: null, expiresAtMs: 1_800_000_000_000 },
  });

  test("lays out just what contributions fill, in one block, and none is beyond its sensitivity", () => {
    const some = pairListsOf(9).filter(({ count }) => count > 0);
    const scales = fc.record({
      clipL2: fc.double({ min: 0.1, max: 3, noNaN: true }),
      countScale: fc.double({ min: 0.1, max: 2, noNaN: true }),
      recentScale: fc.double({ min: 0.1, max: 3, noNaN: true }),
      weightScale: fc.double({ min: 0.05, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(some, scales, fc.uniqueArray(fc.nat({ max: 8 })), ({ count, pairs }, by, drawn) => {
        const pattern = patternOfPairs(pairs, count);
        const items = drawn.filter((item) => item < count);
        const list = { pairs: settings.pairs, items: count, pairCount: pairs.length };
        const asked = { ...list, recentDays: 14, ...by };
        const { length, blocks, sensitivity } = itemPairs.layoutOf(asked);
        const { places, values } = pairContributionOf(pattern, { items, recent: items.slice(1) }, by);
        // The weight stands last, whatever the person has.
        expect([places.at(-1), blocks]).toEqual([length - 1, 1]);
        expect(length).toBe(pairs.length + 2 * count + 1);
        expect(Math.hypot(...values)).toBeLessThanOrEqual(sensitivity * (1 + 1e-12));
        // One item that fills the clip and is not cut reaches it.
        const full = pairContributionOf(pattern, { items: [0] }, { ...by, countScale: by.clipL2 });
        expect(Math.hypot(...full.values)).toBeCloseTo(sensitivity, 12);
      }),
    );
  });

  test("is registered, and its settings are read from a task that says no less than follows from them", () => {
    expect(taskKinds["item-pairs"]).toBe(itemPairs);
    expect(settingsOf(parseTask(taskWith()), itemPairs)).toEqual(settings);
    const { length, sensitivity } = taskWith();
    expect(sensitivity).toBeCloseTo(Math.sqrt(9 + 0.0625), 12);
    for (const change of [{ length: length - 1 }, { blocks: 2 }, { sensitivity: sensitivity - 0.01 }]) {
      expect(() => settingsOf({ ...taskWith(), ...change }, itemPairs)).toThrow(
        `settingsOf: item-pairs must have length 55463, blocks 1, sensitivity at least ${sensitivity}`,
      );
    }
  });

  test("takes as many items and pairs as a part may have, and refuses what is beyond by name", () => {
    const most = { items: pairLimits.items, pairCount: pairLimits.pairs };
    expect(settingsOf(parseTask({ ...taskWith(most), fractionBits: 20, maxBatch: 60 }), itemPairs)).toEqual({
      ...settings,
      ...most,
    });
    const beyond: readonly (readonly [keyof ItemPairsSettings, readonly unknown[]])[] = [
      ["items", [0, -1, 2.5, 65_537, 2 ** 31, Number.NaN, "7", undefined]],
      ["pairCount", [0, -1, 2.5, pairLimits.pairs + 1, 2 ** 31, Number.NaN, null]],
      ["pairs", ["ab".repeat(31), "AB".repeat(32), `${"ab".repeat(32)} `, 7]],
      ["recentDays", [0, -1, 2.5, 91, Number.NaN, "7", undefined]],
      ...(["clipL2", "countScale", "recentScale", "weightScale"] as const).map(
        (name) => [name, [0, -1, Number.NaN, Infinity, "1"]] as const,
      ),
    ];
    for (const [name, values] of beyond) {
      for (const value of values) {
        expect(() => parseSettings(itemPairs, { ...settings, [name]: value }), `${name} ${value}`).toThrow(
          new RegExp(`^item-pairs: ${name} must be `),
        );
      }
    }
    expect(parseSettings(itemPairs, { ...settings, later: [1] })).toEqual(settings);
  });
});
