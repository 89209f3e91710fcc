import fc from "fast-check";
import { expect, test } from "vitest";
import type { TextAnswer } from "../../../core/encoder/answer.ts";
import { textLeanings } from "../../../core/facts/textleanings.ts";

const count = 60;
const cards = Array.from({ length: count }, (_, row) => (row < 6 ? { group: "variants" } : {}));
const words = ["infant", "tea", "ocean"];

/** Each row near to the words by parts, of which the last is below what counts. */
function answerOf(near: ReadonlyMap<number, number>): TextAnswer {
  const scores = Float64Array.from({ length: count }, (_, row) => near.get(row) ?? Number.NaN);
  const matchesOf = (row: number) =>
    [0.6, 0.35, 0.05].map((part, at) => {
      return { asked: words[(row + at) % 3], found: "found", contribution: part * scores[row] };
    });
  return { scores, matchesOf };
}

const nearness = fc
  .uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 30 })
  .map((list) => new Map(list.map((row, place) => [row, 1 / (place + 1)])));

test("what was written weighs as much as it is set to, on the nearest items, of variants on one", () => {
  fc.assert(
    fc.property(nearness, (near) => {
      const leanings = textLeanings({ cards }, answerOf(near), { items: 7, weight: 3 });
      const weights = leanings.flatMap(({ tastes }) => Array.from(tastes.weights));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(3, 10);
      expect(Math.min(...weights)).toBeGreaterThan(0);
      const rows = new Set(leanings.flatMap(({ tastes }) => Array.from(tastes.items)));
      expect(rows.size).toBeLessThanOrEqual(7);
      expect([...rows].filter((row) => row < 6).length).toBeLessThanOrEqual(1);
      const nearest = [...near].filter(([row]) => row >= 6).sort((a, b) => b[1] - a[1]);
      if (nearest.length > 0) expect(rows).toContain(nearest[0][0]);
    }),
  );
});

test("each leaning is a word of the text, once, that which brought most first; a word that brought little is none", () => {
  fc.assert(
    fc.property(nearness, (near) => {
      const leanings = textLeanings({ cards }, answerOf(near));
      const said = leanings.map((leaning) => leaning.said);
      expect(new Set(said).size).toBe(said.length);
      expect(leanings.every(({ fact }) => fact === "interests")).toBe(true);
      const sums = leanings.map(({ tastes }) =>
        Array.from(tastes.weights).reduce((sum, one) => sum + one, 0),
      );
      expect(sums).toEqual(sums.toSorted((a, b) => b - a));
    }),
  );
  const [row] = [9];
  const leanings = textLeanings({ cards }, answerOf(new Map([[row, 1]])));
  expect(leanings.map(({ said }) => said)).toEqual([words[row % 3], words[(row + 1) % 3]]);
});
