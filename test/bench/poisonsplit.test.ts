/** By whom limits are chosen, and by whom they are judged. */
import { expect, test } from "vitest";
import type { DataSet, Person } from "../../bench/data.ts";
import { chosenOf, type LimitsRow } from "../../bench/poison/chooselimits.ts";
import { mostTargets, splitOf } from "../../bench/poison/pairshop.ts";
import { coldItems } from "../../bench/poison/targets.ts";
import { seededRandom } from "../../core/seeded.ts";

const itemCount = 300;

function shop(): DataSet {
  const random = seededRandom(11);
  const person = (): Person => {
    const items = Uint32Array.from(
      new Set(Array.from({ length: 10 }, () => Math.floor(itemCount * random() ** 3))),
    ).sort();
    return { items, weights: Float64Array.from(items, () => 1) };
  };
  const train = Array.from({ length: 400 }, person);
  const heldOut = Array.from({ length: 40 }, () => ({ foldIn: person(), targets: new Set([3]) }));
  return { items: Array.from({ length: itemCount }, (_, item) => `item-${item}`), train, heldOut };
}

test("validation judges by people of training whom nothing is learned from, and never by those of test", () => {
  const whole = shop();
  const { data } = splitOf(whole, { split: "validation", targets: 3 });
  const known = new Set(whole.train.map(({ items }) => items.join()));
  const learned = new Set(data.train.map(({ items }) => items.join()));
  const test = new Set(whole.heldOut.map(({ foldIn }) => foldIn));
  expect(data.heldOut.length).toBeGreaterThan(20);
  expect(data.train.length + data.heldOut.length).toBe(whole.train.length);
  for (const { foldIn, targets } of data.heldOut) {
    const all = [...foldIn.items, ...targets].sort((a, b) => a - b).join();
    expect([known.has(all), learned.has(all), test.has(foldIn)]).toEqual([true, false, false]);
  }
  expect(splitOf(whole, { split: "test", targets: 3 }).data).toBe(whole);
});

test("however many cold items test pushes, validation pushes others, of as few buyers", () => {
  const whole = shop();
  for (let count = 1; count <= mostTargets; count++) {
    const { data, targets } = splitOf(whole, { split: "validation", targets: count });
    expect(new Set(targets).size).toBe(count);
    for (let ofTest = 1; ofTest <= mostTargets; ofTest++) {
      const { targets: judged } = splitOf(whole, { split: "test", targets: ofTest });
      expect(judged).toEqual(coldItems(whole.train, itemCount, ofTest));
      expect(judged.filter((item) => targets.includes(item))).toEqual([]);
    }
    for (const target of targets) {
      const buyers = data.train.filter(({ items }) => items.includes(target)).length;
      expect(buyers).toBeGreaterThanOrEqual(3);
      expect(buyers).toBeLessThanOrEqual(8);
    }
  }
});

test("where fewer items are cold than are asked for, that is said", () => {
  expect(() => coldItems(shop().train.slice(0, 5), itemCount, 3)).toThrow(RangeError);
});

test("of limits that cost little, those are chosen that leave the strongest attack the least; of equals the loosest", () => {
  const row = (longestCount: number, cost: number, strongest: number): LimitsRow => ({
    ...{ longestCount, longestPair: 1, longestRow: 1.5 },
    ...{ recall: 0.3 - cost, cost, strongest, worst: 0.2, by: "counted, 1 lanes" },
  });
  const rows = [
    row(1, 0.02, 0),
    row(1.5, 0.004, 0.02),
    row(2, 0.003, 0.01),
    row(3, 0.001, 0.01),
    row(4, 0, 0.05),
  ];
  expect(chosenOf(rows).longestCount).toBe(3);
  expect(() => chosenOf(rows.slice(0, 1))).toThrow(RangeError);
});
