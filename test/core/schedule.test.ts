import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawBlock, stepSize } from "../../core/schedule.ts";

describe("stepSize", () => {
  test("starts at a half, never grows, halves after 8 rounds and stays at a tenth from round 32 on", () => {
    for (let round = 0; round < 80; round++) expect(stepSize(round + 1)).toBeLessThanOrEqual(stepSize(round));
    expect([0, 8, 24, 32, 1000].map(stepSize)).toEqual([0.5, 0.25, 0.125, 0.1, 0.1]);
    expect(() => stepSize(-1)).toThrow("stepSize: round must be an integer of at least 0, got -1");
  });
});

describe("drawBlock", () => {
  test("whatever chance says, everybody reports on every block once before any twice", () => {
    const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(draws, (chances) => {
        const done: number[] = [];
        for (const chance of chances) done.push(drawBlock({ blocks: 5, done, chance }));
        expect([...done].sort()).toEqual([0, 1, 2, 3, 4]);
        expect(drawBlock({ blocks: 5, done, chance: 0.7 })).toBe(3);
      }),
      { numRuns: 200, seed: 10 },
    );
  });

  test("each place of the walk is uniform over the blocks", () => {
    const places = [0, 1, 2].map(() => [0, 0, 0]);
    // Every chance of the first two draws on a grid that 3 and 2 divide: exact, not sampled.
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < 6; b++) {
        const done: number[] = [];
        for (const chance of [a / 6, b / 6, 0.5]) done.push(drawBlock({ blocks: 3, done, chance }));
        for (const [place, block] of done.entries()) places[place][block]++;
      }
    }
    expect(places).toEqual([
      [12, 12, 12],
      [12, 12, 12],
      [12, 12, 12],
    ]);
  });
});
