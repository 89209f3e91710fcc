import fc from "fast-check";
import { expect, test } from "vitest";
import { interestsOf, wordIndexOf } from "../../core/events/interests.ts";

const titles = [
  "Red Metal Lantern",
  "Set of 6 Lanterns with Berries",
  "Lanterns for the Garden",
  "Berry Bowl",
  "Glass Dish 12cm",
  "Glasses & Dishes",
  "Children's Clock",
  "Gardener's Watch",
];
const index = wordIndexOf(titles.map((title, k) => ({ title, categories: k < 4 ? ["Home"] : [] })));
const wordsOf = (row: number) =>
  interestsOf(index, [{ row, weight: 0.7 }])
    .map(({ word }) => word)
    .sort();

test("singular and plural are one word, shown as the catalogue writes it more often", () => {
  expect(wordsOf(1)).toEqual(["berries", "home", "lanterns"]);
  expect(wordsOf(3)).toEqual(["berries", "bowl", "home"]);
  expect(wordsOf(4)).toEqual(["dish", "glass"]);
  expect(wordsOf(5)).toEqual(["dish", "glass"]);
  expect(wordsOf(6)).toEqual(["children", "clock"]);
  const movies = wordIndexOf(
    ["Pies", "A Pie", "Movie", "Movies", "Bus"].map((title) => ({ title, categories: [] })),
  );
  expect(movies.stems).toEqual([["pie"], ["pie"], ["movy"], ["movy"], ["bus"]]);
  expect(movies.forms.get("movy")).toBe("movie");
});

test("numbers, short words and words without meaning are left out", () => {
  expect(index.stems[1]).toEqual(["lantern", "berry", "home"]);
  expect(index.stems[2]).toEqual(["lantern", "garden", "home"]);
});

test("magnitudes sum to 1, strongest first; a word every item has, or of no taste, is none", () => {
  const tastes = fc.uniqueArray(
    fc.record({
      row: fc.nat({ max: titles.length - 1 }),
      weight: fc.double({ min: -2, max: 2, noNaN: true }),
    }),
    { selector: ({ row }) => row },
  );
  fc.assert(
    fc.property(tastes, fc.integer({ min: 1, max: 6 }), (own, count) => {
      const meaningful = own.filter(({ weight }) => Math.abs(weight) > 1e-9);
      const found = interestsOf(index, meaningful, count);
      expect(found.length).toBeLessThanOrEqual(count);
      const sizes = found.map(({ weight }) => Math.abs(weight));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      if (found.length > 0) expect(sizes.reduce((sum, size) => sum + size, 0)).toBeCloseTo(1, 12);
      for (const { rows } of found) {
        for (const row of rows) expect(meaningful.some((taste) => taste.row === row)).toBe(true);
      }
    }),
  );
  const same = wordIndexOf(
    [1, 2, 3].map((k) => ({ title: `Thing ${"abc"[k - 1].repeat(3)}`, categories: [] })),
  );
  expect(interestsOf(same, [{ row: 0, weight: 1 }]).map(({ word }) => word)).toEqual(["aaa"]);
  expect(interestsOf(index, [])).toEqual([]);
});

test("weights are taste times inverse document frequency over the words of the item", () => {
  const found = interestsOf(index, [
    { row: 3, weight: 0.5 },
    { row: 1, weight: -0.25 },
  ]);
  const raw: Record<string, number> = {
    bowl: (0.5 / 3) * Math.log(8),
    berries: (0.5 / 3 - 0.25 / 3) * Math.log(8 / 2),
    home: (0.5 / 3 - 0.25 / 3) * Math.log(8 / 4),
    lanterns: (-0.25 / 3) * Math.log(8 / 3),
  };
  const total = Object.values(raw).reduce((sum, weight) => sum + Math.abs(weight), 0);
  expect(found.map(({ word }) => word)).toEqual(["bowl", "berries", "lanterns", "home"]);
  for (const { word, weight } of found) expect(weight).toBeCloseTo(raw[word] / total, 12);
  expect(found.find(({ word }) => word === "berries")?.rows).toEqual([3, 1]);
});
