/** Categories that a person named, as tastes of items that stand for them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { categoryLeanings } from "../../../core/facts/categoryleanings.ts";

const names = ["Garden", "Kitchen", "Toys", "Party"];
const card = fc.record({ categories: fc.subarray(names) });
const worlds = fc
  .array(fc.tuple(card, fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
    size: "max",
  })
  .map((entries) => ({ cards: entries.map(([one]) => one), shares: entries.map(([, share]) => share) }));

test("each category that the catalogue has is stood for by its most wanted items, all alike, of one weight together", () => {
  const asked = fc.array(fc.constantFrom(...names, "kitchen ", "nowhere"), { maxLength: 5 });
  fc.assert(
    fc.property(worlds, asked, fc.integer({ min: 1, max: 6 }), (world, named, items) => {
      const leanings = categoryLeanings(world, named, { items, weight: 2 });
      const isIn = (row: number, name: string) =>
        world.cards[row].categories.some((one) => one.toLowerCase() === name.trim().toLowerCase());
      const rows = world.cards.map((_, row) => row);
      const found = named.filter((name) => rows.some((row) => isIn(row, name)));
      const keys = (list: readonly string[]) => [...new Set(list.map((name) => name.trim().toLowerCase()))];
      expect(keys(leanings.map(({ said }) => said))).toEqual(keys(found));
      for (const { said, tastes } of leanings) {
        const chosen = Array.from(tastes.items);
        const others = rows.filter((row) => isIn(row, said) && !chosen.includes(row));
        expect(chosen.every((row) => isIn(row, said))).toBe(true);
        expect(new Set(chosen).size).toBe(chosen.length);
        expect(chosen.length).toBe(Math.min(items, chosen.length + others.length));
        const least = Math.min(...chosen.map((row) => world.shares[row]));
        for (const row of others) expect(world.shares[row]).toBeLessThanOrEqual(least);
        expect(new Set(Array.from(tastes.weights)).size).toBe(1);
      }
      const all = leanings.flatMap(({ tastes }) => Array.from(tastes.weights));
      const total = all.reduce((sum, weight) => sum + weight, 0);
      expect(total).toBeCloseTo(leanings.length === 0 ? 0 : 2, 9);
    }),
  );
});
